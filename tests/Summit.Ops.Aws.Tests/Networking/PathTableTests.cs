namespace Summit.Ops.Aws.Tests.Networking;

/// <summary>Topology, what an internet client really gets, what the module says of it.</summary>
public sealed class PathTableTests
{
    public static TheoryData<string> Names => [.. PathTable.Rows.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_topology_is_judged_as_a_client_meets_it(string name)
    {
        var row = PathTable.Rows.Single(row => row.Name == name);
        await using var account = new Account();
        var bench = new PathBench(account);
        row.Build(bench);
        var all = await bench.JudgeAsync();
        var checks = all.Where(check => check.Id != "Network.TargetHealth").ToList();
        var said = string.Join('\n', checks.Select(check => $"{check.Id} {check.Status}: {check.Evidence} {check.Fix}"));
        var failed = checks.Where(check => check.Status == SummitCheckStatus.Fail).ToList();
        var unknown = checks.Where(check => check.Status == SummitCheckStatus.Unknown).ToList();
        var says = failed.Count > 0 ? Gets.Nothing : unknown.Count > 0 ? Gets.Depends : Gets.Connection;
        Assert.True(says == row.Gets, $"{row.Gets}, but the module says:\n{said}");
        var named = string.Join('\n', failed.Concat(unknown).Select(check => $"{check.Evidence} {check.Actual} {check.Fix}"));
        Assert.Contains(row.Names, row.Gets == Gets.Connection ? said : named);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Behind_a_load_balancer_the_health_of_the_target_is_unknown_and_named_with_the_command_that_tells(string name)
    {
        await using var account = new Account();
        var bench = new PathBench(account);
        PathTable.Rows.Single(row => row.Name == name).Build(bench);
        var checks = await bench.JudgeAsync();
        var health = checks.Where(check => check.Id == "Network.TargetHealth").ToList();
        if (!checks.Any(check => check is { Id: "Network.LoadBalancer", Status: not SummitCheckStatus.Skipped }))
        {
            Assert.Empty(health);
            return;
        }

        var said = Assert.Single(health);
        Assert.Equal(SummitCheckStatus.Unknown, said.Status);
        Assert.Contains("was not read", said.Evidence);
        Assert.Matches(
            "^aws elbv2 describe-target-health --target-group-arn .* --names front .*--region eu-west-1$"
                + "|^aws elb describe-instance-health --load-balancer-name front --region eu-west-1$",
            said.Fix);
    }

    [Fact]
    public void The_table_has_forty_topologies_of_all_three_kinds()
    {
        Assert.True(PathTable.Rows.Count >= 40);
        Assert.Equal(3, PathTable.Rows.Select(row => row.Gets).Distinct().Count());
        Assert.Equal(PathTable.Rows.Count, PathTable.Rows.Select(row => row.Name).Distinct(StringComparer.Ordinal).Count());
    }
}
