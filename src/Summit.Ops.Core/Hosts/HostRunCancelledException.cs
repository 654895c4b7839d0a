namespace Summit.Ops.Hosts;

/// <summary>A script on a host was stopped by the caller: says what became of it there.</summary>
/// <param name="message">For example that the command was cancelled, with its id.</param>
/// <param name="cancellation">The token that was cancelled.</param>
public sealed class HostRunCancelledException(string message, CancellationToken cancellation)
    : OperationCanceledException(message, cancellation);
