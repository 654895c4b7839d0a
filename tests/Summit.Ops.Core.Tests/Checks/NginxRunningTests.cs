using Summit.Ops.Checks.Host;
using Summit.Ops.Evidence;

namespace Summit.Ops.Core.Tests.Checks;

public sealed class NginxRunningTests
{
    private const string Processes =
        "7 (nginx) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\tnginx: master process /usr/sbin/nginx\n"
            + "8 (nginx) S 7 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\tnginx: worker process\n";

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
    public void It_is_enough_where_clients_come_by_it() =>
        Assert.Equal(SummitCheckStatus.Pass, Check("0100007F:01BB 77\n", SummitProbeStage.None, SummitCause.None).Status);

    [Theory]
    [InlineData(0, "sudo systemctl cat nginx.service")]
    // where nginx -t fails here too, the fault is the configuration's
    [InlineData(1, "Restart-SummitNginx")]
    public void What_the_unit_keeps_from_nginx_is_told_from_what_nginx_refuses(int test, string fix)
    {
        var check = new NginxRunning().Evaluate(new SiteEvidence(
            new SummitSite(), SummitTarget.Local, DateTimeOffset.UnixEpoch,
            new HostEvidence(SummitTarget.Local, new Dictionary<string, EvidenceSection>
            {
                ["processes"] = new(0, ""),
                ["nginx.version"] = new(0, "nginx version: nginx/1.22.1\n"),
                ["nginx.test"] = new(test, ""),
                ["nginx.unit"] = new(
                    0,
                    "Id=nginx.service\nLoadState=loaded\nActiveState=failed\nResult=exit-code\n"
                        + "DropInPaths=/etc/systemd/system/nginx.service.d/hardening.conf\n"),
                ["nginx.journal"] = new(
                    0, "nginx: [emerg] cannot load certificate \"/etc/letsencrypt/live/a/fullchain.pem\": BIO_new_file() failed\n"),
            }, TimeSpan.Zero), "", []));
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.NginxNotRunning), (check.Status, check.Cause));
        Assert.Contains("fullchain.pem", check.Evidence);
        Assert.StartsWith(fix, check.Fix);
    }

    private static SummitCheck Check(string listeners, SummitProbeStage stage, SummitCause cause) =>
        new NginxRunning().Evaluate(new SiteEvidence(
            new SummitSite(), SummitTarget.Local, DateTimeOffset.UnixEpoch,
            new HostEvidence(
                SummitTarget.Local,
                new Dictionary<string, EvidenceSection> { ["processes"] = new(0, Processes), ["listeners"] = new(0, listeners) },
                TimeSpan.Zero), "",
            [new SummitWebSocketResult { Hop = SiteEvidence.PublicHop, Uri =
                "wss://summit-api.codingeverest.com/ws", FailedStage = stage, Cause = cause, Explanation = "" }]));
}
