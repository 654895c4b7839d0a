using System.Text;
using Summit.Ops.Deployment;
using Summit.Ops.Nginx;

namespace Summit.Ops.Core.Tests.Deployment;

/// <summary>What clients of the other names and ports would no longer get is a loss; what the change is for is none.</summary>
public sealed class AnswerLossTests
{
    private const string Path = "/etc/nginx/conf.d/x.conf";
    private static readonly SummitSite Site = new() { ServerName = "x.test", Port = 8443 };

    [Fact]
    public void TLS_on_the_sites_own_port_is_no_loss_of_the_site_and_one_of_a_second_name()
    {
        var own = Server("x.test", "8443", "location /api { proxy_pass http://localhost:4000; }");
        var other = Server("y.test", "8443", "location / { root /srv; }");

        Assert.Empty(Between(own, own.Replace("8443;", "8443 ssl;", StringComparison.Ordinal)));
        var lost = Assert.Single(Between(own + other, own.Replace("8443;", "8443 ssl;", StringComparison.Ordinal) + other));
        Assert.Contains("server 'y.test'", lost);
        Assert.Contains("would have to speak TLS", lost);
    }

    [Fact]
    public void TLS_on_another_port_is_a_loss_of_whoever_asks_there()
    {
        var both = Server("x.test", "8443 ssl; listen 8080", "location /api { proxy_pass http://localhost:4000; }");
        var lost = Between(both, both.Replace("8080;", "8080 ssl;", StringComparison.Ordinal));
        Assert.Contains(lost, line => line.EndsWith("clients of *:8080 would have to speak TLS", StringComparison.Ordinal));
    }

    [Fact]
    public void Clients_send_the_port_in_Host_and_are_judged_with_it()
    {
        var before = Server("x.test", "8443 ssl", "location /api { proxy_pass http://localhost:4000; }");
        var after = before.Replace(
            "location", "if ($http_host != \"x.test:8443\") { return 403; } location", StringComparison.Ordinal);
        Assert.DoesNotContain(Between(before, after), line => line.Contains("/api of server 'x.test'", StringComparison.Ordinal)
            && !line.Contains("names that no server block has", StringComparison.Ordinal));
        Assert.Contains(
            Between(before, after.Replace(":8443\"", "\"", StringComparison.Ordinal)),
            line => line.Contains("location /api of server 'x.test'", StringComparison.Ordinal)
                && line.Contains("for x.test on", StringComparison.Ordinal));
    }

    private static string Server(string name, string listen, string body) =>
        $"server {{\n    listen {listen};\n    server_name {name};\n    {body}\n}}\n";

    private static IReadOnlyList<string> Between(string before, string after) =>
        AnswerLoss.Between(Read(before), Read(after), Site, Path, ofOthers: false);

    private static SummitNginxConfig Read(string text) => NginxConfigReader.FromBytes(Path, Encoding.UTF8.GetBytes(text));
}
