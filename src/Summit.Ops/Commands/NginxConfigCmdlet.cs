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

    /// <summary>A configuration file on this machine; what it includes is read too.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

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

        foreach (var path in Path)
        {
            Guard(path, () => Process(NginxConfigReader.FromFile(FileSystemPath(path), new LocalConfigFiles(), prefix: null)));
        }
    }
}
