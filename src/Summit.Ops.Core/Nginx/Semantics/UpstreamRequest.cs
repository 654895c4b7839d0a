using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>The request that nginx sends to a backend (<c>ngx_http_proxy_create_request</c>).</summary>
/// <param name="Uri">The request URI.</param>
/// <param name="Version">1.0 or 1.1.</param>
/// <param name="Headers">The headers in nginx's order; one whose value is not known has its reason.</param>
internal sealed record UpstreamRequest(TextValue Uri, string Version, IReadOnlyList<(string Name, TextValue Value)> Headers)
{
    /// <summary>Headers of the client that nginx keeps to itself unless they are set (<c>ngx_http_proxy_headers</c>).</summary>
    private static readonly string[] Kept =
    [
        "Host", "Connection", "Content-Length", "Transfer-Encoding", "TE", "Keep-Alive", "Expect", "Upgrade",
    ];

    /// <summary>The request of a route that ends in a proxy.</summary>
    public static UpstreamRequest Of(RouteTrace trace)
    {
        var state = trace.State!;
        // nginx goes through the headers twice, to measure and to write: a map with a regex that one of them asks
        // has changed $1 by the second time
        foreach (var directive in EffectiveDirectives.Find(trace.Level!, DirectiveName.ProxySetHeader).Directives)
        {
            _ = VariableText.Evaluate(directive.Argument(1), state);
        }

        var modern = NginxVersion.SpeaksHttp11(state.Request.NginxVersion);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var headers = new List<(string, TextValue)>();
        foreach (var directive in EffectiveDirectives.Find(trace.Level!, DirectiveName.ProxySetHeader).Directives)
        {
            names.Add(directive.Argument(0));
            Add(directive.Argument(0), VariableText.Evaluate(directive.Argument(1), state));
        }

        foreach (var name in Kept)
        {
            if (names.Add(name) && EffectiveDirectives.ProxyHeader(trace.Level!, name, modern) is { } value)
            {
                Add(name, VariableText.Evaluate(value, state));
            }
        }

        if (EffectiveDirectives.Value(trace.Level!, DirectiveName.ProxyPassRequestHeaders) == "off")
        {
            return new UpstreamRequest(trace.Proxy!.UpstreamUri, trace.HttpVersion, headers);
        }

        foreach (var (name, value) in state.Request.Headers ?? new Dictionary<string, string>())
        {
            if (!names.Contains(name)) Add(name, NginxText.Take(value));
        }

        return new UpstreamRequest(trace.Proxy!.UpstreamUri, trace.HttpVersion, headers);

        // a header with an empty value is not sent
        void Add(string name, TextValue value)
        {
            if (value.Text is not "") headers.Add((name, value));
        }
    }
}
