using System.Text;
using Summit.Ops.Nginx;
using Summit.Ops.Rules;

namespace Summit.Ops.Core.Tests.Nginx;

/// <summary>Each rule has a page, a configuration that fails it, and one that looks as if it should and does not.</summary>
public sealed class RuleCatalogTests
{
    private static readonly SummitSite Site = new() { ServerName = "x.test" };

    public static TheoryData<string> Ids => [.. NginxRules.All.Select(rule => rule.Id)];

    // paths in a deterministic build are not this machine's
    private static string Root { get; } = Enumerable.Range(0, 12)
        .Select(up => Path.GetFullPath(Path.Combine([AppContext.BaseDirectory, .. Enumerable.Repeat("..", up)])))
        .First(folder => File.Exists(Path.Combine(folder, "Summit.Ops.psd1")));

    private static SummitCheck Check(string id, Func<SummitRule, string> example)
    {
        var text = example(RuleCatalogue.All.Single(rule => rule.Id == id));
        // a first line "# nginx 1.22.1" is the version that runs it
        var version = text.Split('\n')[0] is ['#', ' ', 'n', 'g', 'i', 'n', 'x', ' ', .. var rest] ? rest : null;
        return NginxRules.Evaluate(Read(text), Site, version).Single(check => check.Id == id);
    }

    /// <summary>A whole configuration is read with what it includes, a server block as one file alone.</summary>
    private static SummitNginxConfig Read(string text)
    {
        if (!text.Contains("http {", StringComparison.Ordinal))
        {
            return NginxConfigReader.FromBytes("/etc/nginx/conf.d/x.conf", Encoding.UTF8.GetBytes(text));
        }

        var folder = Directory.CreateTempSubdirectory("summit-rule-");
        try
        {
            var path = Path.Combine(folder.FullName, "nginx.conf");
            File.WriteAllText(path, text);
            return NginxConfigReader.FromFile(path, new LocalConfigFiles(), prefix: null);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_has_a_page(string id)
    {
        var page = File.ReadAllText(Path.Combine(Root, "docs", "rules", $"{id}.md"));
        Assert.StartsWith($"# {id}\n", page, StringComparison.Ordinal);
        foreach (var part in (string[])["## What it is", "## How it is found", "## What to do", "## Fails", "## Passes"])
        {
            Assert.Contains(part, page, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_finds_its_fault(string id)
    {
        var check = Check(id, rule => rule.BadExample);
        Assert.True(
            check.Status == (id == "Nginx.ConfigRead" ? SummitCheckStatus.Unknown : SummitCheckStatus.Fail),
            $"{check.Status}: {check.Evidence}");
        Assert.All((string?[])[check.Evidence, check.Expected, check.Actual, check.Fix, check.File], Assert.NotEmpty!);
        Assert.True(check.Line > 0);
        Assert.Equal($"docs/rules/{id}.md", check.HelpUri);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_is_not_fooled(string id)
    {
        var check = Check(id, rule => rule.GoodExample);
        Assert.True(check.Status == SummitCheckStatus.Pass, $"{check.Status}: {check.Evidence}");
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_survives_every_broken_text(string id)
    {
        var rule = NginxRules.All.Single(each => each.Id == id);
        foreach (var text in (string[])["", "}", "server", "server {", "server { listen 443 ssl; server_name x.test; location /ws",
            "http { server { location /ws { proxy_pass",
            "server { listen 443 ssl; location { proxy_pass; proxy_set_header; proxy_set_header Upgrade; limit_conn; if; "
                + "rewrite x; return; } }",
            "map; upstream; server { listen; server_name; }",
            "server { listen 443 ssl; location /ws { proxy_pass http://$x$; error_page; try_files; } }"])
        {
            var config = NginxConfigReader.FromBytes("/x", Encoding.UTF8.GetBytes(text));
            var check = rule.Check(new Summit.Ops.Checks.Nginx.RuleContext(config, Site, nginxVersion: null));
            Assert.NotEmpty(check.Evidence);
        }
    }
}
