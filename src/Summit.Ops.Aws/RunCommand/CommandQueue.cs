using Summit.Ops.Aws.Targets;

namespace Summit.Ops.Aws.RunCommand;

/// <summary>
/// Puts what is asked for at the same moment into as few commands as possible: the same script for up to fifty instances is one.
/// </summary>
internal sealed class CommandQueue(SystemsManager ssm, Triage triage, AgentLook agents, TimeProvider time) : IDisposable
{
    private const int SendingAtOnce = 4;
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestGathering = TimeSpan.FromMilliseconds(200);
    private readonly Dictionary<CommandSpec, Batch> _open = [];
    private readonly PollPace _pace = new();
    private readonly SemaphoreSlim _sending = new(SendingAtOnce);
    private readonly object _lock = new();

    /// <summary>Runs the script on one instance and waits for its end.</summary>
    /// <exception cref="Hosts.HostRunCancelledException">
    /// The token was cancelled; the command on the instance was cancelled first.
    /// </exception>
    public async Task<Invocation> RunAsync(string instanceId, CommandSpec spec, IProgress<string>? progress, CancellationToken cancellation)
    {
        var waiter = new Waiter(instanceId, progress, cancellation);
        var batch = Join(spec, waiter);
        await using var stopping = cancellation.Register(batch.Stir.Wake);
        return await waiter.Task;
    }

    /// <inheritdoc/>
    public void Dispose() => _sending.Dispose();

    private Batch Join(CommandSpec spec, Waiter waiter)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue(spec, out var batch) || !batch.Waiters.TryAdd(waiter.InstanceId, waiter))
            {
                // the same script on the same instance twice is two commands
                batch = new Batch(waiter);
                _open[spec] = batch;
                _ = Task.Run(() => RunAsync(spec, batch));
            }

            if (batch.Waiters.Count == SystemsManager.BatchSize)
            {
                _open.Remove(spec);
                batch.Full.TrySetResult();
            }

            return batch;
        }
    }

    private async Task RunAsync(CommandSpec spec, Batch batch)
    {
        await GatherAsync(batch);
        // while the service takes no more, a batch stays open: it grows instead of becoming another command
        await _sending.WaitAsync();
        lock (_lock)
        {
            if (_open.GetValueOrDefault(spec) == batch) _open.Remove(spec);
        }

        using var run = new CommandRun(spec, batch.Waiters, ssm, triage, agents, _pace, batch.Stir, time);
        await run.RunAsync(sent: () => _sending.Release());
    }

    /// <summary>Waits until nothing joins any more: where many are asked for, the last may come long after the first.</summary>
    private async Task GatherAsync(Batch batch)
    {
        var began = time.GetTimestamp();
        int seen;
        do
        {
            seen = Count();
            await Task.WhenAny(batch.Full.Task, Task.Delay(Quiet, time));
        }
        while (!batch.Full.Task.IsCompleted && Count() > seen && time.GetElapsedTime(began) < LongestGathering);

        int Count()
        {
            lock (_lock) return batch.Waiters.Count;
        }
    }

    private sealed class Batch(Waiter first)
    {
        public Dictionary<string, Waiter> Waiters { get; } = new(StringComparer.Ordinal) { [first.InstanceId] = first };

        public TaskCompletionSource Full { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Woken when a waiter is cancelled.</summary>
        public Stir Stir { get; } = new();
    }
}
