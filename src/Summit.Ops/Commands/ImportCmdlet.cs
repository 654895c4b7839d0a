using System.Management.Automation;

namespace Summit.Ops.Commands;

/// <summary>What the cmdlets share that read JSON files back.</summary>
public abstract class ImportCmdlet : SummitCmdlet
{
    /// <summary>The JSON file; * and ? are wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [Alias("FullName", "PSPath")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The JSON file, taken as it is written: no character in it is a wildcard.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [Alias("LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var path in ParameterSetName == "LiteralPath" ? LiteralPath.Select(FileSystemPath) : Path.SelectMany(Matches))
        {
            Guard(path, () => Read(path));
        }
    }

    /// <summary>Reads one file, and writes what is in it.</summary>
    private protected abstract void Read(string path);
}
