using Summit.Ops.Errors;

namespace Summit.Ops.Hosts;

/// <summary>Finds the transport to a target.</summary>
public static class HostDirectory
{
    /// <summary>The host behind the target.</summary>
    /// <exception cref="SummitHostException">The target is of a kind that has no transport here.</exception>
    public static IHost For(SummitTarget target) => target.Kind switch
    {
        SummitTargetKind.Local => new LocalHost(),
        _ => throw new SummitHostException(
            "NoTransport", SummitErrorKind.NotSupported, $"{target} is reached over AWS Systems Manager, which this version cannot do yet.", target,
            "Run the cmdlet on the host itself, without -Target."),
    };
}
