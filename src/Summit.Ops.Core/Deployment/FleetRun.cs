using Summit.Ops.Text;

namespace Summit.Ops.Deployment;

/// <summary>What became of one host of a fleet.</summary>
internal enum FleetOutcome
{
    /// <summary>It went well there, as probes show.</summary>
    Done,

    /// <summary>It did not.</summary>
    Failed,

    /// <summary>Nothing was begun there.</summary>
    LeftAlone,
}

/// <summary>
/// A change that goes over many hosts in steps: the canaries, then batch after batch. A step begins when each host of the one before has
/// ended well; a canary that fails ends the run, and so do more failures than are allowed.
/// </summary>
/// <param name="canaries">How many hosts go ahead; 0 for none.</param>
/// <param name="batch">How many hosts each step after them has.</param>
/// <param name="maxErrors">How many hosts of the batches may fail.</param>
/// <param name="pause">From the end of one step to the begin of the next.</param>
/// <param name="takesBack">Whether the change is taken back where it went well, once the run is stopped.</param>
/// <param name="time">The clock.</param>
internal sealed class FleetRun(int canaries, int batch, int maxErrors, TimeSpan pause, bool takesBack, TimeProvider time)
{
    private const int MostNames = 10;
    private const string Canary = "canary";
    private readonly object _lock = new();
    private readonly Dictionary<int, TaskCompletionSource<long?>> _gates = [];
    private readonly Dictionary<int, int> _ended = [];
    private readonly Dictionary<FleetOutcome, List<SummitTarget>> _hosts = new()
    {
        [FleetOutcome.Done] = [], [FleetOutcome.Failed] = [], [FleetOutcome.LeftAlone] = [],
    };

    private string? _stopped;

    /// <summary>The host whose failure ended the run; null where nothing has.</summary>
    public SummitTarget? Stopper { get; private set; }

    /// <summary>The name of a host's step.</summary>
    /// <param name="host">Its number, from 0 in the order of the hosts.</param>
    public string StepOf(int host)
    {
        var step = Step(host);
        return canaries > 0 && step == 0 ? Canary : $"batch {step + (canaries > 0 ? 0 : 1)}";
    }

    /// <summary>Waits until a host's step begins.</summary>
    /// <param name="host">Its number.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>Whether the host's turn has come; false where it is left alone.</returns>
    public async Task<bool> MayBeginAsync(int host, CancellationToken cancellation)
    {
        var step = Step(host);
        if (step > 0)
        {
            if (await Gate(step).Task.WaitAsync(cancellation) is not { } opened) return false;
            var left = pause - time.GetElapsedTime(opened);
            if (left > TimeSpan.Zero) await Task.Delay(left, time, cancellation);
        }

        lock (_lock) return _stopped is null;
    }

    /// <summary>Takes note of what became of a host.</summary>
    /// <param name="host">Its number.</param>
    /// <param name="target">The host.</param>
    /// <param name="outcome">What became of it.</param>
    public void End(int host, SummitTarget target, FleetOutcome outcome)
    {
        var step = Step(host);
        lock (_lock)
        {
            _hosts[outcome].Add(target);
            var isCanary = canaries > 0 && step == 0;
            if (outcome == FleetOutcome.Failed && _stopped is null && (isCanary || _hosts[outcome].Count > maxErrors))
            {
                (_stopped, Stopper) = (StepOf(host), target);
            }

            _ended[step] = _ended.GetValueOrDefault(step) + 1;
            if (_ended[step] < (isCanary ? canaries : batch)) return;
            Gate(step + 1).TrySetResult(_stopped is null ? time.GetTimestamp() : null);
        }
    }

    /// <summary>What is where after the run was stopped; null where it was not.</summary>
    public string? Told()
    {
        lock (_lock)
        {
            var (done, alone) = (_hosts[FleetOutcome.Done], _hosts[FleetOutcome.LeftAlone]);
            if (_stopped is null || (alone.Count == 0 && !takesBack)) return null;
            return $"Stopped at {(_stopped == Canary ? "the canaries" : _stopped)}. "
                + (done.Count == 0 ? "" : $"It went well on {Names(done)}, and {(takesBack ? "is taken back there now" : "stays there")}. ")
                + $"It failed on {Names(_hosts[FleetOutcome.Failed])}."
                + (alone.Count == 0 ? "" : $" Nothing was begun on {Amount.Of(alone.Count, "host")}: {Names(alone)}.");
        }
    }

    private static string Names(List<SummitTarget> hosts)
    {
        var names = string.Join(", ", hosts.Take(MostNames));
        return hosts.Count > MostNames ? $"{names} and {hosts.Count - MostNames} more" : names;
    }

    private int Step(int host) => host < canaries ? 0 : (canaries > 0 ? 1 : 0) + ((host - canaries) / batch);

    private TaskCompletionSource<long?> Gate(int step)
    {
        lock (_lock)
        {
            if (_gates.TryGetValue(step, out var gate)) return gate;
            return _gates[step] = new TaskCompletionSource<long?>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
