using Summit.Ops.Errors;
using Summit.Ops.Network;

namespace Summit.Ops.Aws.Networking;

/// <summary>
/// Asks EC2 about many instances as about one: those that are asked for at the same moment share their calls, so
/// that a fleet is not throttled.
/// </summary>
/// <param name="reader">Makes a reader; each has one look.</param>
/// <param name="time">The clock.</param>
internal sealed class PathQueue(Func<PathReader> reader, TimeProvider time)
{
    private const int AtOnce = 50;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);
    private readonly object _lock = new();
    private Batch? _open;

    /// <summary>The way to an instance.</summary>
    /// <exception cref="SummitAwsException">There is no such instance, or AWS cannot be asked at all.</exception>
    public async Task<NetworkPath> InstanceAsync(string instanceId, CancellationToken cancellation)
    {
        var answers = await Join(instanceId).WaitAsync(cancellation);
        var (path, error) = answers[instanceId];
        return path ?? throw error!;
    }

    private Task<IReadOnlyDictionary<string, (NetworkPath? Path, SummitException? Error)>> Join(string instanceId)
    {
        lock (_lock)
        {
            if (_open is null)
            {
                var batch = new Batch();
                batch.Answers = Task.Run(() => RunAsync(batch));
                _open = batch;
            }

            var joined = _open;
            joined.Ids.Add(instanceId);
            if (joined.Ids.Count == AtOnce)
            {
                _open = null;
                joined.Full.TrySetResult();
            }

            return joined.Answers!;
        }
    }

    private async Task<IReadOnlyDictionary<string, (NetworkPath? Path, SummitException? Error)>> RunAsync(Batch batch)
    {
        await Task.WhenAny(batch.Full.Task, Task.Delay(Gathering, time));
        lock (_lock)
        {
            if (_open == batch) _open = null;
        }

        // many may wait for it: no one of them ends it
        return await reader().InstancesAsync([.. batch.Ids], CancellationToken.None);
    }

    private sealed class Batch
    {
        public HashSet<string> Ids { get; } = new(StringComparer.Ordinal);

        public TaskCompletionSource Full { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IReadOnlyDictionary<string, (NetworkPath? Path, SummitException? Error)>>? Answers { get; set; }
    }
}
