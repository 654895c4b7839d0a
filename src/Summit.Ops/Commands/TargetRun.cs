using System.Collections.Concurrent;
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
    private readonly TaskCompletionSource<bool>? _canary;
    private (SummitTarget Target, SummitSite Site)? _first;
    private int _failed;

    /// <summary>Makes one.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="maxConcurrency">How many hosts at a time.</param>
    /// <param name="maxErrors">How many may fail before the rest is left alone.</param>
    /// <param name="canary">Whether the first host goes alone, and the others only where it went well there.</param>
    /// <param name="stop">Cancelled by Ctrl+C.</param>
    public TargetRun(AwsCmdlet cmdlet, int maxConcurrency, int maxErrors, bool canary, CancellationToken stop)
    {
        (_cmdlet, _maxErrors) = (cmdlet, maxErrors);
        _canary = canary ? new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        _pipeline = new ConcurrentPipeline(cmdlet, maxConcurrency, _ => { }, stop);
    }

    /// <summary>Begins the work on one host, once there is room.</summary>
    /// <param name="target">The host.</param>
    /// <param name="site">The site that the work is about, for what is said of a host that was left alone.</param>
    /// <param name="work">The work.</param>
    public void Add(SummitTarget target, SummitSite site, Func<PipelineQueue, CancellationToken, Task<bool>> work)
    {
        var first = _first is null;
        _first ??= (target, site);
        Telling(() => _pipeline.Add((queue, cancellation) => _canary is null
            ? RunAsync(target, work, queue, cancellation)
            : first ? GoAheadAsync(target, work, queue, cancellation) : FollowAsync(target, work, queue, cancellation)));
    }

    /// <summary>Waits for the end of all.</summary>
    public void Finish() => Telling(_pipeline.Finish);

    /// <inheritdoc/>
    public void Dispose() => _pipeline.Dispose();

    private async Task GoAheadAsync(
        SummitTarget target, Func<PipelineQueue, CancellationToken, Task<bool>> work, PipelineQueue queue, CancellationToken cancellation)
    {
        try
        {
            await RunAsync(target, work, queue, cancellation);
        }
        finally
        {
            _canary!.TrySetResult(Volatile.Read(ref _failed) == 0);
        }
    }

    private async Task FollowAsync(
        SummitTarget target, Func<PipelineQueue, CancellationToken, Task<bool>> work, PipelineQueue queue, CancellationToken cancellation)
    {
        if (await _canary!.Task.WaitAsync(cancellation))
        {
            await RunAsync(target, work, queue, cancellation);
            return;
        }

        queue.Error(new SummitHostException(
            "TargetLeftAlone", SummitErrorKind.OperationFailed,
            $"{target} was left alone: it did not go well on {_first!.Value.Target}, which went ahead.", target,
            Checks.Command.For("Invoke-SummitDiagnostic", _first.Value.Site, _first.Value.Target)));
    }

    private async Task RunAsync(
        SummitTarget target, Func<PipelineQueue, CancellationToken, Task<bool>> work, PipelineQueue queue, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _failed) is var failed && failed > _maxErrors)
        {
            queue.Error(new SummitHostException(
                "TargetLeftAlone", SummitErrorKind.OperationFailed,
                $"{target} was left alone: {failed} of the hosts before it failed, and -MaxErrors is {_maxErrors}.", target,
                "Look at the first failure; to go on in spite of it: -MaxErrors 10"));
            return;
        }

        try
        {
            if (!await work(queue, cancellation)) Interlocked.Increment(ref _failed);
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
