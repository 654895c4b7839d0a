using System.Globalization;
using System.Text;

namespace Summit.Ops.Core.Tests.Nginx.Differential;

/// <summary>
/// Makes configurations of servers and nested locations of every kind, and requests that get close to them. The same seed makes the same.
/// </summary>
/// <remarks>Servers listen on two addresses and a UNIX socket; with a certificate the second port speaks TLS.</remarks>
internal sealed class RouteGenerator(int seed, string folder, int[] ports, int backendPort, (string Certificate, string Key)? tls)
{
    private static readonly string[] Names =
    [
        "a.test", "b.a.test", "*.a.test", ".a.test", "*.test", ".test", "*.b.a.test", "a.*", "b.a.*", "www.a.*",
        "x1.test", "~^x\\d+\\.test$", "~^(?<sub>[a-z]+)\\.org$", "~^[A-Z]+\\.NET$", "~a", "\"\"", "_", "A.Test",
    ];

    private static readonly string[] Hosts =
    [
        "a.test", "A.TEST", "b.a.test", "c.b.a.test", "x.test", "x1.test", "x22.test", "a.example", "b.a.org", "www.a.net", "abc.net",
        "q.org", "nobody", "a.test.", "a.test:81", "test", ".a.test", "127.0.0.1", "a", "a..test",
    ];

    /// <summary>Names that a TLS hello can carry.</summary>
    private static readonly string[] TlsHosts =
    [
        "a.test", "A.TEST", "b.a.test", "c.b.a.test", "x1.test", "x22.test", "a.example", "b.a.org", "www.a.net", "abc.net", "q.org",
        "nobody",
    ];

    private static readonly string[] Segments = ["a", "b", "ab", "ws", "x.php", "A", "a b", "é", "1", "22", "+", "%", "a;b"];

    private static readonly string[] Regexes =
    [
        "\\.php$", "^/a", "^/A/", "/(b|c)/", "^/(?<n>[a-z]+)/x", "^/[^/]+/\\d{2}", "b$", "^/ws(/|$)", "^/(?!a)",
        "[A-Z]", "\\s", "^/\\w+$", "^/.{3}$", "(?i)^/AB", "[[:digit:]]+", "é", "^/a/(.*)/b$", "\\xc3", "^//",
    ];

    private readonly Random _random = new(seed);
    private readonly List<string> _paths = [];
    private int _next;

    /// <summary>Writes the configuration's files.</summary>
    public void Write()
    {
        Directory.CreateDirectory(Path.Combine(folder, "inc"));
        Directory.CreateDirectory(Path.Combine(folder, "empty"));
        var text = new StringBuilder(RealNginx.Head(folder)).Append("http {\n").Append(RealNginx.HttpHead(folder));
        if (tls is { } pair)
        {
            text.Append(CultureInfo.InvariantCulture, $"ssl_certificate {pair.Certificate};\nssl_certificate_key {pair.Key};\n");
        }

        var servers = 1 + _random.Next(6);
        var taken = new HashSet<int>();
        for (var i = 0; i < servers; i++)
        {
            var server = Server(taken);
            if (_random.Next(3) > 0)
            {
                text.Append(server);
                continue;
            }

            File.WriteAllText(Path.Combine(folder, "inc", $"s{i:00}.conf"), server);
            if (_random.Next(2) == 0) text.Append(CultureInfo.InvariantCulture, $"include inc/s{i:00}.conf;\n");
            else text.Append(CultureInfo.InvariantCulture, $"include inc/s{i / 10}[{i % 10}]*.con?;\n");
        }

        // every port must have a server that answers
        foreach (var port in ports)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"server {{ listen 127.0.0.1:{port}{Ssl(port)}; server_name last.test; add_header X-Id s{_next++} always; }}\n"
                    + $"server {{ listen 127.0.0.2:{port}{Ssl(port)}; server_name last.test; add_header X-Id s{_next++} always; }}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"server {{ listen {Socket}; add_header X-Id s{_next++} always; }}\n");
        text.Append("}\n");
        File.WriteAllText(Path.Combine(folder, "nginx.conf"), text.ToString());
    }

    /// <summary>The UNIX socket, as a listen line has it.</summary>
    public string Socket => $"unix:{folder}/n.sock";

    /// <summary>
    /// A request: the address (or the UNIX socket) and port it goes to, whether with TLS, Host (and then the
    /// name in the TLS hello) and URI.
    /// </summary>
    public (string Address, int Port, bool Tls, string Host, string Uri) Request()
    {
        var uri = Uri();
        if (_random.Next(12) == 0) return (Socket, 0, false, Pick(Hosts), uri);
        var port = Pick(ports);
        var secure = Ssl(port).Length > 0;
        return (Pick("127.0.0.1", "127.0.0.1", "127.0.0.2"), port, secure, secure ? Pick(TlsHosts) : Pick(Hosts), uri);
    }

    private string Ssl(int port) => tls is not null && port == ports[1] ? " ssl" : "";

