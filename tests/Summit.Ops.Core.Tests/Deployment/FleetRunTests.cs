using Microsoft.Extensions.Time.Testing;
using Summit.Ops.Deployment;

namespace Summit.Ops.Core.Tests.Deployment;

/// <summary>In which order the hosts of a fleet come, and what stops them.</summary>
public sealed class FleetRunTests
{
    private const FleetOutcome Done = FleetOutcome.Done, Failed = FleetOutcome.Failed;
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Canaries_come_first_then_batch_after_batch()
    {
        var run = new FleetRun(2, 3, maxErrors: 0, TimeSpan.Zero, takesBack: false, _time);
        Assert.Equal(
            ["canary", "canary", "batch 1", "batch 1", "batch 1", "batch 2"], Enumerable.Range(0, 6).Select(run.StepOf));
        Assert.True(await run.MayBeginAsync(0, Stop));
        Assert.True(await run.MayBeginAsync(1, Stop));
        var third = run.MayBeginAsync(2, Stop);
        run.End(0, Host(0), Done);
        Assert.False(third.IsCompleted);
        run.End(1, Host(1), Done);
        Assert.True(await third);
        var sixth = run.MayBeginAsync(5, Stop);
        for (var i = 2; i < 5; i++)
        {
            Assert.False(sixth.IsCompleted);
            run.End(i, Host(i), Done);
        }

        Assert.True(await sixth);
        Assert.Null(run.Told());
    }

    [Fact]
    public async Task A_canary_that_fails_stops_it_whatever_may_fail_later()
    {
        var run = new FleetRun(1, 2, maxErrors: 5, TimeSpan.Zero, takesBack: false, _time);
        run.End(0, Host(0), Failed);
        foreach (var i in new[] { 1, 2, 3 })
        {
            Assert.False(await run.MayBeginAsync(i, Stop));
            run.End(i, Host(i), FleetOutcome.LeftAlone);
        }

        Assert.Equal(
            "Stopped at the canaries. It failed on host0. Nothing was begun on 3 hosts: host1, host2, host3.", run.Told());
    }

    [Fact]
    public async Task So_many_may_fail_in_the_batches()
    {
        var run = new FleetRun(0, 2, maxErrors: 1, TimeSpan.Zero, takesBack: false, _time);
        run.End(0, Host(0), Done);
        run.End(1, Host(1), Failed);
        Assert.True(await run.MayBeginAsync(2, Stop));
        run.End(2, Host(2), Failed);
        // of the same batch, and not begun yet
        Assert.False(await run.MayBeginAsync(3, Stop));
        run.End(3, Host(3), FleetOutcome.LeftAlone);
        Assert.False(await run.MayBeginAsync(4, Stop));
        run.End(4, Host(4), FleetOutcome.LeftAlone);
        Assert.Equal(
            "Stopped at batch 2. It went well on host0, and stays there. It failed on host1, host2. "
                + "Nothing was begun on 2 hosts: host3, host4.",
            run.Told());
        Assert.Equal("host2", run.Stopper!.ToString());
    }

    [Fact]
    public async Task Between_two_steps_is_a_pause_and_within_one_none()
    {
        var run = new FleetRun(1, 2, maxErrors: 0, TimeSpan.FromMinutes(1), takesBack: false, _time);
        run.End(0, Host(0), Done);
        var second = run.MayBeginAsync(1, Stop);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await second);
        run.End(1, Host(1), Done);
        Assert.True(await run.MayBeginAsync(2, Stop));
    }

    private static SummitTarget Host(int number) => SummitTarget.Local with { Name = $"host{number}" };
}
