using System.Diagnostics;
using Summit.Ops.Aws.Tests.Endpoint;
using Summit.Ops.Diagnosis;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Aws;

namespace Summit.Ops.Aws.Tests.Diagnosis;

/// <summary>The network in front of an instance, as EC2 describes it, in a diagnosis over Systems Manager.</summary>
[Trait("Category", "Lab")]
public sealed class NetworkVerdictTests
{
    public static TheoryData<string> Scenarios =>
        [.. ScenarioCatalogue.All.Where(scenario => scenario.OverSystemsManager).Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task A_fault_of_the_network_is_the_root_cause_and_the_evidence_alone_says_so_again(string name)
    {
        await using var lab = await StartAsync(name);
        var evidence = await GatherAsync(lab);
        var verdict = Verdict.Over(evidence, TimeSpan.Zero);

        Assert.Equal(lab.Scenario.Expected, Assert.Single(verdict.Causes).Cause);
        Assert.False(verdict.Healthy);
        Assert.Equal(
            (SummitCheckStatus.Fail, lab.Scenario.Expected),
            verdict.Checks.Where(check => check.Id == "Network.Port443").Select(check => (check.Status, check.Cause)).Single());
        Assert.StartsWith("aws ec2 ", verdict.Causes[0].Fix);
        Assert.EndsWith($"--region {lab.Region}", verdict.Causes[0].Fix.TrimEnd('"', ')'));
        Assert.Single(lab.Aws.Calls, call => call.Action == "ssm:SendCommand");
        Assert.DoesNotContain(lab.Aws.Calls, call => call.Action.StartsWith("ec2:", StringComparison.Ordinal)
            && !call.Action.StartsWith("ec2:Describe", StringComparison.Ordinal));

        var again = Verdict.Over(RoundTrip(evidence), TimeSpan.Zero);
        Assert.Equal(
            verdict.Causes.Select(cause => (cause.Cause, cause.Evidence, cause.Fix)),
            again.Causes.Select(cause => (cause.Cause, cause.Evidence, cause.Fix)));
        Assert.Equal(verdict.Checks, again.Checks);
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task The_command_of_the_verdict_run_by_the_real_CLI_mends_it(string name)
    {
        if (await AwsCli.MissingAsync() is { } reason) Assert.Skip(reason);
        await using var lab = await StartAsync(name);
        var fix = Verdict.Over(await GatherAsync(lab), TimeSpan.Zero).Causes[0].Fix;

        var start = new ProcessStartInfo(
            "/bin/sh", ["-c", fix]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var (key, value) in lab.Aws.Environment(lab.Region)) start.Environment[key] = value;
        using var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEndAsync(Account.Stop);
        await process.StandardOutput.ReadToEndAsync(Account.Stop);
        await process.WaitForExitAsync(Account.Stop);
        Assert.True(process.ExitCode == 0, $"{fix}\n{await said}");

        var after = Verdict.Over(await GatherAsync(lab), TimeSpan.Zero);
        Assert.True(after.Healthy, string.Join('\n', after.Causes.Select(cause => cause.Evidence)));
        Assert.Equal(SummitCheckStatus.Pass, after.Checks.Single(check => check.Id == "Network.Port443").Status);
    }

    [Theory]
    [InlineData("ec2:DescribeNetworkInterfaces")]
    [InlineData("ec2:DescribeSecurityGroups")]
    [InlineData("ec2:DescribeNetworkAcls")]
    [InlineData("ec2:DescribeRouteTables")]
    public async Task One_action_that_is_missing_leaves_the_item_Unknown_names_the_action_and_hides_nothing_else(string action)
    {
        await using var lab = await StartAsync("healthy");
        lab.Aws.Knobs.Denied[action] = true;
        var evidence = await GatherAsync(lab);
        var verdict = Verdict.Over(evidence, TimeSpan.Zero);
        var item = verdict.Checks.Single(check => check.Id == "Network.Port443");
        Assert.Equal(SummitCheckStatus.Unknown, item.Status);
        Assert.StartsWith(action, item.Evidence);
        Assert.True(verdict.Healthy);
        Assert.Equal(SummitCheckStatus.Pass, verdict.Checks.Single(check => check.Id == "Backend.Running").Status);

        // what is saved does not say who asked
        Assert.Contains("user/lab", string.Join(' ', evidence.NetworkPath!.Missing.Values));
        var file = await SavedAsync(evidence);
        Assert.DoesNotContain("user/lab", file);
        Assert.Contains(action, file);
    }

    [Fact]
    public async Task Where_EC2_cannot_be_asked_at_all_the_item_says_why_and_the_host_is_diagnosed()
    {
        await using var lab = await StartAsync("healthy");
        lab.Aws.Ec2.Add(new Broken());
        var verdict = Verdict.Over(await GatherAsync(lab), TimeSpan.Zero);
        var item = verdict.Checks.Single(check => check.Id == "Network.Port443");
        Assert.Equal(SummitCheckStatus.Unknown, item.Status);
        Assert.Contains("EC2 could not be asked: ec2:DescribeSecurityGroups", item.Evidence);
        Assert.True(verdict.Healthy);
    }

    [Fact]
    public async Task The_commands_of_a_verdict_name_instance_and_region()
    {
        await using var lab = await StartAsync("nginx-config-missing");
        var verdict = Verdict.Over(await GatherAsync(lab), TimeSpan.Zero);
        Assert.Contains($"-InstanceId {lab.InstanceId} -Region {lab.Region}", verdict.Causes[0].Fix);

        // also where the region was found in the environment only
        var nowhere = LabHost.Of(lab, lab.Target with { Region = "" });
        var evidence = await new SiteGatherer(TimeProvider.System) { WithNetwork = true }.GatherAsync(
            nowhere, lab.Site, token: null, Account.Stop);
        Assert.Contains($"-InstanceId {lab.InstanceId} -Region {lab.Region}", Verdict.Over(evidence, TimeSpan.Zero).Causes[0].Fix);
    }

    [Fact]
    public async Task A_fleet_shares_the_calls()
    {
        await using var account = new Account();
        var ids = Enumerable.Range(0, 200).Select(i => $"i-0{i:x16}").ToList();
        foreach (var id in ids) account.Add(id, machine => machine with { PublicAddress = "203.0.113.5" });
        var hosts = ids.Append("i-0ffffffffffffffff").Select(id => (INetworkedHost)account.Host(id)).ToList();
        var asked = hosts.Select(async host =>
        {
            try
            {
                return (await host.NetworkPathAsync(Account.Stop)).Interfaces.Single().InstanceId;
            }
            catch (Errors.SummitAwsException error)
            {
                return error.ErrorId;
            }
        });
        var answers = await Task.WhenAll(asked);
        Assert.Equal([.. ids, "InstanceNotFound"], answers);
        Assert.InRange(account.Aws.Calls.Count, 24, 60);
    }

    private static async Task<LabInstance> StartAsync(string name)
    {
        if (await LabRequirement.NginxMissingAsync(Account.Stop) is { } reason) Assert.Skip(reason);
        return await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Find(name), Backend = LabBackendKind.InProcess }, Account.Stop);
    }

    private static Task<SiteEvidence> GatherAsync(LabInstance lab) =>
        new SiteGatherer(TimeProvider.System) { WithNetwork = true }.GatherAsync(
            LabHost.Of(lab), lab.Site, token: null, Account.Stop);

    private static SiteEvidence RoundTrip(SiteEvidence evidence)
    {
        var path = Path.Combine(Path.GetTempPath(), $"summit-test-{Guid.NewGuid():N}.json");
        EvidenceFile.Write(evidence, path);
        var read = EvidenceFile.Read(path);
        File.Delete(path);
        return read;
    }

    private static async Task<string> SavedAsync(SiteEvidence evidence)
    {
        var path = Path.Combine(Path.GetTempPath(), $"summit-test-{Guid.NewGuid():N}.json");
        EvidenceFile.Write(evidence, path);
        var text = await File.ReadAllTextAsync(path, Account.Stop);
        File.Delete(path);
        return text;
    }

    private sealed class Broken : Lab.Aws.Ec2.IEc2Operation
    {
        public string Name => "DescribeSecurityGroups";

        public IEnumerable<System.Xml.Linq.XElement> Answer(string region, QueryParameters form) =>
            throw new AwsErrorException("InvalidParameterCombination", "Not today.");
    }
}
