using System.Text;
using Summit.Ops.Core.Tests.PublicCases;
using Summit.Ops.Discovery;
using Summit.Ops.Nginx;

namespace Summit.Ops.Core.Tests.Discovery;

public sealed class SiteSearchTests
{
    private const string Up = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;";

    /// <summary>
    /// Locations, one a line. Behind <c>#!</c> stands the truth: the likelihood and the path, or hidden (a warning names it), or none.
    /// </summary>
    private const string Table = """
        map $http_upgrade $connection_upgrade { default upgrade; '' close; }
        map $http_upgrade $backend_by_upgrade { default web; websocket sockets; }
        upstream web { server 10.0.0.1:8080; }
        upstream sockets { server 10.0.0.2:4000; server 10.0.0.3:4000; }
        upstream ws_nodes { server unix:/run/ws.sock; }
        server { listen 80; server_name a.test www.a.test; return 301 https://$host$request_uri;
            location /ws { proxy_pass http://web; } #! hidden
        }
        server { listen 443 ssl; server_name a.test www.a.test; ssl_certificate /etc/ssl/a.pem; ssl_certificate_key /etc/ssl/a.key;
            location / { proxy_pass http://web; } #! unlikely /
            location /ws { UP proxy_pass http://sockets; } #! likely /ws
            location /ws/admin { deny all; proxy_pass http://web; } #! hidden
            location = /exact { UP proxy_pass http://web; } #! likely /exact
            location /exact { proxy_pass http://web; } #! unlikely /exact/
            location ^~ /socket.io { proxy_pass http://web; } #! likely /socket.io/
            location /cable { proxy_pass http://web; } #! likely /cable
            location /notificationHub { proxy_pass http://web; } #! likely /notificationHub
            location /github { proxy_pass http://web; } #! unlikely /github
            location /news { proxy_pass http://web; } #! unlikely /news
            location /windows { proxy_pass http://web; } #! unlikely /windows
            location /api-ws { proxy_pass http://web; } #! likely /api-ws
            location /live { proxy_pass http://web; } #! possible /live
            location /live-long { proxy_read_timeout 10m; proxy_pass http://web; } #! possible /live-long
            location /events/ { proxy_read_timeout 10m; proxy_pass http://web; } #! likely /events/
            location /day { proxy_read_timeout 1d; proxy_pass http://web; } #! likely /day
            location /minute { proxy_read_timeout 60s; proxy_pass http://web; } #! unlikely /minute
            location /mapped { proxy_set_header Connection $connection_upgrade; proxy_pass http://web; } #! likely /mapped
            location /old { proxy_set_header Upgrade $http_upgrade; proxy_pass http://web; } #! likely /old
            location /keep { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://web; } #! unlikely /keep
            location /cleared { proxy_set_header Upgrade ""; proxy_pass http://web; } #! unlikely /cleared
            location /if { if ($http_upgrade = websocket) { proxy_pass http://sockets; } proxy_pass http://web; } #! likely /if
            location /static { root /srv; } #! none
            location /php { fastcgi_pass 127.0.0.1:9000; } #! none
            location /grpc { grpc_pass 127.0.0.1:9000; } #! none
            location /gone { return 410; proxy_pass http://web; } #! hidden
            location /auth { internal; proxy_pass http://web; } #! none
            location /moved { rewrite ^ /ws last; } #! none
            location /stripped/ { UP proxy_pass http://web/; } #! likely /stripped/
            location /unix { UP proxy_pass http://unix:/run/app.sock; } #! likely /unix
            location /nodes { UP proxy_pass http://ws_nodes; } #! likely /nodes
            location /host { UP proxy_pass http://$http_x_to:80; } #! likely /host
            location /chosen { UP proxy_pass http://$backend_by_upgrade; } #! likely /chosen
            location ~ ^/(chat|room)/ws$ { proxy_pass http://web; } #! likely /chat/ws
            location ~* \.php$ { proxy_pass http://web; } #! unlikely /x.php
            location ~ ^/rooms/\d+/socket$ { proxy_pass http://web; } #! likely /rooms/1/socket
            location ~ "^/v[0-9]{2}/ws/?$" { proxy_pass http://web; } #! likely /v00/ws
            location ~ ^/(?<tenant>[a-z]+)/hub { proxy_pass http://web; } #! likely /a/hub
            location /shadowed/ws { proxy_pass http://web; } #! likely /shadowed/ws
            location ~ ^/taken { return 404; } #! none
            location /taken/one { proxy_pass http://web; } #! hidden
            location ^~ /taken/two { proxy_pass http://web; } #! unlikely /taken/two
            location /outer { proxy_pass http://web; #! unlikely /outer
                location /outer/ws { UP proxy_pass http://web; } #! likely /outer/ws
                location ~ ^/outer/x[ab]$ { proxy_pass http://web; } #! unlikely /outer/xa
            }
            location /falls { try_files $uri @app; } #! none
            location @app { proxy_pass http://web; } #! unlikely /falls
        }
        server { listen 443 ssl; server_name b.test; UP
            location / { proxy_pass http://127.0.0.1:3000; } #! likely /
            location /lost { proxy_set_header Host $host; proxy_pass http://127.0.0.1:3000; } #! unlikely /lost
        }
        server { listen 443 ssl; server_name a.test;
            location /ws { UP proxy_pass http://web; } #! hidden
        }
        server { listen 8443 ssl; listen 8080; server_name *.c.test;
            location /ws { proxy_pass http://web; } #! likely /ws
        }
        server { listen 443 ssl; server_name .d.test;
            location /ws { proxy_pass http://web; } #! likely /ws
        }
        server { listen 443 ssl; server_name ws.*;
            location / { proxy_pass http://web; } #! possible /
        }
        server { listen 443 ssl; server_name ~^(?<sub>chat|talk)\.e\.test$;
            location /ws { proxy_pass http://web; } #! likely /ws
        }
        server { listen 443 ssl default_server; server_name _;
            location /hub { proxy_pass http://web; } #! likely /hub
        }
        server { listen 8081; server_name plain.test;
            location /ws { proxy_pass http://web; } #! likely /ws
        }
        server { server_name nolisten.test;
            location /ws { proxy_pass http://web; } #! likely /ws
        }
        server { listen 192.0.2.1:9443 ssl; server_name f.test;
            location /ws { proxy_pass http://web; } #! likely /ws
        }
        server { listen 9443 ssl; server_name g.test;
            location /ws { proxy_pass http://web; } #! likely /ws
        }
        server { listen unix:/run/nginx.sock; server_name h.test;
            location /ws { proxy_pass http://web; } #! hidden
        }
        server { listen 443 ssl; server_name rails.test; try_files $uri @rails;
            location @rails { proxy_pass http://web; } #! unlikely /
            location /websocket { UP proxy_pass http://web; } #! likely /websocket
        }
        server { listen 443 ssl; server_name redirect.test; return 301 https://a.test$request_uri; }
        """;

