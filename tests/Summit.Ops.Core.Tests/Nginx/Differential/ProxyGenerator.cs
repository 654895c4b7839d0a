using System.Globalization;
using System.Text;

namespace Summit.Ops.Core.Tests.Nginx.Differential;

/// <summary>Makes servers that rewrite, decide and proxy in every way, and requests for them.</summary>
internal sealed class ProxyGenerator(int seed, string folder, int port, int backendPort)
{
    private static readonly string[] Values =
    [
        "$host", "$http_host", "$proxy_host", "$proxy_host:$proxy_port", "$scheme", "$http_upgrade", "$conn", "$mapped",
        "$uri", "$request_uri", "$args", "$is_args$args", "\"${uri}x\"", "$arg_x", "$arg_X-y",
        "$cookie_c", "$http_x_a", "$v", "\"<$1|$2>\"", "$server_name", "$server_port", "$request_method",
        "$server_protocol", "\"\"", "literal", "\"two words\"", "$https", "$document_uri", "$named", "upgrade", "close",
        "$split", "$shard", "$net", "$range", "$remote_addr", "$HOST",
    ];

    private static readonly string[] Headers = ["Upgrade", "Connection", "Host", "X-A", "X-B", "X-C", "Accept", "TE", "upgrade"];
    private static readonly string[] Paths = ["/", "/a", "/a/", "/a/b", "/ws", "/ws/", "/x y", "/static/"];
    private readonly Random _random = new(seed);

    public void Write()
    {
        Directory.CreateDirectory(Path.Combine(folder, "empty"));
        var text = new StringBuilder(RealNginx.Head(folder)).Append("http {\n").Append(RealNginx.HttpHead(folder));
        text.Append("map $http_upgrade $conn { default upgrade; '' close; }\n");
        text.Append("map $arg_m $mapped { hostnames; default \"d-$arg_x\"; *.x.test sub; "
            + ".y.test at; w.* tail; a A; \\~t tilde; ~^z. zz; ~*^N. nn; }\n");
        // a map with captures changes $1 while a header is being measured and written, and nginx answers 500: those only feed a set
        text.Append("map $arg_m $captured { ~^(\\w)(\\d)$ \"$2$1\"; ~*^(?<named>N.)$ \"n$named\"; default none; }\n");
        text.Append("map $uri $sub { volatile; default ''; ~^/(?<first>[^/]+) $first; }\n");
        text.Append("split_clients \"$arg_x$uri\" $split { 12.5% s1; 0.01% s2; 30% s3; 20% s4; }\n"
            + "split_clients $remote_addr $shard { 50% p; * q; }\n");
        text.Append("geo $net { default n0; 127.0.0.0/8 n1; 127.0.0.1 n2; 127.0.0.0/30 n3; }\n");
        text.Append("geo $arg_ip $range { ranges; default r0; 10.0.0.0-10.0.0.255 r1; 10.0.1.7-10.2.0.1 r2; }\n");
        text.Append(CultureInfo.InvariantCulture, $"upstream app {{ server 127.0.0.1:{backendPort}; }}\n");
        HeaderLines(text, 0);
        text.Append(
            CultureInfo.InvariantCulture,
            $"server {{\n  listen 127.0.0.1:{port};\n  server_name .p.test ~^(?<named>x.)(.*)$;\n  set $v v0;\n  set $named \"\";\n");
        HeaderLines(text, 1);
        if (Chance(4)) text.Append("  proxy_http_version 1.1;\n");
        for (var i = _random.Next(3); i > 0; i--) ScriptLine(text, 1, inServer: true);
        if (Chance(3)) text.Append("  error_page 404 403 = @named;\n");
        else if (Chance(3)) text.Append("  error_page 404 =200 /a/err?$args;\n");
        if (Chance(6)) text.Append("  recursive_error_pages on;\n");
        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 2 + _random.Next(4); i > 0; i--)
        {
            var regex = Chance(4);
            var path = Pick(Paths);
            if (!regex && !taken.Add(path)) continue;
            Location(
                text,
                regex ? $"~ \"{Pick("^/a/(.*)$", "^/(?<named>[a-z]+)/(.*)$", "\\.php$", "^/ws")}\"" : $"{Pick("", "", "^~ ")}\"{path}\"",
                regex, path, 1, taken);
        }

