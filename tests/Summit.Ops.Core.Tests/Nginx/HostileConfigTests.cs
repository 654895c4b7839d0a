using System.Text;
using Summit.Ops.Nginx;

namespace Summit.Ops.Core.Tests.Nginx;

/// <summary>Configurations that are made to cost: their depth, their includes and their patterns have limits that are said.</summary>
public sealed class HostileConfigTests
{
    [Theory]
    [InlineData(90, false)]
    [InlineData(1_000, true)]
    [InlineData(16_000, true)]
    public void Blocks_that_are_nested_too_deep_are_named_and_not_read(int depth, bool isTooDeep)
    {
        var text = new StringBuilder("server { listen 443 ssl; server_name x; location /after { return 204; }\n");
        for (var level = 0; level < depth; level++) text.Append("location / {\n");
        text.Append("return 200; proxy_pass http://127.0.0.1:4000;\n").Append('}', depth)
            .Append("\nlocation = /ws { proxy_pass http://127.0.0.1:4000; }\n}\n");

        var config = NginxConfigReader.FromBytes("/etc/nginx/conf.d/x.conf", Encoding.UTF8.GetBytes(text.ToString()));
        var checks = NginxRules.Evaluate(config, new SummitSite { ServerName = "x" });

        var limit = config.Diagnostics
            .Where(diagnostic => diagnostic.Message.Contains("nested more than 100 deep", StringComparison.Ordinal)).ToList();
        Assert.Equal(isTooDeep ? 1 : 0, limit.Count);
        Assert.Equal(
            isTooDeep ? SummitCheckStatus.Unknown : SummitCheckStatus.Pass, checks.First(check => check.Id == "Nginx.ConfigRead").Status);
        // what stands behind it is read as ever
        Assert.Equal("= /ws", NginxRouter.Resolve(config, new NginxRequest("x", 443, Tls: true, "/ws")).Location is { } found
            ? $"{found.Modifier} {found.Path}"
            : "");
    }

    [Fact]
    public void A_part_of_clients_that_no_number_holds_is_left_out()
    {
        const string text = "split_clients $remote_addr $v { 99999999999999999999.5% one; 79228162514264337593543950335% two; * rest; } "
            + "server { listen 443 ssl; server_name x; return 200 $v; }";
        var config = NginxConfigReader.FromBytes("/etc/nginx/conf.d/x.conf", Encoding.UTF8.GetBytes(text));
        Assert.NotNull(NginxRouter.Resolve(config, new NginxRequest("x", 443, Tls: true, "/")).Server);
    }

    [Fact]
    public void Patterns_that_are_made_to_be_slow_are_decided_all_the_same()
    {
        var text = new StringBuilder("server { listen 443 ssl; server_name x;\n");
        for (var number = 0; number < 30; number++)
        {
            text.Append($"location ~ ^/(a+)+{number}$ {{ return 404; }}\nlocation ~ ^(.*a)*(.*b)*(.*c)*{number}$ {{ return 404; }}\n");
        }

        text.Append("location ~ a { proxy_pass http://127.0.0.1:4000; }\n}\n");
        var config = NginxConfigReader.FromBytes("/etc/nginx/conf.d/x.conf", Encoding.UTF8.GetBytes(text.ToString()));

        var route = NginxRouter.Resolve(config, new NginxRequest("x", 443, Tls: true, "/" + new string('a', 4000)));

        Assert.Equal("a", route.Location?.Path);
        Assert.Equal("http://127.0.0.1:4000", route.ProxyPass);
    }

    [Fact]
    public void Patterns_that_look_around_and_are_slow_share_one_budget()
    {
        var text = new StringBuilder("server { listen 443 ssl; server_name x;\n");
        for (var number = 0; number < 400; number++) text.Append($"location ~ ^/(?=(a+)+{number}$)z {{ return 404; }}\n");
        text.Append("}\n");
        var config = NginxConfigReader.FromBytes("/etc/nginx/conf.d/x.conf", Encoding.UTF8.GetBytes(text.ToString()));

        // 400 patterns with a second for each would take as many seconds
        var route = NginxRouter.Resolve(config, new NginxRequest("x", 443, Tls: true, "/" + new string('a', 4000)));

        Assert.Equal(SummitNginxRouteKind.Unknown, route.Kind);
    }

    [Fact]
    public void Patterns_that_are_slow_without_going_back_share_one_budget_too()
    {
        var text = new StringBuilder("server { listen 443 ssl; server_name x;\n");
        for (var number = 0; number < 100; number++)
        {
            text.Append($"location ~ ^/((a?){{50}}){{90}}.*(.*a){{40}}b{number}$ {{ return 404; }}\n");
        }

        text.Append("}\n");
        var config = NginxConfigReader.FromBytes("/etc/nginx/conf.d/x.conf", Encoding.UTF8.GetBytes(text.ToString()));

        // whatever each one comes to, a hundred of them take no hundred times as long
        Assert.NotNull(NginxRouter.Resolve(config, new NginxRequest("x", 443, Tls: true, "/" + new string('a', 8000))));
    }

    [Theory]
    [InlineData("[[:]]")]
    [InlineData("[[:")]
    [InlineData("[[::]]")]
    [InlineData("x[[:]")]
    public void A_class_without_a_name_ends_nothing(string pattern)
    {
        var config = NginxConfigReader.FromBytes("/etc/nginx/conf.d/x.conf", Encoding.UTF8.GetBytes($"map $uri $y {{ ~{pattern} 1; }}\n"
            + $"server {{ listen 443 ssl; location ~ {pattern} {{ return 404; }} location / {{ return 204; }} }}\n"));
        Assert.NotNull(NginxRouter.Resolve(config, new NginxRequest("x", 443, Tls: true, "/ws")));
    }

    [Fact]
    public void Includes_that_double_at_each_step_are_followed_to_a_limit()
    {
        var dump = new StringBuilder("# configuration file /etc/nginx/nginx.conf:\nevents {}\nhttp { include /etc/nginx/f0; }\n");
        for (var number = 0; number < 60; number++)
        {
            dump.Append(
                $"# configuration file /etc/nginx/f{number}:\ninclude /etc/nginx/f{number + 1};\ninclude /etc/nginx/f{number + 1};\n");
        }

        dump.Append("# configuration file /etc/nginx/f60:\ntcp_nodelay on;\n");

        var config = NginxConfigReader.FromDump(dump.ToString(), SummitTarget.Local);

        Assert.NotNull(config);
        Assert.NotEmpty(NginxRules.Evaluate(config, new SummitSite()));
    }

    [Fact]
    public void A_chain_of_includes_has_a_limit_that_is_said()
    {
        var dump = new StringBuilder("# configuration file /etc/nginx/nginx.conf:\nevents {}\nhttp { include /etc/nginx/f0; }\n");
        for (var number = 0; number < 20_000; number++)
        {
            dump.Append($"# configuration file /etc/nginx/f{number}:\ninclude /etc/nginx/f{number + 1};\n");
        }

        var config = NginxConfigReader.FromDump(dump.ToString(), SummitTarget.Local);

        Assert.Contains(
            config.Diagnostics, diagnostic => diagnostic.Message.Contains("files include one another", StringComparison.Ordinal));
    }
}
