using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Summit.Ops.Lab.Commands;

/// <summary>What the lab's cmdlets share: work off the pipeline thread with progress, and Ctrl+C that cancels it.</summary>
public abstract class LabCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>The session that the cmdlet runs in.</summary>
    private protected static Guid Session => Runspace.DefaultRunspace.InstanceId;

    /// <summary>Runs the work and shows what it reports, until it ends.</summary>
    private protected void Run(string activity, Func<IProgress<string>, CancellationToken, Task> work)
    {
        using var told = new BlockingCollection<string>();
        var task = Task.Run(async () =>
        {
            try
            {
                await work(new Told(told), _stopping.Token);
            }
            finally
            {
                told.CompleteAdding();
            }
        });
        try
        {
            foreach (var status in told.GetConsumingEnumerable()) WriteProgress(new ProgressRecord(1, activity, status));
            WriteProgress(new ProgressRecord(1, activity, "Done") { RecordType = ProgressRecordType.Completed });
        }
        catch (PipelineStoppedException)
        {
            // Ctrl+C: the work is cancelled, and cleans up before the pipeline ends
        }

        try
        {
            task.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Ends the pipeline with this error.</summary>
    private protected void Throw(Exception error, string id, ErrorCategory category, object? target, string recommendation) =>
        ThrowTerminatingError(new ErrorRecord(
            error, id, category, target) { ErrorDetails = new ErrorDetails(error.Message) { RecommendedAction = recommendation } });

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopping.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed class Told(BlockingCollection<string> queue) : IProgress<string>
    {
        public void Report(string value) => queue.Add(value);
    }
}
