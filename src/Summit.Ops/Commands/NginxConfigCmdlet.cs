using System.Management.Automation;
using Summit.Ops.Nginx;

namespace Summit.Ops.Commands;

/// <summary>What the cmdlets share that work on configurations: one from the pipeline, or files on this machine.</summary>
public abstract class NginxConfigCmdlet : SummitCmdlet
{
    /// <summary>The configuration, as Get-SummitNginxConfig or New-SummitNginxConfig gives it.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Config")]
    [ValidateNotNull]
    public SummitNginxConfig? Config { get; set; }

    /// <summary>Configuration files on this machine; what they include is read too. * and ? are wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>A configuration file, taken as it is written: no character in it is a wildcard.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Works on one configuration.</summary>
    private protected abstract void Process(SummitNginxConfig config);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Config is { } config && ParameterSetName == "Config")
        {
            Guard(config.Path, () => Process(config));
            return;
        }

        foreach (var path in ParameterSetName == "LiteralPath" ? LiteralPath.Select(FileSystemPath) : Path.SelectMany(Matches))
        {
            Guard(path, () => Process(NginxConfigReader.FromFile(path, new LocalConfigFiles(), prefix: null)));
        }
    }
}
