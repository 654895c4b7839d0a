using Summit.Ops.Checks.Host;
using Summit.Ops.Evidence;

namespace Summit.Ops.Core.Tests.Checks;

public sealed class NginxRunningTests
{
    private const string Processes =
        "7 (nginx) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\tnginx: master process /usr/sbin/nginx\n8 (nginx) S 7 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\tnginx: worker process\n";

    [Theory]
    [InlineData("0100007F:01BB 77\n", SummitCheckStatus.Fail)]
    [InlineData("0100007F:01BB 77\n00000000:01BB 78\n", SummitCheckStatus.Pass)]
    public void A_loopback_listener_is_no_listener_for_clients_that_are_refused(string listeners, SummitCheckStatus status)
    {
        var check = Check(listeners, SummitProbeStage.Tcp, SummitCause.NginxNotRunning);
        Assert.Equal(status, check.Status);
        if (status == SummitCheckStatus.Fail) Assert.Contains("listens for tcp 443 on 127.0.0.1:443 only", check.Evidence);
    }

    [Fact]
    public void It_is_enough_where_clients_come_by_it() => Assert.Equal(SummitCheckStatus.Pass, Check("0100007F:01BB 77\n", SummitProbeStage.None, SummitCause.None).Status);

    private static SummitCheck Check(string listeners, SummitProbeStage stage, SummitCause cause) => new NginxRunning().Evaluate(new SiteEvidence(
        new SummitSite(), SummitTarget.Local, DateTimeOffset.UnixEpoch,
        new HostEvidence(SummitTarget.Local, new Dictionary<string, EvidenceSection> { ["processes"] = new(0, Processes), ["listeners"] = new(0, listeners) }, TimeSpan.Zero), "",
        [new SummitWebSocketResult { Hop = SiteEvidence.PublicHop, Uri = "wss://summit-api.codingeverest.com/ws", FailedStage = stage, Cause = cause, Explanation = "" }]));
}
