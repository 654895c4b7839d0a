using System.Management.Automation;
using Summit.Ops.Errors;

namespace Summit.Ops.Commands;

/// <summary>What every cmdlet shares: a token that Ctrl+C cancels, work off the pipeline thread, and errors that say what to do.</summary>
public abstract class SummitCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private bool? _onlyShows;

    /// <summary>
    /// Whether -WhatIf is in force: ShouldProcess would ask or tell, here the answer alone is wanted. First asked on the pipeline thread.
    /// </summary>
    internal bool OnlyShows => _onlyShows ??= MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given)
        ? LanguagePrimitives.IsTrue(given)
        : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    /// <summary>Cancelled when the pipeline is stopped.</summary>
    private protected CancellationToken StopToken => _stopping.Token;

    /// <summary>Runs the work off this thread and writes here what it queues, in the order it is queued, until it ends.</summary>
    /// <remarks>A <see cref="SummitException"/> that leaves the work becomes one error record and does not end the pipeline.</remarks>
    private protected void Pump(Func<PipelineQueue, Task> work)
    {
        using var queue = new PipelineQueue();
        var task = Task.Run(async () =>
        {
            try
            {
                await work(queue);
            }
            finally
            {
                queue.Complete();
            }
        });
        try
        {
            queue.Drain(this);
        }
        catch
        {
            // the pipeline went away while something was written (Select-Object -First): the work must end before the queue does
            _stopping.Cancel();
            Wait(task);
            throw;
        }

        Finish(task);
    }

    /// <summary>Runs something synchronous under the same error rules as <see cref="Pump"/>.</summary>
    private protected void Guard(object? target, Action work)
    {
        try
        {
            work();
        }
        catch (SummitException error)
        {
            WriteError(ErrorRecords.From(error, target));
        }
    }

    /// <summary>Ends the pipeline with this error: only for arguments that make no sense, missing credentials or no region.</summary>
    private protected void Throw(SummitException error) => ThrowTerminatingError(ErrorRecords.From(error));

    /// <summary>Turns a path as PowerShell knows it (drives, <c>~</c>, relative) into one of the file system.</summary>
    private protected string FileSystemPath(string path)
    {
        var full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
        if (!string.Equals(provider.Name, "FileSystem", StringComparison.OrdinalIgnoreCase))
        {
            Throw(new SummitArgumentException(
                "PathNotFileSystem", $"'{path}' is not a path of the file system but of {provider.Name}.", path,
                "Give a file's path, for example /etc/nginx/nginx.conf."));
        }

        return full;
    }

    /// <summary>The files that a path with wildcards names; a file of that very name goes before the pattern.</summary>
    /// <remarks>Where nothing matches it is the path itself, which is then said to be missing.</remarks>
    private protected IReadOnlyList<string> Matches(string path)
    {
        var literal = FileSystemPath(path);
        if (!WildcardPattern.ContainsWildcardCharacters(path) || File.Exists(literal)) return [literal];
        try
        {
            string[] found = [.. SessionState.Path.GetResolvedProviderPathFromPSPath(path, out _).Where(File.Exists)];
            return found.Length > 0 ? found : [literal];
        }
        catch (ItemNotFoundException)
        {
            return [literal];
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopping.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the cmdlet holds.</summary>
    /// <param name="disposing">Whether it is called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing) _stopping.Dispose();
    }

    private void Finish(Task task)
    {
        try
        {
            task.GetAwaiter().GetResult();
        }
        catch (SummitException error)
        {
            WriteError(ErrorRecords.From(error));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    private static void Wait(Task task)
    {
        try
        {
            task.GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is SummitException or OperationCanceledException)
        {
            // what the pipeline did not want any more
        }
    }
}
