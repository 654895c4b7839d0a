namespace Summit.Ops.Aws.Calls;

/// <summary>Puts what is asked for at the same moment into one question: what many ask together costs hardly more calls than one.</summary>
/// <typeparam name="TAnswer">The answer to all of them.</typeparam>
/// <param name="most">How many instances one question may name.</param>
/// <param name="quiet">How long it waits for more: asked when one begins.</param>
/// <param name="ask">Asks for these instances.</param>
/// <param name="time">The clock.</param>
internal sealed class Gathering<TAnswer>(int most, Func<TimeSpan> quiet, Func<IReadOnlyList<string>, Task<TAnswer>> ask, TimeProvider time)
{
    private readonly object _lock = new();
    private Batch? _open;

    /// <summary>The answer in which this instance is.</summary>
    public Task<TAnswer> AnswerAsync(string instanceId, CancellationToken cancellation) => Join(instanceId).WaitAsync(cancellation);

    private Task<TAnswer> Join(string instanceId)
    {
        lock (_lock)
        {
            if (_open is null)
            {
                var batch = new Batch();
                batch.Answer = Task.Run(() => RunAsync(batch));
                _open = batch;
            }

            var joined = _open;
            joined.Ids.Add(instanceId);
            if (joined.Ids.Count == most)
            {
                _open = null;
                joined.Full.TrySetResult();
            }

            return joined.Answer!;
        }
    }

    private async Task<TAnswer> RunAsync(Batch batch)
    {
        await Task.WhenAny(batch.Full.Task, Task.Delay(quiet(), time));
        lock (_lock)
        {
            if (_open == batch) _open = null;
        }

        // many may wait for it: no one of them ends it
        return await ask([.. batch.Ids]);
    }

    private sealed class Batch
    {
        public HashSet<string> Ids { get; } = new(StringComparer.Ordinal);

        public TaskCompletionSource Full { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<TAnswer>? Answer { get; set; }
    }
}
