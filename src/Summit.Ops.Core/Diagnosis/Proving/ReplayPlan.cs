using Summit.Ops.Evidence;
using Summit.Ops.Evidence.Replaying;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Probing;

namespace Summit.Ops.Diagnosis.Proving;

/// <summary>
/// Which handshakes to replay at the backend: as nginx sends it, as it would after the repair, and each with one thing changed.
/// </summary>
internal static class ReplayPlan
{
    /// <summary>What nginx passes on by itself, unless it is told not to.</summary>
    private static readonly (string Name, string Value)[] HandshakeOnly =
    [("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", RecordedHandshake.Key)];

    /// <summary>What MQTT brokers, GraphQL servers, STOMP brokers, consoles and others insist on.</summary>
    private const string SubProtocols =
        "mqtt, graphql-transport-ws, graphql-ws, v12.stomp, binary, xmpp, sip, ocpp1.6, actioncable-v1-json, wamp.2.json, tty";

    private static readonly string[] Forwarded =
    [
        "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Server", "X-Real-IP", "Forwarded",
    ];

    /// <summary>The requests; empty where none could say more than what was seen.</summary>
    public static IReadOnlyList<ReplayRequest> For(SiteEvidence evidence, string? token)
    {
        if (evidence.Host is not { } host) return [];
        var sent = host.Disk is { } disk
            ? UpstreamReplay.Of(SummitReplayForm.AsSent, disk, evidence.Site, host.NginxVersion, token)
            : new ReplayRequest(SummitReplayForm.AsSent)
            {
                Why = host.NginxInstalled ? "nginx does not dump a configuration that it refuses" : "there is no nginx",
            };
        List<ReplayRequest> plan = [sent];
        var after = ProposedConfig.Of(evidence) is { } proposed
            ? UpstreamReplay.Of(SummitReplayForm.AfterChange, proposed, evidence.Site, host.NginxVersion, token)
            : null;
        if (after is not null) plan.Add(after);
        var asking = sent;
        if (sent.IsKnown && !Asks(sent)) plan.Add(asking = WithUpgrade(sent));
        if (!asking.IsKnown && after is { IsKnown: true }) asking = after;
        if (asking.IsKnown) plan.AddRange(Changing(asking, evidence.Site, token));
        return [.. plan.Take(ReplayScript.Most)];
    }

    private static IEnumerable<ReplayRequest> Variations(ReplayRequest request, SummitSite site, string? token)
    {
        request = request with { Of = request.Form };
        yield return request.With("Connection", "upgrade") with { Form = SummitReplayForm.WithPlainConnection };
        if (request.Header("Origin") is not null) yield return request.With("Origin", null) with { Form = SummitReplayForm.WithoutOrigin };
        if (request.Header("Origin") != SiteProbes.Origin(site))
        {
            yield return request.With("Origin", SiteProbes.Origin(site)) with { Form = SummitReplayForm.WithClientOrigin };
        }

        yield return request.With("Host", UpstreamReplay.HostHeader(site)) with { Form = SummitReplayForm.WithClientHost };
        // $host has no port
        if (site.Port != 443) yield return request.With("Host", site.ServerName) with { Form = SummitReplayForm.WithClientHost };
        yield return request.With("X-Forwarded-Proto", "https") with { Form = SummitReplayForm.WithForwardedProto };
        yield return Forwarded.Aggregate(request, (left, name) => left.With(name, null)) with { Form = SummitReplayForm.WithoutForwarded };
        foreach (var path in Paths(request.Uri, UpstreamReplay.Target(site, token), site))
        {
            yield return request with { Form = SummitReplayForm.WithOtherPath, Uri = path };
        }

        yield return request.With("X-Forwarded-Host", UpstreamReplay.HostHeader(site)) with { Form = SummitReplayForm.WithForwardedHost };
        if (!request.At.IsSocket) yield return request.With("Host", request.At.At) with { Form = SummitReplayForm.WithUpstreamHost };
        if (request.Header("Sec-WebSocket-Protocol") is null)
        {
            yield return request.With("Sec-WebSocket-Protocol", SubProtocols) with { Form = SummitReplayForm.WithSubProtocols };
        }

        yield return request with { Form = SummitReplayForm.WithOtherScheme, At = request.At with { Tls = !request.At.Tls, Sni = "" } };
        // a second proxy in this nginx leads to the backend, and that it is asked is no fault
        if (!request.IsToItself)
        {
            yield return request with
            {
                Form = SummitReplayForm.AtSiteBackend,
                At = new ReplayAddress(Bracketed(site.BackendHost), site.BackendPort, Tls: false),
            };
        }
    }

    /// <summary>
    /// Other URIs that the application may serve: with the client's own arguments, its own path, the site's backend path, with and without
    /// the first part, with and without a slash at the end.
    /// </summary>
    private static IEnumerable<string> Paths(string uri, string asked, SummitSite site)
    {
        var (path, query) = Split(uri);
        var (_, own) = Split(asked);
        var second = path.IndexOf('/', 1);
        List<string> paths =
        [
            site.WebSocketPath, SiteProbes.BackendPath(site),
            path.EndsWith('/') ? path.TrimEnd('/') : path + "/",
            second > 0 ? path[second..] : "/",
            path.Replace("//", "/", StringComparison.Ordinal),
        ];
        var other = paths.Where(other => other.Length > 0 && other != path).Distinct(StringComparer.Ordinal);
        return Holds(query, own) ? other.Select(each => each + query) : [path + own, .. other.Select(each => each + own)];
    }

    private static (string Path, string Query) Split(string uri) =>
        uri.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? (uri[..at], uri[at..]) : (uri, "");

    /// <summary>Whether a query has each argument of another.</summary>
    private static bool Holds(string query, string own) =>
        own.Length < 2 || own[1..].Split('&').All(query.TrimStart('?').Split('&').Contains);

    private static bool Asks(ReplayRequest request) =>
        request.Version == "1.1" && Upgrade.HasToken(request.Header("Upgrade") ?? "", "websocket")
            && Upgrade.HasToken(request.Header("Connection") ?? "", "upgrade")
        && HandshakeOnly.All(header => request.Header(header.Name) is not null);

    private static ReplayRequest WithUpgrade(ReplayRequest request) =>
        HandshakeOnly.Where(header => request.Header(header.Name) is null)
            .Aggregate(request, (left, header) => left.With(header.Name, header.Value))
            .With("Upgrade", "websocket")
            .With("Connection", "upgrade") with { Form = SummitReplayForm.WithUpgrade, Of = SummitReplayForm.AsSent, Version = "1.1" };

    /// <summary>The variations that change something, each once.</summary>
    private static List<ReplayRequest> Changing(ReplayRequest asking, SummitSite site, string? token)
    {
        var kept = new List<ReplayRequest>();
        foreach (var variation in Variations(asking, site, token))
        {
            if (!variation.SameAs(asking) && !kept.Exists(variation.SameAs)) kept.Add(variation);
        }

        return kept;
    }

    private static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host;
}
