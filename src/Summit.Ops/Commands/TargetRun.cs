using System.Collections.Concurrent;
using System.Management.Automation;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;

namespace Summit.Ops.Commands;

/// <summary>A cmdlet's work on many hosts: so many at a time, and no further one after too many have failed.</summary>
internal sealed class TargetRun : IDisposable
{
    private readonly AwsCmdlet _cmdlet;
    private readonly ConcurrentPipeline _pipeline;
    private readonly int _maxErrors;
    private readonly ConcurrentQueue<string> _cancelled = new();
    private readonly FleetRun? _fleet;
    private int _added;
    private int _failed;

    /// <summary>Makes one.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="maxConcurrency">How many hosts at a time.</param>
    /// <param name="maxErrors">How many may fail before the rest is left alone.</param>
    /// <param name="fleet">The steps in which the hosts come in turn; null where they come as there is room.</param>
    /// <param name="stop">Cancelled by Ctrl+C.</param>
    public TargetRun(AwsCmdlet cmdlet, int maxConcurrency, int maxErrors, FleetRun? fleet, CancellationToken stop)
    {
        (_cmdlet, _maxErrors, _fleet) = (cmdlet, maxErrors, fleet);
        _pipeline = new ConcurrentPipeline(cmdlet, maxConcurrency, _ => { }, stop);
    }

    /// <summary>Begins the work on one host, once there is room.</summary>
    /// <param name="target">The host.</param>
    /// <param name="site">The site that the work is about, for what is said of a host that was left alone.</param>
    /// <param name="work">The work.</param>
    public void Add(SummitTarget target, SummitSite site, Func<PipelineQueue, CancellationToken, Task<bool>> work)
    {
        var number = _added++;
        Telling(() => _pipeline.Add((queue, cancellation) => _fleet is null
            ? RunAsync(target, work, queue, cancellation)
            : StepAsync(number, target, site, work, queue, cancellation)));
    }

    /// <summary>Waits for the end of all.</summary>
    public void Finish()
    {
        Telling(_pipeline.Finish);
        if (_fleet?.Told() is { } told) _cmdlet.WriteWarning(told);
    }

    /// <inheritdoc/>
    public void Dispose() => _pipeline.Dispose();

    private async Task StepAsync(
        int number, SummitTarget target, SummitSite site, Func<PipelineQueue, CancellationToken, Task<bool>> work, PipelineQueue queue,
        CancellationToken cancellation)
    {
        if (!await _fleet!.MayBeginAsync(number, cancellation))
        {
            _fleet.End(number, target, FleetOutcome.LeftAlone);
            var stopper = _fleet.Stopper!;
            queue.Error(new SummitHostException(
                "TargetLeftAlone", SummitErrorKind.OperationFailed,
                $"{target} was left alone: it did not go well on {stopper}, which went ahead.", target,
                Checks.Command.For("Invoke-SummitDiagnostic", site, stopper)));
            return;
        }

        queue.Post(cmdlet => Tell(cmdlet, $"{_fleet.StepOf(number)}: {target}"));
        var outcome = FleetOutcome.Failed;
        try
        {
            outcome = await RunAsync(target, work, queue, cancellation);
        }
        finally
        {
            _fleet.End(number, target, outcome);
        }
    }

    // -WhatIf names each host's step; else it is told to who asks for it
    private void Tell(Cmdlet cmdlet, string step)
    {
        if (_cmdlet.OnlyShows) _cmdlet.Host.UI.WriteLine($"What if: {step}");
        else cmdlet.WriteVerbose(step);
    }

    private async Task<FleetOutcome> RunAsync(
        SummitTarget target, Func<PipelineQueue, CancellationToken, Task<bool>> work, PipelineQueue queue, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _failed) is var failed && failed > _maxErrors)
        {
            queue.Error(new SummitHostException(
                "TargetLeftAlone", SummitErrorKind.OperationFailed,
                $"{target} was left alone: {failed} of the hosts before it failed, and -MaxErrors is {_maxErrors}.", target,
                "Look at the first failure; to go on in spite of it: -MaxErrors 10"));
            return FleetOutcome.LeftAlone;
        }

        try
        {
            if (await work(queue, cancellation)) return FleetOutcome.Done;
            Interlocked.Increment(ref _failed);
        }
        catch (SummitException error) when (AwsCmdlet.IsFatal(error))
        {
            queue.Post(cmdlet => cmdlet.ThrowTerminatingError(ErrorRecords.From(error)));
        }
        catch (SummitException)
        {
            Interlocked.Increment(ref _failed);
            throw;
        }
        catch (HostRunCancelledException told)
        {
            _cancelled.Enqueue(told.Message);
            throw;
        }

        return FleetOutcome.Failed;
    }

    // a stopped pipeline takes no more output; what became of the commands is told all the same
    private void Telling(Action action)
    {
        try
        {
            action();
        }
        finally
        {
            while (_cancelled.TryDequeue(out var message)) _cmdlet.Host.UI.WriteWarningLine(message);
        }
    }
}
