namespace Summit.Ops.Aws.RunCommand;

/// <summary>Somebody who waits for a command to end on one instance.</summary>
internal sealed class Waiter(string instanceId, IProgress<string>? progress, CancellationToken cancellation)
{
    private readonly TaskCompletionSource<Invocation> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _state = "";

    public string InstanceId { get; } = instanceId;

    public CancellationToken Cancellation => cancellation;

    public bool IsCancelled => cancellation.IsCancellationRequested;

    public Task<Invocation> Task => _done.Task;

    /// <summary>Tells a new state.</summary>
    public void Tell(string state)
    {
        if (state.Length == 0 || state == _state) return;
        _state = state;
        progress?.Report(state);
    }

    public void End(Invocation invocation) => _done.TrySetResult(invocation);

    public void Fail(Exception error) => _done.TrySetException(error);

    /// <summary>Ends it as cancelled, and says what became of the command.</summary>
    public void Cancel(string message) => _done.TrySetException(new Hosts.HostRunCancelledException(message, cancellation));
}
