using Amazon.SimpleSystemsManagement.Model;
using Summit.Ops.Aws.Calls;
using Summit.Ops.Aws.Targets;

namespace Summit.Ops.Aws.RunCommand;

/// <summary>One command on up to fifty instances, from its sending until every waiter has an answer.</summary>
internal sealed class CommandRun(
    CommandSpec spec, Dictionary<string, Waiter> waiters, SystemsManager ssm, Triage triage, AgentLook agents, PollPace pace, Stir stir,
    TimeProvider time) : IDisposable
{
    private const int CommentLength = 100;
    private const int EmptyAnswers = 5;
    // the look between two of them is what makes another one safe
    private const int SendsAtMost = 6;
    private static readonly TimeSpan SendTime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Suspicious = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CancelTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookForEnd = TimeSpan.FromMilliseconds(500);
    // an agent that updates itself is back within it
    private static readonly TimeSpan AgentReturn = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(15);
    private readonly Dictionary<string, Waiter> _open = new(waiters, StringComparer.Ordinal);
    private readonly Dictionary<string, int> _empty = new(StringComparer.Ordinal);
    // since when an agent may come back; null for one that is gone
    private readonly Dictionary<string, long?> _undelivered = new(StringComparer.Ordinal);
    private readonly AllGone _gone = new([.. waiters.Values.Select(waiter => waiter.Cancellation)], time);
    // what its Comment is found by
    private readonly string _run = Guid.NewGuid().ToString("N")[..12];
    private bool _looked;

    /// <inheritdoc/>
    public void Dispose() => _gone.Dispose();

    /// <summary>Runs it. Errors go to the waiters.</summary>
    /// <param name="sent">Called once it is sent, or will not be.</param>
    public async Task RunAsync(Action sent)
    {
        string? command = null;
        try
        {
            DropCancelled("The command was not sent.");
            if (_open.Count > 0) command = await SendAsync();
        }
        catch (OperationCanceledException) when (_gone.LongSince.IsCancellationRequested)
        {
            DropCancelled("Systems Manager had not answered when it was cancelled, so it is not known whether the command was sent; "
                + $"if it was, it runs to its end. See: {SendErrors.Look(_run)}");
        }
        catch (Exception error)
        {
            FailAll(ssm.Describe(error, "ssm:SendCommand", spec.Document));
        }
        finally
        {
            sent();
        }

        if (command is not null) await FollowAsync(command);
    }

    private async Task<string?> SendAsync()
    {
        var comment = $"Summit.Ops {spec.Purpose} run={_run} {spec.Name}";
        if (comment.Length > CommentLength) comment = comment[..CommentLength];
        var first = time.GetUtcNow() - ClockSkew;
        using var limit = new CancellationTokenSource(SendTime, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _gone.LongSince);
        AmbiguousCallException? lost = null;
        for (var sent = 0; sent < SendsAtMost;)
        {
            try
            {
                return await ssm.SendAsync(spec, _open.Keys, comment, ending.Token);
            }
            catch (AmbiguousCallException error)
            {
                (lost, sent) = (error, sent + 1);
                if (await WasSentAsync(comment, first, lost, ending.Token) is { } command) return command;
            }
            catch (InvalidInstanceIdException refused)
            {
                if (!await SortOutAsync(refused)) return null;
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !_gone.LongSince.IsCancellationRequested)
            {
                throw SendErrors.Uncertain(_run, spec, $"it was not answered within {SendTime.TotalSeconds:0} s", lost);
            }
        }

        throw SendErrors.NotSent(_run, SendsAtMost, lost!);
    }

    /// <summary>
    /// After a call without an answer: whether the command is there all the same. Nothing is sent again without
    /// this look: it might run twice.
    /// </summary>
    private async Task<string?> WasSentAsync(
        string comment, DateTimeOffset since, AmbiguousCallException lost, CancellationToken ending)
    {
        try
        {
            for (var look = 1; look <= 3; look++)
            {
                await Task.Delay(TimeSpan.FromSeconds(look), time, ending);
                if (await ssm.FindAsync(comment, since, ending) is { } command) return command;
            }

            return null;
        }
        catch (Exception error) when (!_gone.LongSince.IsCancellationRequested)
        {
            var told = ssm.Describe(error, "ssm:ListCommands");
            // a command that only reads may run twice
            if (told.ErrorId == "AwsAccessDenied" && spec.ReadOnly) return null;
            var why = told.ErrorId == "AwsAccessDenied"
                ? "is not allowed"
                : error is OperationCanceledException ? "got no answer either" : $"failed: {told.Message.TrimEnd('.')}";
            throw SendErrors.Uncertain(_run, spec, $"ssm:ListCommands, which would tell whether it arrived, {why}", lost);
        }
    }

    /// <summary>
    /// Finds the instances that a refused command is about and fails them; false where none is left, or the rest goes its own ways.
    /// </summary>
    private async Task<bool> SortOutAsync(InvalidInstanceIdException refused)
    {
        var wrong = await triage.ExplainAsync([.. _open.Keys], _gone.LongSince);
        foreach (var (id, error) in wrong)
        {
            if (_open.Remove(id, out var waiter)) waiter.Fail(error);
        }

        if (_open.Count == 0) return false;
        if (wrong.Count > 0) return true;
        if (_open.Count == 1)
        {
            var (id, waiter) = _open.Single();
            waiter.Fail(Triage.Unexplained(id, refused));
            return false;
        }

        // nothing is known against any of them, so halves tell which it is
        var halves = _open.Values.Chunk((_open.Count + 1) / 2).Select(half => new CommandRun(
            spec, half.ToDictionary(waiter => waiter.InstanceId, StringComparer.Ordinal), ssm, triage, agents, pace, stir, time)).ToList();
        await Task.WhenAll(halves.Select(half => half.RunAsync(sent: () => { })));
        foreach (var half in halves) half.Dispose();
        return false;
    }

    private async Task FollowAsync(string command)
    {
        var started = time.GetTimestamp();
        var (wait, learned) = pace.Begin();
        var alone = _open.Count == 1;
        var worked = TimeSpan.Zero;
        try
        {
            while (_open.Count > 0)
            {
                await RestAsync(wait, learned);
                learned = null;
                await CancelAsync(command);
                if (_open.Count == 0) return;

                var elapsed = time.GetElapsedTime(started);
                try
                {
                    var seen = alone ? await OneAsync(command, _open.Keys.First()) : await ssm.ListAsync(command, _gone.Token);
                    var open = seen.Where(invocation => _open.ContainsKey(invocation.InstanceId)).ToList();
                    if (seen.Any(invocation => invocation.Ran)) pace.Learn(worked = elapsed);
                    // those that need no other look are handed on first
                    foreach (var invocation in open.Where(invocation => !invocation.IsUndelivered))
                    {
                        await TakeAsync(command, invocation, alone, time.GetElapsedTime(started));
                    }

                    var returning = await ReturningAsync(open);
                    foreach (var invocation in open.Where(
                        invocation => invocation.IsUndelivered && !returning.Contains(invocation.InstanceId)))
                    {
                        await TakeAsync(command, invocation, alone, time.GetElapsedTime(started));
                    }

                    elapsed = time.GetElapsedTime(started);
                    if (elapsed > Suspicious && !_looked) await LookAtSilentAsync(command, seen);
                }
                catch (OperationCanceledException) when (_gone.Token.IsCancellationRequested)
                {
                    continue; // nobody waits for the answer any more: what is left is to cancel the command
                }

                if (elapsed > SystemsManager.DeliveryTime + spec.Timeout + Grace) await GiveUpAsync(command);
                wait = pace.Next(wait);
            }
        }
        catch (Exception error)
        {
            FailAll(ssm.Describe(error, alone ? "ssm:GetCommandInvocation" : "ssm:ListCommandInvocations"));
        }
        finally
        {
            pace.End(worked);
        }
    }

    private async Task<IReadOnlyList<Invocation>> OneAsync(string command, string id) =>
        await ssm.GetAsync(command, id, _gone.Token) is { } invocation ? [invocation] : [];

    /// <summary>
    /// Those to which nothing could be delivered, and whose agents may be back in a moment: they may have updated themselves.
    /// </summary>
    private async Task<HashSet<string>> ReturningAsync(IReadOnlyList<Invocation> seen)
    {
        var undelivered = seen.Where(invocation => invocation.IsUndelivered).Select(invocation => invocation.InstanceId).ToList();
        var fresh = undelivered.Except(_undelivered.Keys, StringComparer.Ordinal).ToList();
        var pings = await Task.WhenAll(fresh.Select(id => agents.IsOnlineAsync(id, _gone.Token)));
        foreach (var (id, ping) in fresh.Zip(pings)) _undelivered[id] = ping == false ? null : time.GetTimestamp();
        return [.. undelivered.Where(id => _undelivered[id] is { } since && time.GetElapsedTime(since) < AgentReturn)];
    }

    private async Task TakeAsync(string command, Invocation invocation, bool whole, TimeSpan elapsed)
    {
        var waiter = _open[invocation.InstanceId];
        waiter.Tell(invocation.Details);
        if (!invocation.Ended) return;
        if (invocation.WasKilled && !whole) invocation = await ssm.GetAsync(command, invocation.InstanceId, _gone.Token) ?? invocation;
        if (!invocation.Ran)
        {
            _open.Remove(invocation.InstanceId);
            waiter.Fail(InvocationErrors.For(invocation, spec, command, invocation.Elapsed ?? elapsed));
            return;
        }

        if (!spec.IsWhole(invocation.Output))
        {
            // a list shows little of it; and the status may be there before the output is
            if (!whole && await ssm.GetAsync(command, invocation.InstanceId, _gone.Token) is { Ran: true } more) invocation = more;
            var looks = _empty[invocation.InstanceId] = _empty.GetValueOrDefault(invocation.InstanceId) + 1;
            if (invocation.Output.Length == 0 && looks < EmptyAnswers) return;
        }

        _open.Remove(invocation.InstanceId);
        waiter.End(invocation);
    }

    /// <summary>A command that nobody picks up: an agent that is known to be offline is not waited for until its time is up.</summary>
    private async Task LookAtSilentAsync(string command, IReadOnlyList<Invocation> seen)
    {
        var silent = seen.Where(invocation => invocation.Details is "Pending" or "Delayed" && _open.ContainsKey(invocation.InstanceId))
            .Select(invocation => invocation.InstanceId).ToList();
        if (silent.Count == 0) return;
        _looked = true;
        var wrong = await triage.OfflineAsync(silent, _gone.Token);
        if (wrong.Count == 0) return;
        await ssm.CancelAsync(command, [.. wrong.Keys], CancellationToken.None);
        foreach (var (id, error) in wrong)
        {
            if (_open.Remove(id, out var waiter)) waiter.Fail(error);
        }
    }

    private async Task GiveUpAsync(string command)
    {
        await ssm.CancelAsync(command, [.. _open.Keys], CancellationToken.None);
        foreach (var waiter in _open.Values) waiter.Fail(InvocationErrors.Lost(waiter.InstanceId, command));
        _open.Clear();
    }

    private async Task RestAsync(TimeSpan wait, Task? learned)
    {
        var stirred = stir.Next;
        if (_open.Values.Any(waiter => waiter.IsCancelled)) return;
        using var rest = new CancellationTokenSource();
        var delay = Task.Delay(wait, time, rest.Token);
        await (learned is null ? Task.WhenAny(delay, stirred) : Task.WhenAny(delay, stirred, learned));
        await rest.CancelAsync();
    }

    private async Task CancelAsync(string command)
    {
        var cancelled = _open.Values.Where(waiter => waiter.IsCancelled).ToList();
        if (cancelled.Count == 0) return;
        var all = cancelled.Count == _open.Count && _open.Count == waiters.Count;
        var ends = new Dictionary<string, Invocation>(StringComparer.Ordinal);
        string? failed = null;
        try
        {
            using var limit = new CancellationTokenSource(CancelTime, time);
            await ssm.CancelAsync(command, all ? [] : [.. cancelled.Select(waiter => waiter.InstanceId)], limit.Token);
            await ReadEndsAsync(command, cancelled, ends, limit.Token);
        }
        catch (Exception error)
        {
            failed = ssm.Describe(error, "ssm:CancelCommand").Message;
        }

        foreach (var waiter in cancelled)
        {
            _open.Remove(waiter.InstanceId);
            waiter.Cancel($"{waiter.InstanceId}: {CancelWords.Of(spec, command, ends.GetValueOrDefault(waiter.InstanceId), failed)}");
        }
    }

    /// <summary>
    /// Looks until each has ended: an agent may be just done when the cancel reaches it, or take a while to end a script.
    /// </summary>
    private async Task ReadEndsAsync(string command, List<Waiter> cancelled, Dictionary<string, Invocation> ends, CancellationToken limit)
    {
        try
        {
            while (true)
            {
                foreach (var seen in await ssm.ListAsync(command, limit)) ends[seen.InstanceId] = seen;
                if (cancelled.TrueForAll(waiter => ends.TryGetValue(waiter.InstanceId, out var end) && end.Ended)) return;
                await Task.Delay(LookForEnd, time, limit);
            }
        }
        catch (Exception)
        {
            // the cancel itself went well; what was not seen to end is said to be unknown
        }
    }

    private void DropCancelled(string message)
    {
        foreach (var waiter in _open.Values.Where(waiter => waiter.IsCancelled).ToList())
        {
            _open.Remove(waiter.InstanceId);
            waiter.Cancel($"{waiter.InstanceId}: {message}");
        }
    }

    private void FailAll(Exception error)
    {
        foreach (var waiter in _open.Values) waiter.Fail(error);
        _open.Clear();
    }
}
