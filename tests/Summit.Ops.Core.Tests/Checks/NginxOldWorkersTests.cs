using Summit.Ops.Checks.Host;
using Summit.Ops.Evidence;

namespace Summit.Ops.Core.Tests.Checks;

/// <summary>Workers of earlier reloads: a few are how nginx reloads, many are said.</summary>
public sealed class NginxOldWorkersTests
{
    private const string Facts = "now 1700010000\nbooted 1700000000\nticks 100\n";

    [Fact]
    public void Without_old_workers_it_passes() => Assert.Equal(SummitCheckStatus.Pass, Check(Master, Worker(20, 5000)).Status);

    [Fact]
    public void A_few_reloads_are_told_and_pass()
    {
        var check = Check(Master, Worker(20, 9000), Old(11, 1000), Old(12, 1001), Old(13, 4000));
        Assert.Equal(SummitCheckStatus.Pass, check.Status);
        Assert.StartsWith("3 workers of 2 earlier reloads", check.Evidence);
    }

    [Fact]
    public void Many_reloads_are_a_warning_with_their_clients()
    {
        string[] processes = [Master, Worker(20, 9500), .. Enumerable.Range(1, 5).Select(reload => Old(reload + 10, reload * 1000))];
        var check = Check(processes, "11 4\n12 0\n13 1\n14 0\n15 2\n");
        Assert.Equal((SummitCheckStatus.Fail, SummitSeverity.Warning), (check.Status, check.Severity));
        Assert.StartsWith("5 workers of 5 earlier reloads, which serve 7 connections; the oldest began 2 hours ago", check.Evidence);
        Assert.Contains("Restart-SummitNginx", check.Fix);
    }

    [Fact]
    public void What_the_account_may_not_see_is_not_counted()
    {
        string[] processes = [Master, Worker(20, 9500), .. Enumerable.Range(1, 5).Select(reload => Old(reload + 10, reload * 1000))];
        Assert.DoesNotContain("serve", Check(processes, "11\n12\n13 1\n14\n15\n").Evidence.Split(';')[0]);
    }

    [Fact]
    public void Those_of_another_nginx_are_not_this_site_s() =>
        Assert.Equal(SummitCheckStatus.Pass, Check(
            [Master, Worker(20, 9500), .. Enumerable.Range(1, 6).Select(reload => Old(reload + 10, reload * 1000, parent: 9))], "").Status);

    private static string Master => Line(10, 1, 100, "nginx: master process /usr/sbin/nginx");

    private static string Worker(int id, int second) => Line(id, 10, second, "nginx: worker process");

    private static string Old(int id, int second, int parent = 10) => Line(id, parent, second, "nginx: worker process is shutting down");

    private static string Line(int id, int parent, int second, string title) =>
        $"{id} (nginx) S {parent} 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 {second * 100} 0\t{title}";

    private static SummitCheck Check(params string[] processes) => Check(processes, "");

    private static SummitCheck Check(string[] processes, string served)
    {
        (string Key, string Text)[] said =
        [
            ("host", Facts), ("processes", string.Join('\n', processes) + "\n"), ("nginx.old", served), ("listeners", ""),
        ];
        var sections = said.ToDictionary(each => each.Key, each => new EvidenceSection(0, each.Text), StringComparer.Ordinal);
        var host = new HostEvidence(SummitTarget.Local, sections, TimeSpan.Zero);
        return new NginxOldWorkers().Evaluate(new SiteEvidence(
            new SummitSite(), SummitTarget.Local, DateTimeOffset.UnixEpoch, host, "", []));
    }
}
