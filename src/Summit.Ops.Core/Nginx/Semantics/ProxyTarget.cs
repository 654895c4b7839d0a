using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>Where a <c>proxy_pass</c> leads for one request.</summary>
internal sealed class ProxyTarget
{
    private ProxyTarget(DirectiveRef directive) => Directive = directive;

    public DirectiveRef Directive { get; }

    /// <summary>What is not known of the target; empty where it is known.</summary>
    public string Why { get; private set; } = "";

    public bool Https { get; private set; }

    /// <summary>The host as written, or the group's name; <c>unix:…</c> for a socket.</summary>
    public string Host { get; private set; } = "";

    public int Port { get; private set; }

    /// <summary>nginx's <c>$proxy_host</c>.</summary>
    public string HostHeader { get; private set; } = "";

    public UpstreamGroup? Group { get; private set; }

    /// <summary>The request URI that the backend gets.</summary>
    public TextValue UpstreamUri { get; private set; }

    /// <summary>Each server that nginx may connect to, as host:port.</summary>
    public IReadOnlyList<string> Servers => Group is not null
        ? [.. Group.Servers.Select(server => WithPort(NginxText.Show(server.Argument(0)), 80))]
        : Why.Length > 0 ? []
        : [Host.StartsWith("unix:", StringComparison.Ordinal) ? NginxText.Show(Host) : $"{NginxText.Show(Host)}:{Port}"];

    public static ProxyTarget Read(DirectiveRef directive, RequestState state)
    {
        var target = new ProxyTarget(directive);
        var written = directive.Argument(0);
        var variable = VariableText.HasVariables(written);
        var url = VariableText.Evaluate(written, state);
        if (!url.IsKnown)
        {
            target.Why = $"proxy_pass {NginxText.Show(written)} depends on {url.Why}";
            target.UpstreamUri = TextValue.Unknown(target.Why);
            return target;
        }

        var uriPart = target.ReadUrl(url.Text!);
        if (state.Model.Upstreams.TryGetValue(target.Host, out var group)) target.Group = group;
        target.UpstreamUri = Uri(uriPart, variable, state);
        return target;
    }

    /// <summary><c>$proxy_host</c> and <c>$proxy_port</c> of the request's present level.</summary>
    public static TextValue Variable(string name, RequestState state)
    {
        var (directives, _) = EffectiveDirectives.Find(state.Level, DirectiveName.ProxyPass);
        if (directives.Count == 0) return "";
        // a proxy_pass that names $proxy_host itself would go round in circles
        if (directives[^1].Argument(0).Contains("$proxy_", StringComparison.Ordinal))
        {
            return TextValue.Unknown($"${name}, inside proxy_pass itself");
        }

        var target = Read(directives[^1], state);
        if (target.Why.Length > 0) return TextValue.Unknown(target.Why);
        return name == "proxy_host" ? target.HostHeader : target.Port.ToString();
    }

    private string ReadUrl(string url)
    {
        Https = url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        var rest = Https ? url[8..] : url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? url[7..] : url;
        var standard = Https ? 443 : 80;
        Port = standard;
        if (rest.StartsWith("unix:", StringComparison.OrdinalIgnoreCase))
        {
            var colon = rest.IndexOf(':', 5);
            Host = colon < 0 ? rest : rest[..colon];
            HostHeader = "localhost";
            Port = 0;
            return colon < 0 ? "" : rest[(colon + 1)..];
        }

        var end = rest.AsSpan().IndexOfAny('/', '?');
        var authority = end < 0 ? rest : rest[..end];
        var portAt = authority.LastIndexOf(':');
        if (portAt >= 0 && !authority.AsSpan(portAt).Contains(']') && int.TryParse(authority.AsSpan(portAt + 1), out var port))
        {
            Port = port;
            Host = authority[..portAt];
        }
        else
        {
            Host = authority;
        }

        HostHeader = Port == standard ? Host : authority;
        return end < 0 ? "" : rest[end..];
    }

    /// <summary>nginx's three ways to make the URI (<c>ngx_http_proxy_create_request</c>).</summary>
    private static TextValue Uri(string part, bool variable, RequestState state)
    {
        if (variable && part.Length > 0) return part.StartsWith('?') ? "/" + part : part;
        if (part.Length == 0 && state.ValidUnparsedUri) return state.Original.Unparsed;
        var cut = part.Length > 0 && state.ValidLocation && state.Location is { IsRegex: false, MatchKind: not LocationKind.Named } location
            ? location.Path.Length
            : 0;
        var rest = state.Uri[Math.Min(cut, state.Uri.Length)..];
        if (state.Quoted || state.Internal) rest = UriEscape.Path(rest);
        return (state.ValidLocation ? part : "") + rest + (state.Args.Length > 0 ? "?" + state.Args : "");
    }

    private static string WithPort(string server, int standard)
    {
        if (server.StartsWith("unix:", StringComparison.Ordinal)) return server;
        var colon = server.LastIndexOf(':');
        return colon >= 0 && server.IndexOf(']', colon) < 0 ? server : $"{server}:{standard}";
    }
}
