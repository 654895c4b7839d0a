using System.Collections.Concurrent;
using System.Globalization;

namespace Summit.Ops.Lab.Aws.Ssm;

/// <summary>The commands that were sent, and the agents that carry them out.</summary>
internal sealed class RunCommand(LabFleet fleet, AwsKnobs knobs, TimeProvider time) : IAsyncDisposable
{
    private const int Killed = 137;
    private static readonly TimeSpan UpdateTime = TimeSpan.FromSeconds(4);
    private readonly ConcurrentDictionary<string, SsmCommand> _commands = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lazy<DirectoryInfo> _folder = new(() => Directory.CreateTempSubdirectory("summit-agent-"));

    public LabFleet Fleet => fleet;

    public AwsKnobs Knobs => knobs;

    /// <summary>Documents of the account's own.</summary>
    public StoredDocuments Documents { get; } = new(knobs, time);

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The commands that are known by now, the newest first: right after SendCommand there is none.</summary>
    public IEnumerable<SsmCommand> Known(string region) => _commands.Values
        .Where(command => command.Region == region && Now - command.Requested >= knobs.ConsistencyDelay)
        .OrderByDescending(command => command.Requested);

    /// <summary>One by its id; null where it is not known, or not yet.</summary>
    public SsmCommand? Find(string id, string region) =>
        _commands.TryGetValue(id, out var command) && command.Region == region && Now - command.Requested >= knobs.ConsistencyDelay
            ? command
            : null;

    /// <summary>Whether there is such a command, known to the lists or not.</summary>
    public SsmCommand? FindAtOnce(string id, string region) =>
        _commands.TryGetValue(id, out var command) && command.Region == region ? command : null;

    /// <summary>Keeps a command and has it carried out.</summary>
    public void Start(SsmCommand command)
    {
        _commands[command.CommandId] = command;
        var turns = new SemaphoreSlim(Share(command.MaxConcurrency, command.Invocations.Count));
        foreach (var invocation in command.Invocations)
        {
            var carrying = Task.Run(() => CarryAsync(command, invocation, turns));
            _running[carrying] = 0;
            _ = carrying.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Keys);
        foreach (var invocation in _commands.Values.SelectMany(command => command.Invocations)) invocation.Dispose();
        _stop.Dispose();
        if (!_folder.IsValueCreated) return;
        try
        {
            _folder.Value.Delete(recursive: true);
        }
        catch (IOException)
        {
            // a script that was killed just now may have written once more
        }
    }

    private static int Share(string text, int of) => text.EndsWith('%')
        ? Math.Max(1, of * int.Parse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture) / 100)
        : Math.Max(1, int.Parse(text, CultureInfo.InvariantCulture));

    private async Task CarryAsync(SsmCommand command, SsmInvocation invocation, SemaphoreSlim turns)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, invocation.Cancelling.Token);
        try
        {
            await turns.WaitAsync(ending.Token);
            try
            {
                var errors = command.Invocations.Count(other => other is { Ended: true, Status: "Failed" or "TimedOut" });
                if (errors > 0 && errors > Errors(command)) invocation.End("Cancelled", "Terminated", -1, Now);
                else await DeliverAsync(command, invocation, ending.Token);
            }
            finally
            {
                turns.Release();
            }
        }
        catch (OperationCanceledException)
        {
            invocation.End("Cancelled", "Cancelled", -1, Now);
        }
    }

    private static int Errors(SsmCommand command) => command.MaxErrors == "0" ? 0
        : command.MaxErrors.EndsWith('%')
            ? command.Invocations.Count * int.Parse(
                command.MaxErrors.AsSpan(0, command.MaxErrors.Length - 1), CultureInfo.InvariantCulture) / 100
        : int.Parse(command.MaxErrors, CultureInfo.InvariantCulture);

    private async Task DeliverAsync(SsmCommand command, SsmInvocation invocation, CancellationToken ending)
    {
        switch (invocation.Machine.Agent)
        {
            case LabAgent.Undeliverable:
                invocation.End("Failed", "Undeliverable", -1, Now);
                return;
            case LabAgent.ConnectionLost:
                await Task.Delay(knobs.DeliveryTimeout ?? TimeSpan.FromSeconds(command.TimeoutSeconds), time, ending);
                invocation.End("TimedOut", "DeliveryTimedOut", -1, Now);
                return;
            case LabAgent.Updating:
                invocation.End("Failed", "Undeliverable", -1, Now);
                await Task.Delay(UpdateTime, time, ending);
                invocation.Return();
                break;
        }

        if (knobs.AgentDelay > TimeSpan.Zero) await Task.Delay(knobs.AgentDelay, time, ending);
        invocation.Begin(Now);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ending);
        limit.CancelAfter(command.ExecutionTimeout);
        try
        {
            var outcome = invocation.Machine.Simulation is { } simulation
                ? simulation(command.Script)
                : await ScriptRunner.RunAsync(
                    command.Script, invocation.Machine, _folder.Value.FullName, command.WorkingDirectory, limit.Token);
            // the agent takes a script that was killed for one that it killed itself
            var (status, details) = outcome.ExitCode switch
            {
                0 => ("Success", "Success"), Killed => ("TimedOut", "ExecutionTimedOut"), _ => ("Failed", "Failed"),
            };
            invocation.End(status, details, outcome.ExitCode, Now, outcome.Output, outcome.Error);
        }
        catch (OperationCanceledException) when (!ending.IsCancellationRequested)
        {
            invocation.End("TimedOut", "ExecutionTimedOut", Killed, Now);
        }
    }
}
