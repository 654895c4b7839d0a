using Summit.Ops.Errors;
using Summit.Ops.Hosts.Ssh;

namespace Summit.Ops.Hosts;

/// <summary>Finds the transport to a target.</summary>
public static class HostDirectory
{
    private static Lazy<IAwsServices>? _aws;

    /// <summary>The adapters over AWS, loaded when they are asked for.</summary>
    /// <exception cref="SummitHostException">Nobody has said where they are.</exception>
    public static IAwsServices Aws => _aws?.Value ?? throw new SummitHostException(
        "NoTransport", SummitErrorKind.NotSupported, "Instances are reached over AWS Systems Manager, and its adapters are not loaded.",
        null, "Import-Module Summit.Ops");

    /// <summary>Says how the adapters over AWS are loaded, on first use.</summary>
    public static void UseAws(Func<IAwsServices> load) => _aws = new Lazy<IAwsServices>(load);

    /// <summary>The host behind the target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="connection">How its account is reached; null for how the target was found, or as every AWS tool finds it.</param>
    /// <param name="progress">Told what a command is at, where that takes longer than a moment.</param>
    public static IHost For(SummitTarget target, AwsConnection? connection = null, IProgress<string>? progress = null) => target.Kind switch
    {
        SummitTargetKind.Local => new LocalHost(),
        SummitTargetKind.Ssh => new SshHost(target, TimeProvider.System),
        _ => Aws.Host(target, connection ?? target.Connection ?? new AwsConnection(), progress),
    };
}
