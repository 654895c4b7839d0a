using Summit.Ops.Causes;
using Summit.Ops.Repair;

namespace Summit.Ops.Core.Tests.Repair;

/// <summary>What is done for a cause, or why nothing is: a table over all of them.</summary>
public sealed class RepairPlanTests
{
    public static TheoryData<SummitCause> Causes => [.. Enum.GetValues<SummitCause>().Where(cause => cause != SummitCause.None)];

    [Theory]
    [MemberData(nameof(Causes))]
    public void Every_cause_is_in_the_plan_or_named_as_not_repairable_with_a_reason_and_a_command(SummitCause cause)
    {
        var plan = RepairPlan.For(Diagnosis([cause]));

        if (plan.Steps is [var step])
        {
            Assert.Equal([cause], step.Causes);
            Assert.Empty(plan.Beyond);
        }
        else
        {
            Assert.Empty(plan.Steps);
            var beyond = Assert.Single(plan.Beyond);
            Assert.Equal((cause, "fix it"), (beyond.Cause, beyond.Fix));
            Assert.NotEmpty(beyond.Why);
        }
    }

    [Theory]
    [InlineData(SummitCause.SecurityGroupBlocked)]
    [InlineData(SummitCause.NetworkAclBlocked)]
    [InlineData(SummitCause.HostFirewallBlocked)]
    [InlineData(SummitCause.DnsNameNotFound)]
    [InlineData(SummitCause.CertificateExpired)]
    [InlineData(SummitCause.AuthenticationFailed)]
    [InlineData(SummitCause.BackendError)]
    public void What_is_not_the_site_s_own_is_left_alone(SummitCause cause) => Assert.Empty(RepairPlan.For(Diagnosis([cause])).Steps);

    [Fact]
    public void The_steps_come_in_the_guide_s_order_and_one_does_for_several_causes()
    {
        var plan = RepairPlan.For(Diagnosis(
            [
                SummitCause.NginxNotReloaded, SummitCause.NginxRedirect, SummitCause.NginxLocationMissing, SummitCause.BackendNotRunning,
                SummitCause.CertificateExpired,
            ]));

        Assert.Equal(
            [SummitRepairAction.DeployConfig, SummitRepairAction.RestartBackend, SummitRepairAction.ReloadNginx],
            plan.Steps.Select(step => step.Action));
        Assert.Equal([SummitCause.NginxRedirect, SummitCause.NginxLocationMissing], plan.Steps[0].Causes);
        Assert.Equal([SummitCause.CertificateExpired], plan.Beyond.Select(beyond => beyond.Cause));
    }

    [Fact]
    public void A_backend_that_ends_by_itself_is_deployed_where_the_site_says_how()
    {
        var diagnosis = Diagnosis([SummitCause.BackendRestartLoop]);
        Assert.Equal([SummitCause.BackendRestartLoop], RepairPlan.For(diagnosis).Beyond.Select(beyond => beyond.Cause));
        Assert.Equal(
            [SummitRepairAction.DeployBackend],
            RepairPlan.For(diagnosis with { Site = new SummitSite { DeployCommand = "git pull" } }).Steps.Select(step => step.Action));
    }

    [Theory]
    [InlineData("/etc/nginx/sites-enabled/summit-api", true)]
    [InlineData("/etc/nginx/sites-available/summit-api", true)]
    [InlineData("/etc/nginx/conf.d/other.conf", false)]
    public void A_broken_file_is_replaced_only_where_it_is_the_site_s(string file, bool replaced)
    {
        var complaint = Failed("Nginx.Syntax", SummitCause.NginxSyntaxInvalid) with { File = file, Line = 7 };
        var plan = RepairPlan.For(Diagnosis([SummitCause.NginxSyntaxInvalid, SummitCause.BackendNotRunning]) with { Checks = [complaint] });

        Assert.Equal(
            replaced ? [SummitRepairAction.DeployConfig, SummitRepairAction.RestartBackend] : [SummitRepairAction.RestartBackend],
            plan.Steps.Select(step => step.Action));
        Assert.Equal(replaced, plan.Beyond.Count == 0);
    }

    [Fact]
    public void Nothing_is_deployed_while_nginx_takes_no_configuration_at_all()
    {
        var plan = RepairPlan.For(Diagnosis([SummitCause.NginxConfigNotDeployed, SummitCause.CertificateMissing]) with
        {
            Checks = [Failed("Nginx.Syntax", SummitCause.CertificateMissing)],
        });
        Assert.Empty(plan.Steps);
        Assert.Equal(2, plan.Beyond.Count);
    }

    [Fact]
    public void A_healthy_site_has_nothing_to_repair_and_one_that_nothing_explains_is_not_guessed_at()
    {
        Assert.Equal((0, 0), (
            RepairPlan.For(Diagnosis([]) with { Healthy = true }).Steps.Count,
            RepairPlan.For(Diagnosis([]) with { Healthy = true }).Beyond.Count));
        Assert.Equal(SummitCause.Unknown, Assert.Single(RepairPlan.For(Diagnosis([])).Beyond).Cause);
    }

    private static SummitDiagnosis Diagnosis(SummitCause[] causes) => new()
    {
        Site = new SummitSite(),
        Target = SummitTarget.Local,
        Healthy = false,
        RootCause = causes.FirstOrDefault(SummitCause.Unknown),
        Causes = [.. causes.Select(cause => new SummitDiagnosedCause
        {
            Cause = cause, Explanation = CauseCatalogue.Of(cause).Explanation, Evidence = "seen", Fix = "fix it",
        })],
    };

    private static SummitCheck Failed(string id, SummitCause cause) =>
        new() { Id = id, Title = id, Status = SummitCheckStatus.Fail, Severity = SummitSeverity.Error, Cause = cause, Evidence = "seen" };
}
