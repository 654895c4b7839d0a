using Summit.Ops.Checks.Host;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;

namespace Summit.Ops.Core.Tests.Deployment;

/// <summary>What is said of connections that are held through a change is what became of them.</summary>
[Trait("Category", "Lab")]
public sealed class ConnectionHoldTests
{
    private const int Count = 5;
    private static readonly LocalHost Host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reload_keeps_them_all_and_its_old_workers_are_counted()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
        await using var hold = await ConnectionHold.OpenAsync(SiteProbes.Public(lab.Site, null), Count, TimeProvider.System, Cancellation);
        Assert.Equal(Count, hold.Count);
        Assert.True(await ClientsAsync(lab) >= Count);

        var deployer = new Deployer(Host, TimeProvider.System);
        for (var reload = 0; reload < 2; reload++)
        {
            Assert.True((await deployer.ReloadAsync(lab.Site, force: false, null, Cancellation)).Verified);
        }

        var evidence = await new SiteGatherer(TimeProvider.System).GatherAsync(Host, lab.Site, null, Cancellation);
        var served = evidence.Host!.OldWorkers(lab.Site).Select(evidence.Host.ServedBy).ToList();
        Assert.Equal(Count, served.Sum());
        Assert.Contains($"serve {Count} connections", new NginxOldWorkers().Evaluate(evidence).Evidence);

        var held = await hold.EndAsync(Cancellation);
        Assert.Equal((Count, Count, TimeSpan.Zero, null), (held.Held, held.Kept, held.LongestGap, held.FirstRefused));
    }

    [Fact]
    public async Task A_restart_cuts_them_all_and_the_gap_is_told()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
        await using var hold = await ConnectionHold.OpenAsync(SiteProbes.Public(lab.Site, null), Count, TimeProvider.System, Cancellation);
        var before = TimeProvider.System.GetUtcNow();
        var done = await new Deployer(Host, TimeProvider.System).ReloadAsync(lab.Site, force: true, null, Cancellation);
        var told = (await hold.EndAsync(Cancellation)).On(done);

        Assert.Equal((Count, 0), (told.ConnectionsHeld, told.ConnectionsKept));
        Assert.True(told.LongestGap > TimeSpan.Zero, $"{told.LongestGap}");
        Assert.InRange(told.FirstRefused!.Value, before, TimeProvider.System.GetUtcNow());
        Assert.Contains($"{Count} of {Count} WebSockets that were held were cut", told.Output);
    }

    [Fact]
    public async Task Where_none_opens_none_is_held()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(
            new LabOptions { Backend = LabBackendKind.InProcess, Scenario = ScenarioCatalogue.Find("location-missing") }, Cancellation);
        await using var hold = await ConnectionHold.OpenAsync(SiteProbes.Public(lab.Site, null), Count, TimeProvider.System, Cancellation);
        Assert.Equal(HeldThrough.Nothing, await hold.EndAsync(Cancellation));
    }

    [Theory]
    [InlineData("100%", 10, 10, true)]
    [InlineData("100%", 10, 9, false)]
    [InlineData("90 %", 10, 9, true)]
    [InlineData("3", 10, 3, true)]
    [InlineData("3", 10, 2, false)]
    // of two that could be held, three cannot be kept: both must be
    [InlineData("3", 2, 2, true)]
    [InlineData("3", 2, 1, false)]
    [InlineData("0", 10, 0, true)]
    [InlineData("100%", 0, 0, true)]
    public void A_minimum_is_a_share_or_a_number(string minimum, int held, int kept, bool met) =>
        Assert.Equal(met, KeptMinimum.Parse(minimum, 10).IsMetBy(held, kept));

    [Theory]
    [InlineData("101%")]
    [InlineData("11")]
    [InlineData("-1")]
    [InlineData("2.5")]
    [InlineData("all")]
    [InlineData("%")]
    public void What_is_no_minimum_is_refused(string minimum) =>
        Assert.Equal("MinimumKeptInvalid", Assert.Throws<SummitArgumentException>(() => KeptMinimum.Parse(minimum, 10)).ErrorId);

    private static async Task<int> ClientsAsync(LabInstance lab) =>
        (await new SiteGatherer(TimeProvider.System).GatherAsync(Host, lab.Site, null, Cancellation)).Host!.ClientsAt(lab.Site.Port) ?? 0;
}
