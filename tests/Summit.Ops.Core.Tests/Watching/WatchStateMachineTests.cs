using System.Reflection;
using Summit.Ops.Watching;

namespace Summit.Ops.Core.Tests.Watching;

/// <summary>A watch in virtual time: the times come with the probes.</summary>
public sealed class WatchStateMachineTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private readonly WatchStateMachine _machine = new("wss://host/ws", null, new WatchRules { Interval = TimeSpan.FromSeconds(1) });
    private readonly List<SummitWebSocketTransition> _told = [];
    private int _second;

    [Fact]
    public void A_day_is_told_by_its_changes_and_outages_are_as_long_as_they_were()
    {
        Run(600);
        Run(60, SummitCause.BackendNotListening);
        Run(600);
        Run(30, SummitCause.CertificateExpired);
        Run(600);
        Assert.Equal(
            [SummitWatchState.Up, SummitWatchState.Down, SummitWatchState.Up, SummitWatchState.Down, SummitWatchState.Up],
            _told.Select(told => told.State));
        Assert.Equal(
            [SummitCause.BackendNotListening, SummitCause.CertificateExpired],
            _told.Where(told => told.State == SummitWatchState.Down).Select(told => told.Cause));
        Assert.Equal(
            [TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30)],
            _told.Where(told => told.Previous == SummitWatchState.Down).Select(told => told.Outage!.Value));
        Assert.Equal(60, _told[2].Attempts);
        Assert.Equal(TimeSpan.FromSeconds(90), _machine.Summary.Downtime);
        Assert.Equal(TimeSpan.FromSeconds(60), _machine.Summary.LongestOutage);
        // one that lasts still counts as far as it has come
        Run(200, SummitCause.BackendNotListening);
        Assert.Equal(TimeSpan.FromSeconds(199), _machine.Summary.LongestOutage);
    }

    [Fact]
    public void A_sleep_of_the_machine_is_a_gap_and_no_outage()
    {
        Run(10);
        _second += 7200;
        Run(10);
        Assert.Equal([SummitWatchState.Up, SummitWatchState.Unknown, SummitWatchState.Up], _told.Select(told => told.State));
        Assert.Equal(SummitWatchReason.NotWatched, _told[1].Reason);
        Assert.Equal(1, _machine.Summary.Availability);
    }

    [Fact]
    public void Flapping_is_told_once_and_once_when_it_settles()
    {
        Run(60);
        for (var i = 0; i < 20; i++)
        {
            Run(2, SummitCause.BackendNotListening);
            Run(2);
        }

        Run(120);
        var at = _told.FindIndex(told => told.State == SummitWatchState.Flapping);
        Assert.True(at > 0);
        Assert.Equal(SummitWatchState.Up, Assert.Single(_told.Skip(at + 1)).State);
        Assert.Equal(TimeSpan.FromSeconds(40), _told[^1].Outage);
    }

    [Fact]
    public void A_cut_is_told_apart_from_a_failed_connect()
    {
        Run(10);
        _machine.Observe(new WatchCut(Start.AddSeconds(_second), TimeSpan.FromSeconds(9), 1001, "closed with 1001"));
        Run(10);
        Assert.Equal(2, _told.Count);
        Assert.Equal((SummitWatchReason.Cut, 1001, SummitWatchState.Up), (_told[1].Reason, _told[1].CloseCode!.Value, _told[1].State));
    }

    [Fact]
    public void Slow_is_measured_against_its_own_normal()
    {
        Run(300, latency: 20);
        Run(60, latency: 400);
        Run(60, latency: 20);
        Assert.Equal([SummitWatchReason.None, SummitWatchReason.Slow, SummitWatchReason.None], _told.Select(told => told.Reason));
    }

    [Fact]
    public void A_day_of_steady_probes_tells_one_transition()
    {
        Run(86_400);
        Assert.Single(_told);
        Assert.Equal(86_400, _machine.Summary.Probes);
    }

    [Fact]
    public void What_a_watch_keeps_does_not_grow()
    {
        // an hour has all that happens: outages of several causes, flapping, slow times, cuts and gaps
        void Hour()
        {
            Run(1200, latency: 20 + (_second % 7));
            Run(60, SummitCause.BackendNotListening);
            Run(30, SummitCause.NginxNotRunning);
            for (var i = 0; i < 30; i++)
            {
                Run(2, SummitCause.BackendTimeout);
                Run(2);
            }

            Run(300, latency: 900);
            _machine.Observe(new WatchCut(Start.AddSeconds(_second), TimeSpan.FromSeconds(9), 1001, "closed with 1001"));
            Run(1590);
            _second += 300;
            _told.Clear();
        }

        Hour();
        var before = Reachable(_machine);
        for (var hour = 0; hour < 26; hour++) Hour();

        Assert.True(_machine.Summary.Probes > 86_400, $"{_machine.Summary.Probes}");
        // the last hour leaves as much as the first
        Assert.InRange(Reachable(_machine), before / 2, before + 20);
    }

    /// <summary>How many objects and elements are kept alive by one.</summary>
    private static int Reachable(object root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var waiting = new Stack<object>([root]);
        var elements = 0;
        while (waiting.TryPop(out var next))
        {
            var type = next.GetType();
            if (!type.IsValueType && !seen.Add(next)) continue;
            if (next is Array array)
            {
                elements += array.Length;
                if (type.GetElementType()!.IsPrimitive) continue;
                foreach (var element in array) if (element is not null) waiting.Push(element);
                continue;
            }

            if (next is string || type.IsPrimitive || type.IsEnum || next is Type or Delegate) continue;
            for (var part = type; part is not null; part = part.BaseType)
            {
                const BindingFlags own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
                foreach (var field in part.GetFields(own))
                {
                    if (!field.FieldType.IsPrimitive && field.GetValue(next) is { } value) waiting.Push(value);
                }
            }
        }

        return seen.Count + elements;
    }

    private void Run(int seconds, SummitCause cause = SummitCause.None, double latency = 20)
    {
        for (var i = 0; i < seconds; i++, _second++)
        {
            _told.AddRange(_machine.Observe(new WatchProbe(new SummitWebSocketResult
            {
                Uri = "wss://host/ws",
                FailedStage = cause == SummitCause.None ? SummitProbeStage.None : SummitProbeStage.Upgrade,
                Cause = cause,
                Explanation = $"{cause}.",
                Started = Start.AddSeconds(_second),
                Timings =
                    new SummitProbeTimings { Upgrade = TimeSpan.FromMilliseconds(latency), Total = TimeSpan.FromMilliseconds(latency) },
            })));
        }
    }
}
