using System.Text;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Aws;
using Summit.Ops.Nginx;

namespace Summit.Ops.Aws.Tests.Deployment;

/// <summary>A deployment over Run Command that is stopped: what became of it is read on the host, and not assumed.</summary>
[Trait("Category", "Lab")]
public sealed class StoppedDeploymentTests : IAsyncLifetime
{
    private const string Verify = "after_status=$(handshake)";
    private readonly string _marker = Path.Combine(Path.GetTempPath(), $"summit-test-{Guid.NewGuid():N}");
    private LabInstance? _lab;

    private LabInstance Lab => _lab!;

    public async ValueTask InitializeAsync()
    {
        if (await LabRequirement.NginxMissingAsync(Account.Stop) is { } reason) Assert.Skip(reason);
        _lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Account.Stop);
    }

    public async ValueTask DisposeAsync()
    {
        if (_lab is not null) await _lab.DisposeAsync();
        File.Delete(_marker);
    }

    [Fact]
    public async Task One_that_was_under_way_is_said_to_be_put_back()
    {
        var before = await File.ReadAllTextAsync(Lab.ConfigPath, Account.Stop);
        var (host, plan) = await PlanAsync($"touch {_marker}; sleep 2; {Verify}");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Account.Stop);
        var deploying = new Deployer(host, TimeProvider.System).DeployAsync(plan, null, stop.Token);
        while (!File.Exists(_marker)) await Task.Delay(20, Account.Stop);
        await stop.CancelAsync();

        var told = await Assert.ThrowsAsync<HostRunCancelledException>(() => deploying);

        Assert.Contains("was cancelled", told.Message);
        Assert.Contains($"{Lab.ConfigPath} is as it was: the deployment was put back, or had not begun.", told.Message);
        Assert.Equal(before, await File.ReadAllTextAsync(Lab.ConfigPath, Account.Stop));
    }

    [Fact]
    public async Task One_that_had_finished_is_said_to_stand()
    {
        var (host, plan) = await PlanAsync(Verify);
        // the answer is there and cannot be had, so that it is still waited for when it is stopped
        Lab.Aws.Knobs.Errors["ssm:GetCommandInvocation"] = new AwsErrorException("ThrottlingException", "Rate exceeded");
        var before = (await SentCommands.ListAsync(Lab.Aws, Lab.Region)).Count;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Account.Stop);
        var deploying = new Deployer(host, TimeProvider.System).DeployAsync(plan, null, stop.Token);
        IReadOnlyList<CommandInvocation> sent;
        do
        {
            await Task.Delay(50, Account.Stop);
            sent = await SentCommands.ListAsync(Lab.Aws, Lab.Region);
        }
        while (sent.Count == before || sent.Any(invocation => invocation.Status != CommandInvocationStatus.Success));

        await stop.CancelAsync();
        Lab.Aws.Knobs.Errors.Clear();

        var told = await Assert.ThrowsAsync<HostRunCancelledException>(() => deploying);

        Assert.Contains("had finished before the cancel reached it", told.Message);
        Assert.Contains($"The deployment of {Lab.ConfigPath} had finished: the new configuration stands.", told.Message);
    }

    [Fact]
    public async Task One_that_was_killed_is_said_to_have_left_its_journal()
    {
        var (host, plan) = await PlanAsync("kill -9 $$");

        var error = await Assert.ThrowsAsync<SummitHostException>(
            () => new Deployer(host, TimeProvider.System).DeployAsync(plan, null, Account.Stop));

        Assert.Equal("ScriptEndedEarly", error.ErrorId);
        Assert.Contains("exit code 137", error.Message);
        Assert.Contains("did not end: its journal is there, and the next deployment puts back what was there before.", error.Message);
    }

    [Fact]
    public async Task One_whose_end_cannot_be_read_is_said_to_be_unknown()
    {
        var (host, plan) = await PlanAsync($"touch {_marker}; sleep 2; {Verify}");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Account.Stop);
        var deploying = new Deployer(host, TimeProvider.System).DeployAsync(plan, null, stop.Token);
        while (!File.Exists(_marker)) await Task.Delay(20, Account.Stop);
        Lab.Aws.Knobs.Denied["ssm:SendCommand"] = true;
        await stop.CancelAsync();

        var told = await Assert.ThrowsAsync<HostRunCancelledException>(() => deploying);

        Assert.Contains($"What became of {Lab.ConfigPath} is not known: ", told.Message);
        Assert.Contains("ssm:SendCommand", told.Message);
    }

    private async Task<(IHost Host, DeploymentPlan Plan)> PlanAsync(string atVerify)
    {
        var host = new AwsServices().Host(
            Lab.Target, new AwsConnection { Region = Lab.Region, EndpointUrl = Lab.AwsEndpoint, Key = new AwsKey(
                Lab.Aws.AccessKeyId, Lab.Aws.SecretAccessKey, null) }, null);
        var content = "# new\n" + await File.ReadAllTextAsync(Lab.ConfigPath, Account.Stop);
        var plan = DeploymentPlanner.Plan(
            await new SiteGatherer(TimeProvider.System).GatherAsync(host, Lab.Site, null, Account.Stop), DeploymentMode.Repair,
            NginxConfigReader.FromBytes(Lab.ConfigPath, Encoding.UTF8.GetBytes(content)), force: false);
        return (new ChangedScript(host, atVerify), plan);
    }

    /// <summary>The host, with another step where a deployment is verified.</summary>
    private sealed class ChangedScript(IHost host, string atVerify) : IHost
    {
        public SummitTarget Target => host.Target;

        public Task<HostResult> RunAsync(HostScript script, CancellationToken cancellation) => host.RunAsync(
            script with { Text = script.Text.Replace(Verify, atVerify, StringComparison.Ordinal) }, cancellation);
    }
}
