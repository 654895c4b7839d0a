using Summit.Ops.Diagnosis;
using Summit.Ops.Evidence;

namespace Summit.Ops.Aws.Tests.Diagnosis;

public sealed class NotReachedTests
{
    [Fact]
    public void Why_a_host_could_not_be_asked_is_said_once()
    {
        const string reason = "ssm:SendCommand got no answer from http://127.0.0.1:1. Next: curl -sI http://127.0.0.1:1";
        var target = new SummitTarget { Name = "web", Kind = SummitTargetKind.Ssm, InstanceId = Account.Id };
        var found = Verdict.Over(
            new SiteEvidence(new SummitSite(), target, DateTimeOffset.UnixEpoch, host: null, reason, []), TimeSpan.Zero);

        Assert.Equal(reason, found.NotReached);
        Assert.All(found.Checks, check => Assert.DoesNotContain(reason, check.Evidence));
        Assert.Contains(
            found.Checks, check => check.Id == "Nginx.Syntax" && check.Evidence == $"Not looked at: {target} could not be asked.");
        Assert.Single(found.NotLookedAt, line => line.Contains("could not be asked", StringComparison.Ordinal));
    }
}
