using System.Text.RegularExpressions;
using Summit.Ops.Lab.Processes;

namespace Summit.Ops.Lab;

/// <summary>The instance's nginx: a daemon of its own, known by its pid file.</summary>
public sealed partial class LabNginx
{
    /// <summary>How many workers the lab's main file asks for, unless a scenario edits it.</summary>
    internal const int WorkerCount = 2;

    // a busy machine takes its time; one that is broken has had enough by then
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly LabLayout _layout;
    private int _workers = WorkerCount;

    internal LabNginx(LabLayout layout) => _layout = layout;

    /// <summary>The master process; zero where nginx does not run.</summary>
    public int ProcessId =>
        ProcessTable.ReadPidFile(_layout.PidFile) is var pid && pid != 0 && ProcessTable.IsAlive(pid) && IsOurs(pid) ? pid : 0;

    /// <summary>The worker processes that accept connections: not those that only finish what they have.</summary>
    public IReadOnlyList<int> Workers => ProcessId is var master && master != 0
        ? [.. ProcessTable.Children(master).Where(pid => ProcessTable.CommandLine(pid) == "nginx: worker process")]
        : [];

    /// <summary>Starts it, as a daemon; returns when it listens and all workers are there.</summary>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        if (ProcessId != 0) return;
        _workers = await WantedAsync(cancellation);
        var started = await RunAsync([], cancellation);
        if (started.ExitCode == 0)
        {
            await WaitForWorkersAsync([], cancellation);
            return;
        }

        if (started.Error.Contains("Address already in use", StringComparison.Ordinal)) throw new PortTakenException(0);
        throw new InvalidOperationException($"nginx did not start: {started.LastLine}");
    }

    /// <summary>Stops it at once and waits for the end of all its processes.</summary>
    public async Task StopAsync()
    {
        var master = ProcessId;
        if (master == 0) return;
        var workers = ProcessTable.Children(master);
        await ProcessTable.EndAsync(master, Patience);
        foreach (var worker in workers) await ProcessTable.EndAsync(worker, Patience);
    }

    /// <summary>Reloads it and waits until only workers with the new configuration accept connections.</summary>
    public async Task ReloadAsync(CancellationToken cancellation = default)
    {
        var master = ProcessId;
        if (master == 0) throw new InvalidOperationException("nginx does not run.");
        // all of the old ones, or one that is only now forked would pass for a new one
        var before = await WaitForWorkersAsync([], cancellation);
        _workers = await WantedAsync(cancellation);
        ProcessTable.Send(master, Signal.Hangup);
        await WaitForWorkersAsync(before, cancellation);
    }

    /// <summary>Asks for a reload that cannot succeed, and waits until nginx has given up.</summary>
    internal async Task FailReloadAsync(CancellationToken cancellation = default)
    {
        var since = TimeProvider.System.GetTimestamp();
        ProcessTable.Send(ProcessId, Signal.Hangup);
        while (!(await File.ReadAllTextAsync(Path.Combine(_layout.Logs, "error.log"), cancellation)).Contains(
            "still could not bind()", StringComparison.Ordinal))
        {
            if (TimeProvider.System.GetElapsedTime(since) > Patience) throw new TimeoutException("nginx did not give its reload up.");
            await Task.Delay(20, cancellation);
        }
    }

    /// <summary>Tests the configuration on the disk; the last line that nginx says where it is wrong, else null.</summary>
    public async Task<string?> TestAsync(CancellationToken cancellation = default)
    {
        var tested = await RunAsync(["-t", "-q"], cancellation);
        return tested.ExitCode == 0 ? null : tested.Error.Trim();
    }

    // as the main file on the disk asks for
    private async Task<int> WantedAsync(CancellationToken cancellation)
    {
        var main = await File.ReadAllTextAsync(_layout.NginxConfig, cancellation);
        return WorkerProcesses().Match(main) is { Success: true } asked ? int.Parse(asked.Groups["count"].ValueSpan) : WorkerCount;
    }

    [GeneratedRegex(@"^\s*worker_processes\s+(?<count>[0-9]+)\s*;", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WorkerProcesses();

    private async Task<IReadOnlyList<int>> WaitForWorkersAsync(IReadOnlyList<int> old, CancellationToken cancellation)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var now = Workers;
            if (now.Count == _workers && !now.Any(old.Contains)) return now;
            if (TimeProvider.System.GetElapsedTime(since) > Patience)
            {
                throw new TimeoutException($"nginx has not got its {_workers} workers with the configuration on the disk; "
                    + $"its log is {Path.Combine(_layout.Logs, "error.log")}.");
            }

            await Task.Delay(10, cancellation);
        }
    }

    private Task<CommandResult> RunAsync(string[] arguments, CancellationToken cancellation) =>
        ChildCommand.RunAsync(
            _layout.NginxCommand, ["-p", _layout.Nginx + "/", "-c", _layout.NginxConfig, .. arguments], Patience, cancellation);

    // a pid file may outlive its process, and the number may be someone else's by now
    private bool IsOurs(int pid) =>
        ProcessTable.CommandLine(pid) is var line && (line.Length == 0 || line.Contains(_layout.Nginx, StringComparison.Ordinal));
}
