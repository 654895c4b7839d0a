using Summit.Ops.Checks.Backend;
using Summit.Ops.Evidence;

namespace Summit.Ops.Core.Tests.Checks;

/// <summary>What hosts with a systemd and a pm2 said of a backend that does not run, and the next step that each needs.</summary>
public sealed class BackendRunningTests
{
    private const string Listening = "0100007F:0FA0 77\n";
    private const string Taken = "LISTEN 0 5 0.0.0.0:4000 0.0.0.0:* users:((\"python3\",pid=77,fd=3))\n";
    private const string Owner = "account deploy\nhome /home/deploy/.pm2\nalive yes\nsaved yes\nstartup pm2-deploy.service\n";
    private static readonly (string, string) Systemd = ("nginx.unit", "Id=nginx.service\nLoadState=loaded\nActiveState=active\n");

    [Fact]
    public void Another_program_on_its_port_is_named_and_freed_first()
    {
        var check = Check(
            Systemd, ("listeners", Listening), ("sockets", Taken), ("sockets.tree", "77 1 stats.service\n"),
            ("pm2", Pm2("summit", "errored", 16)), ("backend.owner", Owner));
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.BackendNotRunning), (check.Status, check.Cause));
        Assert.Contains("python3 (pid 77, unit stats) has port 4000, which summit needs", check.Evidence);
        Assert.StartsWith("sudo systemctl stop stats && Restart-SummitBackend -Site (New-SummitSite -BackendUser deploy)", check.Fix);
    }

    [Fact]
    public void The_backends_own_process_is_no_other_program()
    {
        var check = Check(
            Systemd, ("listeners", Listening), ("sockets", Taken.Replace("python3", "node")),
            ("sockets.tree", "77 70 -\n70 1 pm2-deploy.service\n"), ("pm2", Pm2("summit", "online", 0, 70)), ("backend.owner", Owner));
        Assert.Equal(SummitCheckStatus.Pass, check.Status);
        Assert.Equal(SummitCheckStatus.Pass, Check(
            Systemd, ("listeners", Listening),
            ("sockets", Taken.Replace("python3", "systemd").Replace("=77", "=1")),
            ("systemd", "Id=summit.service\nLoadState=loaded\nActiveState=active\n")).Status);
    }

    [Theory]
    [InlineData(
        "stopped", "Restart-SummitBackend -Site (New-SummitSite -BackendUser deploy -ProcessName api)   # if api is the site's backend")]
    // what runs is not restarted on a guess
    [InlineData("online", "sudo -u deploy env PM2_HOME=/home/deploy/.pm2 pm2 list   # ")]
    public void A_process_of_another_name_is_named(string status, string fix)
    {
        var check = Check(
            Systemd, ("listeners", ""), ("pm2", Pm2("api", status, 0)), ("backend.owner", Owner.Replace("saved yes", "saved no")));
        Assert.Contains($"api ({status})", check.Evidence);
        Assert.StartsWith(fix, check.Fix.Replace("-ProcessName api -BackendUser deploy", "-BackendUser deploy -ProcessName api"));
    }

    [Fact]
    public void A_start_that_waits_is_not_begun_again()
    {
        var check = Check(Systemd, ("listeners", ""), ("systemd", "Id=summit.service\nLoadState=loaded\nActiveState=activating\n"
            + "SubState=start-pre\nDropInPaths=/etc/systemd/system/summit.service.d/wait.conf\n"));
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.BackendNotRunning), (check.Status, check.Cause));
        Assert.Contains("start-pre", check.Evidence);
        Assert.Contains("wait.conf", check.Evidence);
        Assert.StartsWith("sudo systemctl status summit.service --no-pager", check.Fix);
    }

    [Theory]
    [InlineData(
        "not-found",
        "requires postgresql.service, which does not exist",
        "sudo systemctl cat summit.service   # install what brings postgresql.service")]
    [InlineData(
        "masked",
        "requires postgresql.service, which is masked",
        "sudo systemctl unmask postgresql.service && sudo systemctl restart summit")]
    public void A_required_unit_that_cannot_start_is_named(string state, string evidence, string fix)
    {
        var stopped = ("systemd", "Id=summit.service\nLoadState=loaded\nActiveState=inactive\nSubState=dead\n");
        var check = Check(Systemd, ("listeners", ""), stopped, ("systemd.needs", $"postgresql.service {state}\n"));
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.BackendNotRunning), (check.Status, check.Cause));
        Assert.Contains(evidence, check.Evidence);
        Assert.StartsWith(fix, check.Fix);
    }

    [Theory]
    [InlineData("active", "running", SummitCause.BackendNotListening)]
    [InlineData("inactive", "dead", SummitCause.BackendNotRunning)]
    [InlineData("activating", "auto-restart", SummitCause.BackendRestartLoop)]
    public void A_unit_that_was_edited_and_not_loaded_is_loaded_first(string active, string sub, SummitCause cause)
    {
        var show = $"Id=summit.service\nLoadState=loaded\nActiveState={active}\nSubState={sub}\nMainPID=77\nNeedDaemonReload=";
        var sockets = ("sockets", Taken.Replace("4000", "4001").Replace("python3", "node"));
        var check = Check(
            Systemd, ("listeners", "0100007F:0FA1 77\n"), sockets, ("sockets.tree", "77 1 summit.service\n"), ("systemd", show + "yes\n"));
        Assert.Equal((SummitCheckStatus.Fail, cause), (check.Status, check.Cause));
        Assert.Contains("changed on the disk since systemd read it", check.Evidence);
        Assert.StartsWith("sudo systemctl daemon-reload && sudo systemctl restart summit", check.Fix);
        Assert.DoesNotContain("daemon-reload", Check(Systemd, ("listeners", ""), sockets, ("systemd", show + "no\n")).Fix);
    }

    [Theory]
    [InlineData("yes", "has PrivateNetwork=yes", "sudo systemctl edit summit   # [Service] PrivateNetwork=no")]
    [InlineData("no", "nothing listens on port 4000", "Restart-SummitBackend")]
    public void A_network_of_the_units_own_is_named(string own, string evidence, string fix)
    {
        var check = Check(
            Systemd, ("listeners", ""),
            ("systemd", $"Id=summit.service\nLoadState=loaded\nActiveState=active\nSubState=running\nMainPID=42\nPrivateNetwork={own}\n"));
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.BackendNotListening), (check.Status, check.Cause));
        Assert.Contains(evidence, check.Evidence);
        Assert.StartsWith(fix, check.Fix);
    }

    [Fact]
    public void A_pm2_without_its_node_is_not_told_to_start_anything()
    {
        var gone = Check(
            Systemd, ("listeners", ""), ("pm2.node", "/usr/bin/pm2\n"), ("pm2.home", "/home/deploy/.pm2 none\n"),
            ("backend.owner", Owner.Replace("alive yes", "alive no")));
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.BackendNotRunning), (gone.Status, gone.Cause));
        Assert.Contains("/usr/bin/pm2 needs node", gone.Evidence);
        Assert.StartsWith("sudo apt-get install nodejs", gone.Fix);
    }

    [Fact]
    public void The_account_of_another_program_on_its_port_is_named()
    {
        var check = Check(
            Systemd, ("listeners", Listening), ("sockets", Taken.Replace("python3", "node")), ("sockets.tree", "77 70 -\n70 1 -\n"),
            ("sockets.owners", "77 admin\n"),
            ("pm2", Pm2("summit", "errored", 16)), ("backend.owner", Owner));
        Assert.Contains("node (pid 77 of admin) has port 4000", check.Evidence);
        Assert.Contains("it is a process of admin; free the port, then: Restart-SummitBackend", check.Fix);
    }

    [Fact]
    public void A_process_that_another_account_s_pm2_starts_again_is_stopped_there()
    {
        (string, string)[] taken =
        [
            Systemd, ("listeners", Listening), ("sockets", Taken.Replace("python3", "node")),
            ("sockets.tree", "77 70 pm2-admin.service\n70 1 pm2-admin.service\n"),
            ("sockets.owners", "77 admin\n"), ("sockets.pm2", "77 admin\n"), ("pm2", Pm2("summit", "errored", 16)),
        ];
        var check = Check([.. taken, ("backend.owner", Owner)]);
        Assert.Contains("node (pid 77 of admin, unit pm2-admin, under the pm2 of admin) has port 4000, which summit needs", check.Evidence);
        Assert.StartsWith("sudo -iu admin pm2 list   # it runs under the pm2 of admin, which starts it again", check.Fix);
        // its unit runs all of that account's processes, and a daemon that is killed is not the fault
        Assert.DoesNotContain("systemctl stop", check.Fix);
        Assert.DoesNotContain("pm2 kill", check.Fix);
    }

    [Theory]
    [InlineData("deploy", SummitCheckStatus.Pass)]
    [InlineData("admin", SummitCheckStatus.Fail)]
    public void In_cluster_mode_only_the_pm2_of_the_backend_listens_for_it(string account, SummitCheckStatus status) =>
        Assert.Equal(status, Check(
            Systemd, ("listeners", Listening), ("sockets", Taken.Replace("python3", "PM2 v7.0.4: God")), ("sockets.tree", "77 1 -\n"),
            ("sockets.owners", $"77 {account}\n"), ("pm2", Pm2("summit", "online", 0, 90)), ("backend.owner", Owner)).Status);

    [Fact]
    public void A_process_that_no_manager_knows_is_named()
    {
        var check = Check(
            Systemd, ("listeners", Listening), ("sockets", Taken), ("sockets.tree", "77 1 -\n"), ("sockets.owners", "77 bob\n"),
            ("pm2", Pm2("api", "online", 0, 90)), ("backend.owner", Owner.Replace("saved yes", "saved no")));
        Assert.Contains("python3 (pid 77 of bob) is listening on 127.0.0.1:4000 (under neither pm2 nor systemd", check.Evidence);
    }

    [Theory]
    // systemd has started it again 4 s ago, and a quarter of an hour ago
    [InlineData(996, SummitCause.BackendRestartLoop)]
    [InlineData(4, SummitCause.BackendNotListening)]
    public void A_unit_that_crashed_a_moment_ago_is_told_from_one_that_crashed_long_ago(int started, SummitCause cause) =>
        Assert.Equal(cause, Check(
            Systemd, ("host", "user root\nuid 0\nnow 1700001000\nbooted 1700000000\n"), ("listeners", ""),
            ("systemd", "Id=summit.service\nLoadState=loaded\nActiveState=active\nSubState=running\nMainPID=77\nNRestarts=1\n"
                + $"ActiveEnterTimestampMonotonic={started}000000\n")).Cause);

    [Fact]
    public void That_systemd_has_given_up_is_said()
    {
        // of a unit that crashed until the start limit, systemd 252 keeps the result of the last crash
        var given = Check(
            Systemd, ("listeners", ""),
            ("systemd", "Id=summit.service\nLoadState=loaded\nActiveState=failed\nResult=exit-code\nNRestarts=5\n"));
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.BackendRestartLoop), (given.Status, given.Cause));
        Assert.Contains("after its last crash systemd does not start it again", given.Evidence);
        var tried = "Id=summit.service\nLoadState=loaded\nActiveState=activating\nSubState=auto-restart\nNRestarts=5\n";
        Assert.DoesNotContain("does not start it again", Check(Systemd, ("listeners", ""), ("systemd", tried)).Evidence);
    }

    [Fact]
    public void A_unit_that_is_seen_between_two_crashes_is_a_crash_loop()
    {
        var between = Check(
            Systemd, ("listeners", ""),
            ("systemd", "Id=summit.service\nLoadState=loaded\nActiveState=active\nSubState=running\nMainPID=42\nNRestarts=3\n"));
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.BackendRestartLoop), (between.Status, between.Cause));
        Assert.Contains("starts it again after each crash", between.Evidence);
        var once = Check(
            Systemd, ("listeners", ""),
            ("systemd", "Id=summit.service\nLoadState=loaded\nActiveState=active\nSubState=running\nMainPID=42\nNRestarts=1\n"));
        Assert.Equal(SummitCause.BackendNotListening, once.Cause);
    }

    [Fact]
    public void What_systemd_wrote_of_a_start_is_quoted()
    {
        var check = Check(
            Systemd, ("listeners", ""), ("systemd", "Id=summit.service\nLoadState=loaded\nActiveState=failed\nResult=resources\n"),
            ("backend.log:journal of summit.service", "summit.service: Failed to load environment files: No such file or directory\n"
                + "summit.service: Failed with result 'resources'.\n"));
        Assert.Contains("Failed to load environment files", check.Evidence);
        Assert.StartsWith("sudo systemctl cat summit.service", check.Fix);
    }

    [Theory]
    [InlineData("active", SummitCheckStatus.Pass, SummitCause.None)]
    [InlineData("inactive", SummitCheckStatus.Fail, SummitCause.BackendNotRunning)]
    public void A_backend_at_a_UNIX_socket_needs_no_port(string state, SummitCheckStatus status, SummitCause cause)
    {
        var check = Check(
            Systemd, ("listeners", ""), ("nginx.dump", Passing("unix:/run/summit/api.sock")),
            ("systemd", $"Id=summit.service\nLoadState=loaded\nActiveState={state}\nMainPID=42\n"));
        Assert.Equal((status, cause), (check.Status, check.Cause));
        Assert.DoesNotContain("port 4000", check.Evidence);
        if (status == SummitCheckStatus.Pass) Assert.Contains("the UNIX socket /run/summit/api.sock", check.Evidence);
    }

    [Fact]
    public void Who_serves_a_UNIX_socket_may_not_be_known()
    {
        var check = Check(Systemd, ("listeners", ""), ("nginx.dump", Passing("unix:/run/summit/api.sock")));
        Assert.Equal(SummitCheckStatus.Unknown, check.Status);
        Assert.StartsWith("sudo ss -xlp | grep /run/summit/api.sock", check.Fix);
    }

    private static string Passing(string upstream) => "# configuration file /etc/nginx/nginx.conf:\nhttp { server { listen 443 ssl; "
        + $"server_name summit-api.codingeverest.com; location /ws {{ proxy_pass http://{upstream}; }} }} }}\n";

    private static string Pm2(string name, string status, int restarts, int pid = 0) =>
        $$"""[{"name":"{{name}}","pid":{{pid}},"pm2_env":{"exec_mode":"fork_mode","restart_time":{{restarts}},"status":"{{status}}"} }]""";

    private static SummitCheck Check(params (string Name, string Text)[] sections) => new BackendRunning().Evaluate(new SiteEvidence(
        new SummitSite(), SummitTarget.Local, DateTimeOffset.UnixEpoch, new HostEvidence(
            SummitTarget.Local,
            sections.ToDictionary(each => each.Name, each => new EvidenceSection(0, each.Text)),
            TimeSpan.Zero), "", []));
}
