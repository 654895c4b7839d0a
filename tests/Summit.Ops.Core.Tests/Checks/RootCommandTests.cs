using Summit.Ops.Checks;
using Summit.Ops.Evidence;

namespace Summit.Ops.Core.Tests.Checks;

public sealed class RootCommandTests
{
    private const string Runs = "7 (nginx) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\tnginx: master process /usr/sbin/nginx\n";
    private const string Unit = "Id=summit.service\nLoadState=loaded\nActiveState=inactive\n";

    [Theory]
    // what runs is reloaded, and what does not run cannot be
    [InlineData("nginx -t;systemctl reload nginx;", true, "Restart-SummitNginx", "sudo nginx -t && sudo systemctl reload nginx")]
    [InlineData("nginx -t;systemctl reload nginx;", false, "Restart-SummitNginx", null)]
    [InlineData("nginx -t;nginx -s reload;", true, "Restart-SummitNginx", "sudo nginx -t && sudo nginx -s reload")]
    [InlineData("systemctl start nginx.service;", false, "Restart-SummitNginx", "sudo systemctl start nginx.service")]
    [InlineData("nginx -t;systemctl restart nginx;", false, "Restart-SummitNginx", "sudo nginx -t && sudo systemctl restart nginx")]
    // a restart takes down what does not pass, and here nothing may test it
    [InlineData("systemctl restart nginx;", true, "Restart-SummitNginx", null)]
    // a list of other things helps nothing here
    [InlineData("", true, "Restart-SummitNginx", null)]
    [InlineData("systemctl restart summit;", false, "Restart-SummitBackend", "sudo systemctl restart summit")]
    [InlineData("systemctl reload nginx;", false, "Restart-SummitBackend", null)]
    [InlineData("systemctl start nginx;", false, "sudo systemctl unmask nginx && sudo systemctl start nginx", null)]
    public void A_list_of_sudo_gives_what_it_holds(string allows, bool runs, string command, string? expected)
    {
        var host = Host("nina", "list", allows, ("processes", runs ? Runs : ""), ("systemd", Unit));
        Assert.Equal(
            expected ?? $"{command}   # nina may not do that here: run it as root, or as an account that sudo lets",
            RootCommand.For(command, host, new SummitSite()));
    }

    [Fact]
    public void A_password_is_asked_for_first() =>
        Assert.Equal(
            "sudo -v; Restart-SummitNginx", RootCommand.For("Restart-SummitNginx", Host("sally", "password", ""), new SummitSite()));

    [Fact]
    public void The_accounts_own_pm2_is_its_own_to_restart()
    {
        (string, string)[] pm2 =
        [
            ("pm2", """[{"name":"summit","pid":0,"pm2_env":{"status":"stopped"}}]"""),
            ("backend.owner", "home /home/deploy/.pm2\nalive yes\nsaved yes\n"),
        ];
        Assert.Equal("Restart-SummitBackend", RootCommand.For("Restart-SummitBackend", Host("deploy", "none", "", pm2), new SummitSite()));
        Assert.Contains(
            "deploy may not",
            RootCommand.For("Restart-SummitBackend", Host("deploy", "none", "", pm2), new SummitSite { BackendUser = "other" }));
    }

    private static HostEvidence Host(string user, string sudo, string allows, params (string Name, string Text)[] sections) => new(
        SummitTarget.Local,
        sections.Append(("host", $"user {user}\nuid 1000\nas_root none\nsudo {sudo}\nallows {allows}\n"))
            .ToDictionary(each => each.Item1, each => new EvidenceSection(0, each.Item2)),
        TimeSpan.Zero);
}
