using Summit.Ops.Network;

namespace Summit.Ops.Hosts;

/// <summary>A host that runs a POSIX sh script: this machine, or one behind Systems Manager.</summary>
public interface IHost
{
    /// <summary>The host.</summary>
    SummitTarget Target { get; }

    /// <summary>Runs the script and waits for its end.</summary>
    /// <exception cref="Errors.SummitHostException">The script could not be started, or did not end in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the script was told to stop.</exception>
    Task<HostResult> RunAsync(HostScript script, CancellationToken cancellation);
}

/// <summary>A host of whose network somebody else can be asked: EC2 describes the way to its instances.</summary>
public interface INetworkedHost : IHost
{
    /// <summary>What EC2 says of the way to it. An action that is not allowed leaves its part out, and is named there.</summary>
    /// <exception cref="Errors.SummitAwsException">It is no instance of EC2, or AWS cannot be asked at all.</exception>
    Task<NetworkPath> NetworkPathAsync(CancellationToken cancellation);
}

/// <summary>A script to run on a host.</summary>
/// <param name="Name">What it is for, shown in progress and in Run Command's comment.</param>
/// <param name="Text">POSIX sh; every value in it is quoted already.</param>
/// <param name="Timeout">How long it may run.</param>
/// <param name="ReadOnly">Whether it changes nothing on the host.</param>
public sealed record HostScript(string Name, string Text, TimeSpan Timeout, bool ReadOnly)
{
    /// <summary>How long it may take to put back what it had changed when it is told to stop.</summary>
    public TimeSpan RollBackTime { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>What a script said.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output, whole.</param>
/// <param name="Error">Standard error, whole.</param>
/// <param name="Duration">How long it ran.</param>
public sealed record HostResult(int ExitCode, string Output, string Error, TimeSpan Duration);