    private static readonly string Text = Table.Replace("UP", Up, StringComparison.Ordinal);

    private static SearchResult Search(string text, SummitSite? template = null) =>
        SiteSearch.In(Config(text), new SearchOptions(template ?? new SummitSite()));

    private static SummitNginxConfig Config(string text) =>
        NginxConfigReader.FromBytes("/etc/nginx/sites-available/x", Encoding.UTF8.GetBytes(text));

    [Fact]
    public void Each_location_is_found_hidden_or_passed_over_as_the_table_says()
    {
        var found = Search(Text);
        var wrong = new List<string>();
        var (lines, rows) = (Text.Split('\n'), 0);
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Split("#! ") is not [var written, var truth]) continue;
            rows++;
            var site = found.Sites.FirstOrDefault(site => site.Line == i + 1);
            var hidden = found.Warnings.Any(warning => warning.Contains($"/x:{i + 1}) passes requests on", StringComparison.Ordinal));
            var seen = site is not null
                ? $"{site.Likelihood.ToString().ToLowerInvariant()} {site.WebSocketPath}"
                : hidden ? "hidden" : "none";
            if (seen != truth.Trim()) wrong.Add($"{written.Trim()} is {seen}, and should be {truth}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(rows >= 60, $"{rows} rows");
        Assert.Equal(lines.Count(line => line.Contains("#! ", StringComparison.Ordinal)
            && line.Split("#! ")[1].Contains('/', StringComparison.Ordinal)), found.Sites.Count);
    }

