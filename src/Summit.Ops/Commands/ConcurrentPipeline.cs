using System.Management.Automation;
using System.Runtime.ExceptionServices;
using Summit.Ops.Errors;

namespace Summit.Ops.Commands;

/// <summary>
/// Runs the work of many pipeline items at the same time; what each has to write is written as it comes, by the pipeline thread.
/// </summary>
internal sealed class ConcurrentPipeline : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly Cmdlet _cmdlet;
    private readonly int _limit;
    private readonly Action<ConcurrentPipeline> _tick;
    private readonly CancellationTokenSource _stop;
    private readonly PipelineQueue _queue = new();
    private readonly HashSet<Task> _tasks = [];

    /// <summary>Makes one.</summary>
    /// <param name="cmdlet">The cmdlet that writes.</param>
    /// <param name="limit">How many items may be worked on at once.</param>
    /// <param name="tick">Called on the pipeline thread now and then while it waits: for progress.</param>
    /// <param name="stop">Cancelled by Ctrl+C.</param>
    public ConcurrentPipeline(Cmdlet cmdlet, int limit, Action<ConcurrentPipeline> tick, CancellationToken stop)
    {
        (_cmdlet, _limit, _tick) = (cmdlet, limit, tick);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
    }

    /// <summary>How many items were begun.</summary>
    public int Started { get; private set; }

    /// <summary>How many are over.</summary>
    public int Finished { get; private set; }

    /// <summary>Whether no more items will come.</summary>
    public bool Complete { get; private set; }

    /// <summary>Begins the work of one item, once there is room; meanwhile, and after, writes what others have ready.</summary>
    public void Add(Func<PipelineQueue, CancellationToken, Task> work) => Guarded(() =>
    {
        while (Started - Finished >= _limit) Wait();
        Started++;
        Task? task = null;
        var registered = new TaskCompletionSource();
        task = Task.Run(async () =>
        {
            await registered.Task;
            await RunAsync(work, task!);
        });
        _tasks.Add(task);
        registered.SetResult();
        while (_queue.DrainOne(_cmdlet, TimeSpan.Zero))
        {
        }
    });

    /// <summary>Waits for all that is left, and writes it as it comes.</summary>
    /// <exception cref="PipelineStoppedException">It was stopped.</exception>
    public void Finish()
    {
        Complete = true;
        Guarded(() =>
        {
            while (Finished < Started) Wait();
        });
        if (_stop.IsCancellationRequested) throw new PipelineStoppedException();
    }

    public void Dispose()
    {
        _stop.Dispose();
        _queue.Dispose();
    }

    private void Wait()
    {
        _queue.DrainOne(_cmdlet, Tick);
        _tick(this);
    }

    private async Task RunAsync(Func<PipelineQueue, CancellationToken, Task> work, Task self)
    {
        ExceptionDispatchInfo? fault = null;
        try
        {
            await work(_queue, _stop.Token);
        }
        catch (SummitException error)
        {
            _queue.Error(error);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stopped: there is nobody left to tell
        }
        catch (Exception error)
        {
            fault = ExceptionDispatchInfo.Capture(error);
        }

        _queue.Post(_ =>
        {
            Finished++;
            _tasks.Remove(self);
            fault?.Throw();
        });
    }

    // the pipeline may go away while something is written (Ctrl+C, Select-Object -First): all work ends before the exception goes on
    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch
        {
            _stop.Cancel();
            Task.WhenAll(_tasks).GetAwaiter().GetResult();
            throw;
        }
    }
}
