using Summit.Ops.Checks.Host;
using Summit.Ops.Evidence;

namespace Summit.Ops.Core.Tests.Checks;

public sealed class HostBootTests
{
    private const string Nginx = "Id=nginx.service\nLoadState=loaded\nUnitFileState=enabled\nActiveState=active\n";
    private const string Unit = "Id=summit.service\nLoadState=loaded\nUnitFileState=enabled\nActiveState=active\nMainPID=7\n";
    private const string Pm2 = """[{"name":"summit","pid":7,"pm2_env":{"status":"online","restart_time":0}}]""";

    [Fact]
    public void What_a_boot_starts_passes()
    {
        Assert.Equal(SummitCheckStatus.Pass, Check(("nginx.unit", Nginx), ("systemd", Unit)).Status);
        Assert.Equal(SummitCheckStatus.Pass, Check(
            ("nginx.unit", Nginx), ("pm2", Pm2),
            ("backend.owner", "account deploy\nhome /home/deploy/.pm2\nalive yes\nsaved yes\nstartup pm2-deploy.service\n")).Status);
    }

    [Fact]
    public void Without_systemd_nothing_is_said() => Assert.Equal(SummitCheckStatus.Skipped, Check(("pm2", Pm2)).Status);

    [Fact]
    public void A_disabled_nginx_is_a_warning_with_the_command()
    {
        var check = Check(("nginx.unit", Nginx.Replace("enabled", "disabled")), ("systemd", Unit));
        Assert.Equal(
            (SummitCheckStatus.Fail, SummitSeverity.Warning, SummitCause.NginxNotRunning, "sudo systemctl enable nginx"),
            (check.Status, check.Severity, check.Cause, check.Fix));
        Assert.Contains("disabled", check.Evidence);
    }

    [Fact]
    public void A_disabled_backend_is_one_unless_a_socket_starts_it()
    {
        var disabled = Unit.Replace("enabled", "disabled");
        var check = Check(("nginx.unit", Nginx), ("systemd", disabled));
        Assert.Equal((SummitCheckStatus.Fail, "sudo systemctl enable summit"), (check.Status, check.Fix));
        Assert.Equal(SummitCheckStatus.Pass, Check(("nginx.unit", Nginx), ("systemd", disabled + "TriggeredBy=summit.socket\n")).Status);
        // one that is down has a fault of its own
        Assert.Equal(
            SummitCheckStatus.Pass,
            Check(("nginx.unit", Nginx), ("systemd", disabled.Replace("ActiveState=active", "ActiveState=inactive"))).Status);
    }

    [Fact]
    public void A_list_of_pm2_that_was_not_saved_is_one()
    {
        var check = Check(
            ("nginx.unit", Nginx), ("listeners", "0100007F:0FA0 77\n"), ("pm2", Pm2),
            ("backend.owner", "account deploy\nhome /home/deploy/.pm2\nalive yes\nsaved no\nstartup pm2-deploy.service\n"));
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.BackendNotRunning), (check.Status, check.Cause));
        Assert.Contains("pm2 save", check.Fix);
        Assert.Contains("deploy", check.Fix);
    }

    [Theory]
    [InlineData("startup pm2-deploy.service\nboot disabled", "pm2-deploy.service", "sudo systemctl enable pm2-deploy")]
    [InlineData("boot none", "no unit starts the pm2 of deploy", "pm2 startup")]
    public void A_pm2_that_no_boot_starts_is_one(string boot, string seen, string fix)
    {
        var check = Check(
            ("nginx.unit", Nginx), ("listeners", "0100007F:0FA0 77\n"), ("pm2", Pm2),
            ("backend.owner", $"account deploy\nhome /home/deploy/.pm2\nalive yes\nsaved yes\n{boot}\n"));
        Assert.Equal((SummitCheckStatus.Fail, SummitSeverity.Warning), (check.Status, check.Severity));
        Assert.Contains(seen, check.Evidence);
        Assert.Contains(fix, check.Fix);
    }

    [Fact]
    public void A_unit_that_wants_the_port_of_pm2_at_a_boot_is_one()
    {
        (string, string)[] pm2 =
        [
            ("nginx.unit", Nginx), ("listeners", "0100007F:0FA0 77\n"), ("pm2", Pm2),
            ("backend.owner", "account deploy\nhome /home/deploy/.pm2\nalive yes\nsaved yes\nboot none\n"),
        ];
        var failed = Unit.Replace("ActiveState=active\nMainPID=7", "ActiveState=failed\nResult=exit-code");
        var check = Check([.. pm2, ("systemd", failed)]);
        Assert.Equal((SummitCheckStatus.Fail, SummitSeverity.Warning), (check.Status, check.Severity));
        Assert.Contains("at a boot both want port 4000", check.Evidence);
        Assert.StartsWith("sudo systemctl disable --now summit", check.Fix);
        Assert.DoesNotContain("pm2 startup", check.Fix);
        // one that runs may be what starts that pm2
        Assert.Equal(SummitCheckStatus.Pass, Check([.. pm2, ("systemd", Unit.Replace("MainPID=7", "MainPID=6"))]).Status);
    }

    [Fact]
    public void An_nginx_beside_its_failed_unit_is_one()
    {
        const string processes = "7 (nginx) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\tnginx: master process nginx\n"
            + "8 (nginx) S 7 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\tnginx: worker process\n";
        var check = Check(
            ("nginx.unit", Nginx.Replace("ActiveState=active", "ActiveState=failed\nResult=exit-code")),
            ("processes", processes), ("systemd", Unit));
        Assert.Equal(
            (SummitCheckStatus.Fail, SummitCause.NginxNotRunning, SummitSeverity.Warning), (check.Status, check.Cause, check.Severity));
        Assert.Contains("nginx (process 7) runs outside nginx.service", check.Evidence);
        Assert.StartsWith("sudo nginx -s quit && sudo systemctl start nginx", check.Fix);
        Assert.Equal(SummitCheckStatus.Pass, Check(("nginx.unit", Nginx), ("processes", processes), ("systemd", Unit)).Status);
    }

    private static SummitCheck Check(params (string Name, string Text)[] sections) => new HostBoot().Evaluate(new SiteEvidence(
        new SummitSite(), SummitTarget.Local, DateTimeOffset.UnixEpoch, new HostEvidence(
            SummitTarget.Local,
            sections.ToDictionary(each => each.Name, each => new EvidenceSection(0, each.Text)),
            TimeSpan.Zero), "", []));
}
