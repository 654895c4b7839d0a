using Summit.Ops.Probing;

namespace Summit.Ops.Evidence;

/// <summary>The probes of a site's hops: the same handshake, tried at different places on the way.</summary>
internal static class SiteProbes
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Past nginx, straight at the backend, with the Host header that nginx would pass on.</summary>
    public static ProbeRequest Backend(SummitSite site, string? token) => ProbeRequest.Create(
        $"ws://{Bracketed(site.BackendHost)}:{site.BackendPort}{site.WithQuery(BackendPath(site))}",
        new ProbeRequest { Token = token, Timeout = Timeout, Origin = Origin(site), SubProtocols = SubProtocols(site), Headers =
        [
            new SummitHeader("Host", site.ServerName),
        ] });

    /// <summary>The Origin header that a browser sends on a page of the site.</summary>
    public static string Origin(SummitSite site) =>
        site.Origin.Length > 0 ? site.Origin : $"https://{site.ServerName}{(site.Port == 443 ? "" : $":{site.Port}")}";

    /// <summary>The subprotocols that a client offers.</summary>
    public static IReadOnlyList<string> SubProtocols(SummitSite site) =>
        site.SubProtocol.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The path that the backend has its WebSocket at.</summary>
    public static string BackendPath(SummitSite site) => site.BackendPath.Length > 0 ? site.BackendPath : site.WebSocketPath;

    /// <summary>Through nginx on the host; what is wrong with the certificate is seen and does not end the probe.</summary>
    public static ProbeRequest Loopback(SummitSite site, string? token) => ProbeRequest.Create(
        site.Uri, new ProbeRequest
        {
            Token = token, Origin = Origin(site), SubProtocols = SubProtocols(site), Timeout = Timeout,
            ConnectTo = $"127.0.0.1:{site.Port}", CertificateAuthority = Authority(site), SkipCertificateCheck = true,
        });

    /// <summary>As a client does.</summary>
    public static ProbeRequest Public(SummitSite site, string? token) => ProbeRequest.Create(
        site.Uri, new ProbeRequest
        {
            Token = token, Origin = Origin(site), SubProtocols = SubProtocols(site), Timeout = Timeout,
            CertificateAuthority = Authority(site),
        });

    /// <summary>
    /// A result as one hop's. A probe by itself takes a refused port for nginx's; at the backend's port it is
    /// the backend that does not listen.
    /// </summary>
    public static SummitWebSocketResult At(string hop, SummitSite site, SummitWebSocketResult result) =>
        hop == SiteEvidence.BackendHop && result is { FailedStage: SummitProbeStage.Tcp, Cause: SummitCause.NginxNotRunning }
            ? result with { Hop = hop, Cause = SummitCause.BackendNotListening, Explanation =
                $"{Bracketed(site.BackendHost)}:{site.BackendPort} refuses the connection: the backend does not listen there." }
            : result with { Hop = hop };

    private static string? Authority(SummitSite site) => site.CertificateAuthorityPath.Length > 0 ? site.CertificateAuthorityPath : null;

    private static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host;
}
