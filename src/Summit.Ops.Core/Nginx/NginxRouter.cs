using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Text;

namespace Summit.Ops.Nginx;

/// <summary>Says what a request really meets: listen socket, server, location, and the directives that hold there.</summary>
public static class NginxRouter
{
    /// <summary>Takes a request through a configuration as nginx would.</summary>
    /// <param name="config">The configuration; a single file is taken as all there is.</param>
    /// <param name="request">The request.</param>
    /// <returns>
    /// The route; where it depends on something that the configuration does not decide, its kind is Unknown and the last steps say on what.
    /// </returns>
    public static SummitNginxRoute Resolve(SummitNginxConfig config, NginxRequest request)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(request);
        var trace = Trace(config, request);
        var steps = trace.Steps.ToList();
        steps.AddRange(trace.Why.Select(why => $"not known: {why}"));
        foreach (var include in Unread(trace))
        {
            steps.Add($"include {include.ShowArguments()} ({include.File}:{include.Line}) was not read and may change this");
        }

        // a token in the query is nobody's business in a printed route
        var uri = Secrets.RedactUri(request.Uri);
        if (uri != request.Uri) steps = [.. steps.Select(Secrets.RedactUri)];
        return new SummitNginxRoute
        {
            Uri = ForeignText.Visible(uri),
            Server = trace.Server?.Public,
            Location = trace.Location?.Public,
            Kind = trace.Kind,
            ProxyPass = trace.Proxy is null ? "" : trace.Proxy.Directive.ShowArguments(),
            Upstreams = trace.Proxy?.Servers ?? [],
            UpstreamUri = trace.Proxy is { UpstreamUri: { IsKnown: true, Text: { } asked } } ? Secrets.RedactUri(asked) : "",
            Status = trace.Status,
            RedirectTo = Secrets.RedactUri(trace.RedirectTo),
            Upgrades = trace.Upgrades == true,
            TakesFilesAsMissing = trace.State?.TakesFilesAsMissing == true,
            Effective = trace.Level?.Effective(trace.Proxy is not null, NginxVersion.SpeaksHttp11(request.NginxVersion)) ?? [],
            Steps = steps,
        };
    }

    /// <summary>The route with everything the rules want to know.</summary>
    internal static RouteTrace Trace(SummitNginxConfig config, NginxRequest request) => RequestWalk.Trace(config.Model, request);

    /// <summary>The includes on the request's levels that were not read.</summary>
    internal static IEnumerable<DirectiveRef> Unread(RouteTrace trace) =>
        trace.Level is null ? [] : EffectiveDirectives.Levels(trace.Level).SelectMany(level => level.Unread);
}