    [Fact]
    public void Each_site_s_own_request_ends_at_its_location()
    {
        var config = Config(Text);
        var sites = Search(Text).Sites;
        Assert.NotEmpty(sites);
        Assert.Equal(sites.Count, sites.Select(site => site.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(sites, site => AssertLeads(config, site));
    }

    [Fact]
    public void So_it_is_for_every_public_case()
    {
        var found = 0;
        foreach (var each in PublicCase.All)
        {
            foreach (var (_, text) in each.Files)
            {
                var whole = text.Contains("server {", StringComparison.Ordinal)
                    ? text
                    : $"server {{ listen 443 ssl; server_name x.test; {text} }}";
                var config = Config(whole.Replace("@", "1", StringComparison.Ordinal));
                var sites = SiteSearch.In(config, new SearchOptions(new SummitSite())).Sites;
                found += sites.Count;
                Assert.All(sites, site => AssertLeads(config, site));
            }
        }

        Assert.True(found > 50, $"{found} sites");
    }

    [Fact]
    public void A_site_has_what_its_block_says()
    {
        var site = Search(Text).Sites.Single(site => site is { ServerName: "a.test", WebSocketPath: "/ws" });
        Assert.Equal("a.test-ws", site.Name);
        Assert.Equal((443, true, true, "10.0.0.2", 4000), (site.Port, site.Tls, site.Upgrades, site.BackendHost, site.BackendPort));
        Assert.Equal(["10.0.0.2:4000", "10.0.0.3:4000"], site.Upstreams);
        Assert.Equal(
            ("/etc/ssl/a.pem", "/etc/ssl/a.key", "/etc/nginx/sites-available/x", ""),
            (site.CertificatePath, site.CertificateKeyPath, site.ConfigPath, site.EnabledPath));
        Assert.Equal(["a.test", "www.a.test"], site.ServerNames);
        Assert.Contains(site.Notes, note => note.Contains("2 servers", StringComparison.Ordinal));
        Assert.Contains(site.SeenBy, seen => seen.Contains("proxy_set_header Upgrade", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/unix", "UNIX socket")]
    [InlineData("/host", "depends on")]
    [InlineData("/chat/ws", "stands for")]
    public void What_is_open_is_said(string path, string note) =>
        Assert.Contains(
            Search(Text).Sites.Single(site => site.WebSocketPath == path).Notes, said => said.Contains(note, StringComparison.Ordinal));

    [Fact]
    public void A_site_without_tls_says_so_and_a_plain_twin_of_a_tls_site_is_left_out()
    {
        var plain = Search(Text).Sites.Single(site => site.ServerName == "plain.test");
        Assert.False(plain.Tls);
        Assert.Contains(plain.Notes, note => note.Contains("ws://plain.test:8081/ws", StringComparison.Ordinal));
        var twins = Search("server { listen 80; server_name t.test; location /ws { proxy_pass http://b; } } server { listen 443 ssl; "
            + "server_name t.test; location /ws { proxy_pass http://b; } }").Sites;
        Assert.Equal(["t.test-ws", "t.test-ws-443"], twins.Select(site => site.Name));
        Assert.True(Assert.Single(SiteChoice.Of(twins, all: false)).Tls);
        Assert.Equal(2, SiteChoice.Of(twins, all: true).Count);
    }

    [Fact]
    public void The_template_s_name_stands_for_a_pattern_and_its_nginx_is_kept()
    {
        const string text = "server { listen 443 ssl; server_name *.c.test; location /ws { proxy_pass http://b; } }";
        Assert.Contains(Assert.Single(Search(text).Sites).Notes, note => note.Contains("www.c.test stands for", StringComparison.Ordinal));
        var named = Assert.Single(Search(text, new SummitSite { ServerName = "chat.c.test", NginxCommand = "openresty" }).Sites);
        Assert.Equal(("chat.c.test", "openresty"), (named.ServerName, named.NginxCommand));
        Assert.DoesNotContain(named.Notes, note => note.Contains("stands for", StringComparison.Ordinal));
    }

    [Fact]
    public void Locations_without_a_server_and_includes_that_were_not_read_are_told()
    {
        Assert.Contains(
            "no server block", Assert.Single(Search("location /ws { proxy_pass http://b; }").Warnings), StringComparison.Ordinal);
        Assert.Contains(
            Search("server { listen 80; include /nowhere/x.conf; }").Warnings,
            warning => warning.Contains("was not read", StringComparison.Ordinal));
    }

    [Fact]
    public void The_plain_site_of_a_found_one_equals_a_site_of_the_same_values()
    {
        var found = Search(Text).Sites[0];
        Assert.IsType<SummitSite>(found.Plain);
        Assert.Equal(found.ServerName, found.Plain.ServerName);
        Assert.Equal(found.Plain, (found with { SeenBy = ["something else"] }).Plain);
    }

    /// <summary>A folder of foreign configurations (SUMMIT_NGINX_CORPUS): each found site leads to its location.</summary>
    [Fact]
    public void So_it_is_for_a_corpus()
    {
        var folder = Environment.GetEnvironmentVariable("SUMMIT_NGINX_CORPUS");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "SUMMIT_NGINX_CORPUS names no folder of configurations.");
        var (files, found, likely, warned) = (0, 0, 0, 0);
        foreach (var path in Directory.EnumerateFiles(folder!, "*", SearchOption.AllDirectories)
            .Where(path => path.Contains(".conf", StringComparison.Ordinal)))
        {
            var bytes = File.ReadAllBytes(path);
            if (bytes.Contains((byte)0)) continue;
            var config = NginxConfigReader.FromBytes(path, bytes);
            var result = SiteSearch.In(config, new SearchOptions(new SummitSite()));
            Assert.All(result.Sites, site => AssertLeads(config, site));
            files++;
            found += result.Sites.Count;
            likely += SiteChoice.Of(result.Sites, all: false).Count;
            warned += result.Warnings.Count(warning => warning.Contains("is not a site", StringComparison.Ordinal));
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{files} files, {found} sites, {likely} likely, {warned} locations without a request");
        Assert.NotEqual(0, found);
    }

    private static void AssertLeads(SummitNginxConfig config, SummitFoundSite site)
    {
        var request = new NginxRequest(
            site.ServerName, site.Port, site.Tls, site.WebSocketPath, site.ListenAddress.Length > 0 ? site.ListenAddress : null);
        var route = NginxRouter.Resolve(config, request);
        Assert.Equal((site.Location, site.Line), (route.Location?.ToString(), route.Location?.Line));
        Assert.NotEmpty(route.ProxyPass);
        _ = Summit.Ops.Sites.SiteRules.Check(site);
    }
}
