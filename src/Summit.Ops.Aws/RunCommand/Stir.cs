namespace Summit.Ops.Aws.RunCommand;

/// <summary>Wakes those who wait for time to pass.</summary>
internal sealed class Stir
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends at the next waking.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Wakes them.</summary>
    public void Wake() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
