using System.Text;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Nginx;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Deployment.Faults;

/// <summary>Deployments that are started at once take their turns.</summary>
[Trait("Category", "Lab")]
public sealed class ConcurrentDeploymentsTests
{
    private static readonly LocalHost Host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_four_to_one_file_one_is_made_and_the_others_are_refused_for_it()
    {
        await using var lab = await StartAsync();
        var first = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        var plans = new List<DeploymentPlan>();
        for (var number = 0; number < 4; number++) plans.Add(await PlanAsync(lab.Site, $"# {number}\n{first}"));
        // a lock that a killed run has left must not let two of them in
        var state = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(lab.ConfigPath)!, ".summit-ops"));
        File.CreateSymbolicLink(Path.Combine(state.FullName, "lock"), "1 12345");

        var results = await Task.WhenAll(plans.Select(DeployAsync));

        var made = Assert.Single(results, result => result.Done is not null);
        Assert.True(made.Done is { Changed: true, Verified: true }, made.Done!.Output);
        Assert.All(
            results.Where(result => result.Done is null), result => Assert.Contains("somebody else has changed it since", result.Refused));
        Assert.Equal(
            Encoding.UTF8.GetString(plans[Array.IndexOf(results, made)].After), await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
        Assert.Equal(["backups"], state.EnumerateFileSystemInfos().Select(entry => entry.Name));
    }

    [Fact]
    public async Task Two_sites_of_one_nginx_are_both_deployed()
    {
        await using var lab = await StartAsync();
        var first = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        var other = lab.Site with { Name = "other", ServerName = "other.example.com", ConfigPath = lab.ConfigPath
            + "-other", EnabledPath = lab.EnabledPath + "-other" };
        var plans = new[]
        {
            await PlanAsync(lab.Site, "# new\n" + first),
            await PlanAsync(other, first.Replace("server_name localhost", "server_name other.example.com", StringComparison.Ordinal)),
        };

        var results = await Task.WhenAll(plans.Select(DeployAsync));

        Assert.All(
            results, result => Assert.True(result.Done is { Changed: true, RolledBack: false }, result.Refused + result.Done?.Output));
        Assert.True((await new WebSocketProbe(TimeProvider.System).RunAsync(SiteProbes.Public(lab.Site, null), Cancellation)).Success);
        Assert.Equal(
            101, (await new WebSocketProbe(TimeProvider.System).RunAsync(SiteProbes.Loopback(other, null), Cancellation)).HttpStatus);
        Assert.Equal(
            ["summit-api", "summit-api-other"],
            Directory.EnumerateFiles(Path.GetDirectoryName(lab.ConfigPath)!).Select(Path.GetFileName).Order());
    }

    private static async Task<(SummitDeployment? Done, string Refused)> DeployAsync(DeploymentPlan plan)
    {
        try
        {
            return (await new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, Cancellation), "");
        }
        catch (SummitDeploymentException error)
        {
            return (null, error.Message);
        }
    }

    private static async Task<DeploymentPlan> PlanAsync(SummitSite site, string content) => DeploymentPlanner.Plan(
        await new SiteGatherer(TimeProvider.System).GatherAsync(Host, site, null, Cancellation), DeploymentMode.Repair,
        NginxConfigReader.FromBytes(site.ConfigPath, Encoding.UTF8.GetBytes(content)), force: false);

    private static async Task<LabInstance> StartAsync()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        return await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
    }
}
