using Summit.Ops.Checks.Host;
using Summit.Ops.Evidence;

namespace Summit.Ops.Core.Tests.Checks;

/// <summary>Lines as nginx wrote them on a host, and what they say of the handshake of this moment.</summary>
public sealed class NginxErrorLogTests
{
    private const string Processes =
        "7 (nginx) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\tnginx: master process nginx\n"
            + "8 (nginx) S 7 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\tnginx: worker process\n";

    [Theory]
    [InlineData("localhost", "0100007F:0FA0 77\n", SummitCause.BackendWrongAddress)]
    [InlineData("localhost", "0100007F:0FA0 77\n00000000000000000000000000000000:0FA0 78\n", SummitCause.BackendNotListening)]
    [InlineData("localhost", "", SummitCause.BackendNotListening)]
    // what proxy_pass says itself is no fault of the backend's address
    [InlineData("[::1]", "0100007F:0FA0 77\n", SummitCause.BackendNotListening)]
    public void A_port_that_is_open_on_another_address_than_nginx_dials_is_told_from_a_closed_one(
        string name, string listeners, SummitCause cause)
    {
        var check = Check(
            "8#8: *3 connect() failed (111: Connection refused) while connecting to upstream, client: "
                + "127.0.0.1, server: a, request: \"GET /ws HTTP/1.1\", upstream: \"http://[::1]:4000/ws\", host: \"a\"", listeners, name);
        Assert.Equal((SummitCheckStatus.Fail, cause), (check.Status, check.Cause));
        if (cause != SummitCause.BackendWrongAddress) return;
        Assert.Contains("nginx connects to [::1]:4000, and port 4000 is open on 127.0.0.1:4000 only", check.Evidence);
        Assert.Equal(SummitSeverity.Error, check.Severity);
        Assert.StartsWith("getent ahosts localhost", check.Fix);
    }

    [Fact]
    public void The_socket_that_nginx_may_not_write_to_is_named()
    {
        var check = Check(
            "8#8: *3 connect() to unix:/srv/summit/api.sock failed (13: Permission denied) while connecting to upstream, client: "
                + "127.0.0.1, server: a, request: \"GET /ws HTTP/1.1\", upstream: \"http://unix:/srv/summit/api.sock:/ws\", host: \"a\"",
            "");
        Assert.Equal(SummitCause.UpstreamSocketDenied, check.Cause);
        Assert.StartsWith("sudo namei -l /srv/summit/api.sock ", check.Fix);
    }

    [Theory]
    [InlineData(7, SummitCheckStatus.Fail)]
    // a second nginx, which systemd could not start beside the one that serves
    [InlineData(12, SummitCheckStatus.Pass)]
    public void Only_the_master_that_serves_can_have_failed_to_reload(int writer, SummitCheckStatus status) =>
        Assert.Equal(status, Check($"{writer}#{writer}: still could not bind()", "").Status);

    [Theory]
    [InlineData(1, "root may not read /var/log/nginx/error.log.", "sudo tail -n 50 /var/log/nginx/error.log")]
    [InlineData(2, "nginx's error log /var/log/nginx/error.log does not exist.", "sudo ls -ld /var/log/nginx")]
    public void A_log_that_is_not_there_is_told_from_one_that_may_not_be_read(int code, string evidence, string fix)
    {
        var check = new NginxErrorLog().Evaluate(new SiteEvidence(
            new SummitSite(), SummitTarget.Local, DateTimeOffset.UnixEpoch,
            new HostEvidence(SummitTarget.Local, new Dictionary<string, EvidenceSection>
            {
                ["host"] = new(0, "user root\nuid 0\nlocal 2026/11/30 07:00:10\n"),
                ["log:/var/log/nginx/error.log"] = new(code, ""),
            }, TimeSpan.Zero), "", []));
        Assert.Equal((SummitCheckStatus.Unknown, evidence, fix), (check.Status, check.Evidence, check.Fix));
    }

    [Fact]
    public void A_log_that_was_rotated_under_nginx_is_told()
    {
        var check = new NginxErrorLog().Evaluate(new SiteEvidence(
            new SummitSite(), SummitTarget.Local, DateTimeOffset.UnixEpoch,
            new HostEvidence(SummitTarget.Local, new Dictionary<string, EvidenceSection>
            {
                ["host"] = new(0, "user root\nuid 0\nlocal 2026/11/30 07:00:10\n"),
                ["log:/var/log/nginx/error.log"] = new(0, ""),
                ["log:/var/log/nginx/error.log.1"] = new(0, ""),
                ["nginx.rotated"] = new(0, "/var/log/nginx/error.log\t/var/log/nginx/error.log.1\n"),
            }, TimeSpan.Zero), "", []));
        Assert.Equal(SummitCheckStatus.Pass, check.Status);
        Assert.EndsWith(
            "nginx still writes to /var/log/nginx/error.log.1, until it is told of the new file: sudo nginx -s reopen", check.Evidence);
    }

    private static SummitCheck Check(string line, string listeners, string upstream = "localhost") =>
        new NginxErrorLog().Evaluate(new SiteEvidence(
            new SummitSite(), SummitTarget.Local, DateTimeOffset.UnixEpoch,
            new HostEvidence(SummitTarget.Local, new Dictionary<string, EvidenceSection>
            {
                ["host"] = new(0, "user root\nuid 0\nlocal 2026/11/30 07:00:10\n"),
                ["processes"] = new(0, Processes),
                ["listeners"] = new(0, listeners),
                ["nginx.dump"] = new(0, "# configuration file /etc/nginx/nginx.conf:\nhttp { server { listen 443 ssl; "
                    + $"server_name summit-api.codingeverest.com; location /ws {{ proxy_pass http://{upstream}:4000; }} }} }}\n"),
                ["log:/var/log/nginx/error.log"] = new(0, $"2026/11/30 07:00:09 [emerg] {line}\n"),
            }, TimeSpan.Zero), "",
            [new SummitWebSocketResult { Hop = SiteEvidence.LoopbackHop, Uri = "wss://a/ws", FailedStage =
                SummitProbeStage.Upgrade, HttpStatus = 502, Cause = SummitCause.BackendNotListening, Explanation = "" }]));
}
