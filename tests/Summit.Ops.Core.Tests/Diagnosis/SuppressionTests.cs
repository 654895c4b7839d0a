using Summit.Ops.Core.Tests.Reporting;
using Summit.Ops.Diagnosis;
using Summit.Ops.Errors;
using Summit.Ops.Sites;

namespace Summit.Ops.Core.Tests.Diagnosis;

/// <summary>An accepted failure stays a failure, is shown as accepted, and counts again the day after.</summary>
public sealed class SuppressionTests
{
    private static readonly DateOnly Today = DateOnly.FromDateTime(Samples.Time.UtcDateTime);

    [Fact]
    public void A_failure_is_accepted_to_the_end_of_the_day_and_keeps_its_status()
    {
        var found = Diagnose(Accept("Nginx.HostHeader", Today));
        var check = Assert.Single(found.Checks, check => check.Id == "Nginx.HostHeader");
        Assert.Equal((SummitCheckStatus.Fail, false, "ops"), (check.Status, check.IsFailure, check.Suppression!.Owner));
        Assert.Equal(SummitCheckStatus.Pass, Judged(found).Status);
    }

    [Fact]
    public void An_expired_one_accepts_nothing_and_fails_itself_naming_its_owner()
    {
        var found = Diagnose(Accept("Nginx.HostHeader", Today.AddDays(-1)));
        Assert.True(Assert.Single(found.Checks, check => check.Id == "Nginx.HostHeader").IsFailure);
        var judged = Judged(found);
        Assert.True(judged.IsFailure);
        Assert.Equal("Nginx.HostHeader was accepted until 2026-11-23; ops answers for it (known).", judged.Evidence);
        Assert.Equal(SummitSeverity.Error, judged.Severity);
    }

    [Fact]
    public void What_only_follows_from_an_accepted_cause_is_accepted_with_it_and_the_gate_opens()
    {
        var found = Diagnose(Accept("Nginx.UpgradeHeaders", Today), Accept("Nginx.HostHeader", Today));
        Assert.Equal("Nginx.UpgradeHeaders", Assert.Single(found.Checks, check => check.Id == "WebSocket.Public").Suppression!.Id);
        Assert.Empty(found.Failures);
        Assert.Equal((false, true, SummitCause.NginxUpgradeHeadersMissing), (found.Healthy, found.Accepted, found.RootCause));
        Assert.False(Diagnose(Accept("Nginx.HostHeader", Today)).Accepted);
    }

    [Fact]
    public void A_fault_without_a_named_cause_is_not_accepted()
    {
        var unnamed = Samples.Diagnosis() with { Causes = [], RootCause = SummitCause.Unknown, Checks =
        [
            Samples.Check("Nginx.HostHeader", severity: SummitSeverity.Warning),
        ], Site = new SummitSite { Suppressions = [Accept("Nginx.HostHeader", Today)] } };
        Assert.Equal((0, false), (Suppressions.Over(unnamed).Failures.Count, Suppressions.Over(unnamed).Accepted));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("web-1", true)]
    [InlineData("i-0123456789abcdef0", true)]
    [InlineData("/etc/nginx/sites-available/summit api", true)]
    [InlineData("web-2", false)]
    public void It_can_be_limited_to_a_host_or_a_file(string target, bool accepted) =>
        Assert.Equal(accepted, Assert.Single(
            Diagnose(Accept("Nginx.HostHeader", Today) with { Target = target }).Checks,
            check => check.Id == "Nginx.HostHeader").Suppression is not null);

    [Fact]
    public void A_site_without_suppressions_has_no_check_of_them() =>
        Assert.DoesNotContain(Diagnose().Checks, check => check.Id == "Site.Suppressions");

    [Theory]
    [InlineData("HostHeader", "ops", "known", "is no check's id")]
    [InlineData("", "ops", "known", "is no check's id")]
    [InlineData("Nginx.HostHeader", " ", "known", "needs an Owner")]
    [InlineData("Nginx.HostHeader", "ops", "", "needs a Reason")]
    [InlineData("Nginx.HostHeader", "ops", "two\nlines", "needs a Reason")]
    [InlineData("Site.Suppressions", "ops", "known", "cannot be accepted")]
    public void One_that_says_too_little_is_refused(string id, string owner, string reason, string said)
    {
        var error = Assert.Throws<SummitArgumentException>(() => SiteRules.Check(
            new SummitSite { Suppressions = [new SummitSuppression { Id = id, Owner = owner, Reason = reason, Expires = Today }] }));
        Assert.Equal("SuppressionInvalid", error.ErrorId);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_without_an_end_is_refused() =>
        Assert.Contains("Expires", Assert.Throws<SummitArgumentException>(() => SiteRules.Check(
            new SummitSite { Suppressions = [Accept("Nginx.HostHeader", default)] })).Message, StringComparison.Ordinal);

    private static SummitSuppression Accept(string id, DateOnly expires) =>
        new() { Id = id, Owner = "ops", Reason = "known", Expires = expires };

    private static SummitDiagnosis Diagnose(params SummitSuppression[] suppressions)
    {
        var plain = Samples.Diagnosis();
        return Suppressions.Over(plain with { Site = new SummitSite { Suppressions = suppressions }, Checks =
        [
            .. plain.Checks.Select(check =>
                check with { Suppression = null, Severity = check.Id == "Nginx.ReadTimeout" ? SummitSeverity.Advice : check.Severity }),
        ] });
    }

    private static SummitCheck Judged(SummitDiagnosis found) => Assert.Single(found.Checks, check => check.Id == "Site.Suppressions");
}