    private string Uri()
    {
        // every third request goes for a path that some location has, or close by
        if (_paths.Count > 0 && _random.Next(3) == 0)
        {
            var path = _paths[_random.Next(_paths.Count)];
            path = _random.Next(4) switch { 0 => path.TrimEnd('/'), 1 => path + Pick(Segments), 2 => path + "/", _ => path };
            var near = string.Join('/', path.Split('/').Select(Encode));
            return near.StartsWith('/') ? near : "/" + near;
        }

        var uri = new StringBuilder();
        for (var i = _random.Next(5); i >= 0; i--)
        {
            uri.Append(Pick("/", "/", "/", "/", "/", "//", "/./", "/../", "/%2e%2e/", "/.", "%2F", "/..."));
            if (_random.Next(5) > 0) uri.Append(Encode(Pick(Segments)));
        }

        if (uri[0] != '/') uri.Insert(0, '/');
        if (_random.Next(4) == 0) uri.Append('?').Append(Pick("", "x", "a=b&c=%20", "/../a", "a?b", "x#y"));
        else if (_random.Next(30) == 0) uri.Append('#').Append(Pick("", "x", "?y"));
        return uri.ToString();
    }

    private string Server(HashSet<int> defaults)
    {
        var id = _next++;
        var text = new StringBuilder("server {\n");
        foreach (var port in ports.Where(_ => _random.Next(3) > 0).DefaultIfEmpty(ports[0]))
        {
            foreach (var host in _random.Next(4) switch
            {
                0 => ["127.0.0.2"],
                1 => ["127.0.0.2", "127.0.0.1"],
                _ => (string[])["127.0.0.1"],
            })
            {
                var isDefault = _random.Next(4) == 0 && defaults.Add(port + (host == "127.0.0.2" ? 100_000 : 0));
                text.Append(CultureInfo.InvariantCulture, $"  listen {host}:{port}{Ssl(port)}{(isDefault ? " default_server" : "")};\n");
            }
        }

        if (_random.Next(4) == 0) text.Append(CultureInfo.InvariantCulture, $"  listen {Socket};\n");

        for (var i = _random.Next(3); i > 0; i--)
        {
            text.Append("  server_name ").Append(Pick(Names)).Append(' ').Append(Pick(Names)).Append(";\n");
        }

        if (_random.Next(4) == 0) text.Append("  merge_slashes off;\n");
        text.Append(CultureInfo.InvariantCulture, $"  add_header X-Id s{id} always;\n");
        Locations(text, "", 0);
        return text.Append("}\n").ToString();
    }

    private void Locations(StringBuilder text, string parent, int depth)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (var i = _random.Next(depth == 0 ? 9 : 4); i > 0; i--)
        {
            var kind = _random.Next(8);
            if (kind >= 6)
            {
                var caseless = _random.Next(3) == 0;
                Location(text, $"~{(caseless ? "*" : "")} {Quote(Pick(Regexes))}", path: null, depth);
                continue;
            }

            var path = parent.Length == 0 ? "/" : parent;
            for (var more = _random.Next(3); more > 0; more--) path += Pick(Segments) + Pick("/", "", "");
            _paths.Add(path);
            if (!taken.Add((kind == 0 ? "=" : "") + path)) continue;
            Location(text, (kind switch { 0 => Pick("= ", "="), 1 => "^~ ", _ => "" }) is var modifier
                && modifier == "=" ? Quote("=" + path) : modifier + Quote(path), kind == 0 ? "" : path, depth);
        }
    }

    private void Location(StringBuilder text, string name, string? path, int depth)
    {
        var indent = new string(' ', 2 * (depth + 1));
        text.Append(CultureInfo.InvariantCulture, $"{indent}location {name} {{\n{indent}  add_header X-Id l{_next++} always;\n");
        // a *_pass makes the redirect for a missing slash; a return answers by itself; nothing is a file that is not there
        text.Append(_random.Next(4) switch
        {
            0 => $"{indent}  proxy_pass http://127.0.0.1:{backendPort};\n",
            1 => $"{indent}  return 204;\n",
            _ => "",
        });
        // only a prefix location can have prefix locations in it, and an exact one none at all
        if (path is { Length: > 0 } && depth < 3 && _random.Next(3) == 0) Locations(text, path, depth + 1);
        text.Append(CultureInfo.InvariantCulture, $"{indent}}}\n");
    }

    private string Encode(string segment)
    {
        var text = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(segment))
        {
            if (b is <= 32 or (byte)'%' || (b < 127 && _random.Next(8) == 0)) text.Append(_random.Next(2) == 0 ? $"%{b:X2}" : $"%{b:x2}");
            else text.Append((char)b);
        }

        return _random.Next(60) == 0 ? text + Pick("%", "%4", "%zz", "%00") : text.ToString();
    }

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal)}\"";

    private T Pick<T>(params T[] items) => items[_random.Next(items.Length)];
}
