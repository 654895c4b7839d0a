using System.Globalization;

namespace Summit.Ops.Core.Tests.PublicCases;

/// <summary>What a backend insists on and how it refuses, read from words such as <c>path=/ws origin=host refusal=426</c>.</summary>
/// <remarks>Without any word it is as strict as the protocol: HTTP/1.1, the headers of a handshake, and the path exactly.</remarks>
internal sealed class BackendRules
{
    private readonly Dictionary<string, string> _words;

    public BackendRules(string text) => _words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : "", StringComparer.Ordinal);

    /// <summary>Nothing listens.</summary>
    public bool Dead => Has("dead");

    /// <summary>It speaks TLS.</summary>
    public bool Tls => Has("tls");

    /// <summary>It listens on a UNIX socket instead; <c>unix=600</c> is the socket's mode.</summary>
    public string? Unix => _words.GetValueOrDefault("unix");

    /// <summary>It takes the connection and says nothing.</summary>
    public bool Silent => Has("silent");

    /// <summary>It closes the connection when the request has come.</summary>
    public bool Closes => Has("closes");

    /// <summary>How many bytes of cookie the 101 carries.</summary>
    public int BigHeader => Number("bigheader");

    /// <summary>Whether it chooses the first subprotocol that it is offered.</summary>
    public bool Protocols => Has("protocols");

    /// <summary>How long it thinks before it answers.</summary>
    public TimeSpan Delay => TimeSpan.FromMilliseconds(Number("delay"));

    /// <summary>Where its answer sends nginx with X-Accel-Redirect; null for nowhere.</summary>
    public string? Accelerated => _words.GetValueOrDefault("accel");

    /// <summary>The close code that it sends behind the 101; zero for none.</summary>
    public int Close => Number("close");

    /// <summary>Whether it greets after the 101.</summary>
    public bool Greets => !Has("quiet");

    /// <summary>The answer to a request, as status and reason; null where it upgrades.</summary>
    public (int Status, int Close, string Location)? Refuse(RequestHead request)
    {
        if (Number("status") is > 0 and var always) return (always, 0, "");
        if (request.Method != "GET") return (405, 0, "");
        var path = request.Target.Split('?')[0];
        if (_words.GetValueOrDefault("path", "/ws") is var paths && paths != "*" && !paths.Split(',').Contains(path)) return (404, 0, "");
        if (_words.TryGetValue("proto", out var proto) && request["X-Forwarded-Proto"] != proto)
        {
            return (301, 0, $"{proto}://{request["Host"]}{request.Target}");
        }

        if (_words.TryGetValue("forbid", out var forbidden) && request[forbidden].Length > 0) return (400, 0, "");
        if (_words.TryGetValue("once", out var once)
            && request.Headers.Count(header => header.Name.Equals(once, StringComparison.OrdinalIgnoreCase)) > 1)
        {
            return (400, 0, "");
        }

        if (Has("page") && request["Upgrade"].Length == 0) return (200, 0, "");
        if (_words.TryGetValue("query", out var argument) && !HasArgument(request.Target, argument)) return (401, 0, "");
        if (_words.TryGetValue("exactquery", out var whole) && request.Target[path.Length..].TrimStart('?') != whole) return (401, 0, "");
        if (_words.TryGetValue("require", out var required) && request[required].Length == 0) return (403, 0, "");
        if (Has("token") && !request["Authorization"].StartsWith("Bearer ", StringComparison.Ordinal)) return (401, 0, "");
        if (request.Version != "HTTP/1.1" && !Has("http10")) return (Refusal, 0, "");
        if (!Tokens(request["Upgrade"]).Contains("websocket") || !Tokens(request["Connection"]).Contains("upgrade"))
        {
            return (Refusal, 0, "");
        }

        if (_words.TryGetValue("connectionword", out var exact)
            && !request["Connection"].Split(',').Any(token => token.Trim() == exact))
        {
            return (Refusal, 0, "");
        }

        if (Has("single") && Tokens(request["Connection"]).Count() > 1) return (Refusal, 0, "");
        if (request["Sec-WebSocket-Version"] != "13" || request["Sec-WebSocket-Key"].Length != 24) return (400, 0, "");
        if (_words.TryGetValue("host", out var host) && NameOf(request["Host"]) != host)
        {
            return (Number("hoststatus") is > 0 and var status ? status : 403, 0, "");
        }

        // Autobahn: on a port of its own it wants to read a port in Host
        if (Has("hostwithport") && NameOf(request["Host"]) == request["Host"]) return (400, 0, "");
        if (!OriginIsGood(request)) return (Number("originstatus") is > 0 and var refused ? refused : 403, Number("originclose"), "");
        return null;
    }

    private static bool HasArgument(string target, string name) =>
        target.Split('?') is [_, var query, ..] && query.Split('&').Any(part => part.StartsWith(name + "=", StringComparison.Ordinal));

    private int Refusal => Number("refusal") is > 0 and var refusal ? refusal : 400;

    private bool OriginIsGood(RequestHead request)
    {
        if (!_words.TryGetValue("origin", out var rule)) return true;
        var origin = request["Origin"];
        var at = Math.Max(0, origin.IndexOf("://", StringComparison.Ordinal));
        var after = at > 0 ? origin[(at + 3)..] : origin;
        return rule switch
        {
            "present" => origin.Length > 0,
            // the comparisons of Grafana, code-server and the like: one that sends no Origin is no browser
            "host" => origin.Length == 0 || NameOf(after) == NameOf(request["Host"]),
            "hostport" => origin.Length == 0 || after == request["Host"],
            "forwarded" => origin.Length == 0 || after == request["X-Forwarded-Host"],
            // Action Cable: the scheme counts too, and none is refused
            "proto" => origin.Length > 0
                && $"{(request["X-Forwarded-Proto"] is { Length: > 0 } scheme ? scheme : "http")}://{NameOf(request["Host"])}"
                    == $"{origin[..at]}://{NameOf(after)}",
            _ => origin.Length == 0 || $"{origin[..at]}://{NameOf(after)}" == rule,
        };
    }

    private static string NameOf(string authority) => authority.LastIndexOf(':') is > 0 and var colon ? authority[..colon] : authority;

    private static IEnumerable<string> Tokens(string value) => value.Split(',').Select(token => token.Trim().ToLowerInvariant());

    private bool Has(string word) => _words.ContainsKey(word);

    private int Number(string word) => _words.TryGetValue(word, out var value) ? int.Parse(value, CultureInfo.InvariantCulture) : 0;
}

/// <summary>The head of a request, as it came.</summary>
internal sealed record RequestHead(string Method, string Target, string Version, IReadOnlyList<(string Name, string Value)> Headers)
{
    /// <summary>All values of a header, joined as RFC 9110 says; empty where there is none.</summary>
    public string this[string name] => string.Join(
        ", ", Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value));

    public static RequestHead Read(string text)
    {
        var lines = text.Split("\r\n");
        var first = lines[0].Split(' ');
        return new RequestHead(first[0], first.Length > 1 ? first[1] : "", first.Length > 2 ? first[2] : "", [.. lines.Skip(1)
            .Where(line => line.Contains(':', StringComparison.Ordinal))
            .Select(line => line.Split(':', 2))
            .Select(pair => (pair[0], pair[1].Trim()))]);
    }
}
