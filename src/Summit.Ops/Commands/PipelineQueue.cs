using System.Collections.Concurrent;
using System.Management.Automation;
using Summit.Ops.Errors;

namespace Summit.Ops.Commands;

/// <summary>What work off the pipeline thread wants written, kept in order until the pipeline thread writes it.</summary>
internal sealed class PipelineQueue : IDisposable
{
    private static int _activities;

    private readonly BlockingCollection<Action<Cmdlet>> _writes = [];

    public void Write(object output) => _writes.Add(cmdlet => cmdlet.WriteObject(output));

    public void Error(SummitException error, object? target = null) =>
        _writes.Add(cmdlet => cmdlet.WriteError(ErrorRecords.From(error, target)));

    public void Warning(string text) => _writes.Add(cmdlet => cmdlet.WriteWarning(text));

    public void Verbose(string text) => _writes.Add(cmdlet => cmdlet.WriteVerbose(text));

    /// <summary>
    /// Shows what is about to be done: to a person at a terminal; elsewhere, where the terminal's text would get among the output,
    /// as an information record alone.
    /// </summary>
    /// <param name="text">The plan.</param>
    public void Plan(string text) => _writes.Add(cmdlet =>
    {
        var told = cmdlet is PSCmdlet asked && asked.MyInvocation.BoundParameters.TryGetValue("Confirm", out var confirm)
            && confirm is SwitchParameter { IsPresent: true };
        if (told) return; // the question said it
        if (Console.IsOutputRedirected) cmdlet.WriteInformation(text, ["SummitPlan"]);
        else cmdlet.WriteInformation(new HostInformationMessage { Message = text }, ["PSHOST", "SummitPlan"]);
    });

    public void Progress(ProgressRecord progress) => _writes.Add(cmdlet => cmdlet.WriteProgress(progress));

    /// <summary>
    /// Shows an activity until it is disposed of; each has an id of its own, so that the end of one host's ends no other's.
    /// </summary>
    public IDisposable Activity(string activity, string status)
    {
        var record = new ProgressRecord(Interlocked.Increment(ref _activities) & int.MaxValue, activity, status);
        Progress(record);
        return new Ending(
            () => Progress(new ProgressRecord(record.ActivityId, activity, status) { RecordType = ProgressRecordType.Completed }));
    }

    /// <summary>Has something done on the pipeline thread, in its turn.</summary>
    public void Post(Action<Cmdlet> action) => _writes.Add(action);

    /// <summary>Asks on the pipeline thread, in its turn, whether something may be done.</summary>
    public Task<bool> AskAsync(Func<Cmdlet, bool> question, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(cmdlet =>
        {
            try
            {
                answer.TrySetResult(question(cmdlet));
            }
            catch
            {
                answer.TrySetCanceled(cancellation);
                throw;
            }
        });
        return answer.Task.WaitAsync(cancellation);
    }

    public void Complete() => _writes.CompleteAdding();

    public void Drain(Cmdlet cmdlet)
    {
        foreach (var write in _writes.GetConsumingEnumerable()) write(cmdlet);
    }

    /// <summary>Writes the next thing; false where none comes within the wait.</summary>
    public bool DrainOne(Cmdlet cmdlet, TimeSpan wait)
    {
        if (!_writes.TryTake(out var write, wait)) return false;
        write(cmdlet);
        return true;
    }

    public void Dispose() => _writes.Dispose();

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