        Location(text, "@named", regex: true, "", 1, taken);
        text.Append("}\n}\n");
        File.WriteAllText(Path.Combine(folder, "nginx.conf"), text.ToString());
    }

    public (string Method, string Host, string Uri, Dictionary<string, string> Headers) Request()
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!Chance(3)) headers["Upgrade"] = Pick("websocket", "h2c");
        if (!Chance(3)) headers["Connection"] = Pick("Upgrade", "keep-alive, Upgrade");
        if (Chance(2)) headers["X-A"] = Pick("1", "two words", "é");
        if (Chance(3)) headers["Cookie"] = Pick("c=1", "b=2; c=3", "C=x");
        if (Chance(4)) headers["Accept"] = "*/*";
        var uri = new StringBuilder(Pick(
            "/a", "/a/", "/a/b", "/ws", "/ws/", "/", "/a/x", "/x%20y", "/static/a.php", "/loop", "/old/1", "/a//b/../c",
            "/%61/%2525", "/a/%3Fq", "/ws/a+b", "/a/b%20c", "/zz/é"));
        if (Chance(2))
        {
            uri.Append('?').Append(Pick(
                "x=1", "m=a&x=2", "m=A", "m=q.x.test", "m=y.test", "m=w.com", "m=z9", "m=nQ", "m=~t", "x=a%20b&X-y=3",
                "", "a&b", "x=0", "m=.x.test.", "ip=10.0.0.9", "ip=10.1.0.0", "ip=10.3.0.0&x=7", "ip=nowhere",
                "x=77&ip=::ffff:10.0.1.7"));
        }

        return (Chance(8) ? "POST" : "GET", Pick("p.test", "a.p.test", "x1.org", "x2abc", "q.test", "P.TEST:99"), uri.ToString(), headers);
    }

    private void Location(StringBuilder text, string name, bool regex, string path, int depth, HashSet<string> taken)
    {
        var indent = new string(' ', 2 * depth);
        text.Append(CultureInfo.InvariantCulture, $"{indent}location {name} {{\n");
        HeaderLines(text, depth + 1);
        if (Chance(4)) text.Append(CultureInfo.InvariantCulture, $"{indent}  proxy_http_version {Pick("1.0", "1.1")};\n");
        for (var i = _random.Next(3); i > 0; i--) ScriptLine(text, depth + 1, inServer: false, regex);
        if (Chance(12)) text.Append(CultureInfo.InvariantCulture, $"{indent}  internal;\n");
        if (Chance(12))
        {
            text.Append(
                CultureInfo.InvariantCulture, $"{indent}  {Pick("deny all;", "allow 127.0.0.1; deny all;", "allow all; deny all;")}\n");
        }

        if (Chance(8))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{indent}  try_files /none $uri/none {Pick("@named", "=404", "/a/fall?y=$arg_x", "/ws$is_args$args")};\n");
        }

        if (Chance(10))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{indent}  limit_except {Pick("POST", "GET")} {{ {(Chance(2) ? Pass(regex: true) : "deny all;")} }}\n");
        }

        if (!Chance(6)) text.Append(CultureInfo.InvariantCulture, $"{indent}  {Pass(regex)}\n");
        if (!regex && path.Length > 1 && depth < 3 && Chance(3))
        {
            var inner = path + Pick("b", "/c", "x");
            if (taken.Add(inner)) Location(text, $"\"{inner}\"", regex: false, inner, depth + 1, taken);
        }

        text.Append(CultureInfo.InvariantCulture, $"{indent}}}\n");
    }

    /// <summary>A proxy_pass; in a regex location, a named one or an if it may have no URI part unless it has variables.</summary>
    private string Pass(bool regex)
    {
        var plain = Pick($"http://127.0.0.1:{backendPort}", "http://app", $"http://localhost:{backendPort}");
        if (regex)
        {
            return "proxy_pass "
                + $"{Pick(plain, plain, $"http://127.0.0.1:{backendPort}$uri", "http://app$request_uri", "http://app/v$v?$args")};";
        }

        return $"proxy_pass {plain}{Pick("", "", "/", "/base", "/base/", "/b%20c/", "$request_uri", "/x$uri$is_args$args", "?q=$arg_x")};"
            .Replace("localhost", "127.0.0.1", StringComparison.Ordinal);
    }

    private void HeaderLines(StringBuilder text, int depth)
    {
        if (Chance(2)) return;
        var indent = new string(' ', 2 * depth);
        for (var i = 1 + _random.Next(3); i > 0; i--)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}proxy_set_header {Pick(Headers)} {Pick(Values)};\n");
        }
    }

    private void ScriptLine(StringBuilder text, int depth, bool inServer, bool regex = false)
    {
        var indent = new string(' ', 2 * depth);
        switch (_random.Next(6))
        {
            case 0:
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{indent}set $v {Pick("v1", "\"$v-$arg_x\"", "$uri", "\"${v}2\"", "$captured", "\"$sub-$1\"")};\n");
                break;
            case 1 or 2:
                text.Append(CultureInfo.InvariantCulture, $"{indent}{RewriteLine()}\n");
                break;
            case 3 or 4:
                var condition = Pick(
                    "$arg_x", "$arg_x = 1", "$arg_x != 1", "$http_upgrade ~ ^web", "$http_upgrade !~* ^WEB",
                    "$uri ~ \"^/(a)/(.*)\"", "$request_method = POST", "$v = v1", "$http_x_a", "$cookie_c = \"1\"",
                    "$mapped ~* SUB");
                text.Append(CultureInfo.InvariantCulture, $"{indent}if ({condition}) {{\n");
                var action = Pick(
                    $"set $v i-$v;", RewriteLine(), RewriteLine(), "return 404;", "return 403;", "return 200 \"text\";",
                    "return 302 /x$is_args$args;", "break;", "set $v i2;");
                text.Append(CultureInfo.InvariantCulture, $"{indent}  {action}\n");
                if (!inServer && Chance(4)) text.Append(CultureInfo.InvariantCulture, $"{indent}  {Pass(regex: true)}\n");
                text.Append(CultureInfo.InvariantCulture, $"{indent}}}\n");
                break;
            default:
                if (Chance(4))
                {
                    text.Append(
                        CultureInfo.InvariantCulture,
                        $"{indent}{Pick("return 404;", "return 301 https://$host$request_uri;", "return 204;", "break;")}\n");
                }

                break;
        }
    }

    private string RewriteLine() => Pick(
        "rewrite ^/old/(.*)$ /a/$1 last;", "rewrite ^/a/(.*)$ /ws/$1?n=$1 last;", "rewrite ^/a/(.*)$ /ws/$1? break;",
        "rewrite ^/ws(.*)$ /a$1;", "rewrite ^/loop /loop last;", "rewrite \"^(/x y)$\" $1/z break;", "rewrite b$ /static/$arg_x.php;",
        "rewrite ^/a/(.*) http://other.test/$1 ;", "rewrite ^/zz/(.*)$ /yy/$1 redirect;",
        "rewrite ^/static/(?<named>.*)$ /a/$named permanent;", "rewrite ^ /all$uri?k=v&$args? break;");

    private bool Chance(int of) => _random.Next(of) == 0;

    private T Pick<T>(params T[] items) => items[_random.Next(items.Length)];
}
