using System.Globalization;
using Summit.Ops.Text;

namespace Summit.Ops.Probing.Upgrading;

/// <summary>What an answer other than 101 means: who gave it, and why.</summary>
internal static class AnswerJudge
{
    /// <summary>Who answered, as far as the answer shows it.</summary>
    public static string AnsweredBy(UpgradeResponse response, string body)
    {
        var server = response.Value("Server");
        if (response.Status == 101) return server.Length == 0 ? "the backend" : $"the backend, through {server}";
        if (IsOwnPage(body)) return $"{(server.Length == 0 ? "nginx" : server)} itself";
        if (IsNginx(server)) return $"the backend (or a file), through {server}";
        return server.Length == 0 ? "a server that does not name itself" : server;
    }

    /// <summary>The failure that an answer other than 101 is.</summary>
    public static LayerFailedException Failure(UpgradeResponse response, string body, ProbePlan plan)
    {
        var own = IsOwnPage(body);
        var nginx = own || IsNginx(response.Value("Server"));
        var who = AnsweredBy(response, body);
        var said = $"{who} answered {response.Status.ToString(CultureInfo.InvariantCulture)}"
            + $"{(response.Reason.Length == 0 ? "" : " " + response.Reason)} instead of 101";
        said = char.ToUpperInvariant(said[0]) + said[1..];
        var (stage, cause, meaning, fix) = Judge(response, body, own, nginx, plan);
        return new LayerFailedException(stage, cause, $"{said}: {meaning}", fix ?? NextCommand.Diagnose(plan.Uri));
    }

    private static (SummitProbeStage Stage, SummitCause Cause, string Meaning, string? Fix) Judge(
        UpgradeResponse response, string body, bool own, bool nginx, ProbePlan plan)
    {
        switch (response.Status)
        {
            case 400 when body.Contains("plain HTTP request was sent to HTTPS port", StringComparison.OrdinalIgnoreCase)
                || body.Contains("Client sent an HTTP request to an HTTPS server", StringComparison.OrdinalIgnoreCase):
                return Upgrade(SummitCause.TlsOnPlainPort, "the port speaks TLS and was asked without it.", Secure(plan));
            case 400 when body.Contains("No required SSL certificate was sent", StringComparison.OrdinalIgnoreCase)
                || body.Contains("The SSL certificate error", StringComparison.OrdinalIgnoreCase):
                return (
                    SummitProbeStage.Tls, SummitCause.ClientCertificateRequired,
                    "the server demands a client certificate (ssl_verify_client), which browsers' WebSockets rarely have.",
                    Config(plan));
            case 401 or 403 when own:
                return Upgrade(
                    SummitCause.NginxRejectsHandshake,
                    "nginx refuses by a rule of its own: allow/deny, auth_basic, auth_request or a folder it may not list.",
                    NextCommand.Route(plan));
            case 401 or 403:
                return Upgrade(SummitCause.AuthenticationFailed, "the application does not accept the token or the credentials"
                    + (plan.Request.Token is null && !plan.Redirected ? "; none was given with -Token." : "."), Token(plan));
            case 407:
                return (
                    SummitProbeStage.Proxy, SummitCause.ProxyFailed, "a proxy on the way demands credentials.",
                    $"Test-SummitWebSocket -Uri {PowerShellWord.Quote(plan.Shown)} -Proxy none");
            case >= 300 and < 400:
                return Upgrade(SummitCause.NginxRedirect, $"it redirects to {Target(response)}, and WebSocket clients do not follow "
                    + $"redirects (-MaximumRedirection does). {RedirectHint(response, plan)}", NextCommand.Route(plan));
            case 426 when response.Value("Sec-WebSocket-Version") is { Length: > 0 } versions
                && !response.Lists("Sec-WebSocket-Version", "13"):
                return Upgrade(
                    SummitCause.BackendRejectsUpgrade,
                    $"the backend speaks only version {versions} of the protocol, not 13 (RFC 6455).",
                    null);
            case 400 or 426 when !own:
                return Upgrade(
                    SummitCause.NginxUpgradeHeadersMissing,
                    "the backend saw an ordinary request: the Upgrade and Connection headers did not reach it (proxy_http_version 1.1 and "
                        + "both proxy_set_header lines are needed).",
                    Check(plan));
            case 404 when own || !nginx:
                return own
                    ? Upgrade(
                        SummitCause.NginxLocationMissing,
                        $"no location of the server block takes {Path(plan)}, so nginx looked for a file.",
                        NextCommand.Route(plan))
                    : Upgrade(SummitCause.BackendRejectsUpgrade, $"it knows no WebSocket at {Path(plan)}.", null);
            case 404:
                return Upgrade(
                    SummitCause.NginxUpgradeHeadersMissing,
                    $"the request reached the backend as an ordinary one (no Upgrade header), or the backend has no {Path(plan)}.",
                    Check(plan));
            case 405 or 416 when own:
            case >= 200 and < 300 when nginx:
                return Upgrade(
                    SummitCause.NginxLocationMissing,
                    $"{Path(plan)} is answered like a web page: no location of its own takes it to the backend.",
                    NextCommand.Route(plan));
            case 408 or 413 or 414 or 429 or 431 or 494 when own:
            case 400 or 500 or 503 when own:
                return Upgrade(
                    SummitCause.NginxRejectsHandshake, $"nginx refuses by itself: {OwnReason(response.Status)}.", NextCommand.Route(plan));
            case 421 when nginx:
                return Upgrade(
                    SummitCause.NginxWrongServer, "the server block that answered is not the one for this name.", NextCommand.Route(plan));
            case 502 or 503 or 504 when IsLoadBalancer(response):
                return Upgrade(SummitCause.LoadBalancerBlocked, OfLoadBalancer(response.Status), null);
            case 502:
                return Upgrade(
                    SummitCause.BackendNotListening,
                    "nginx is well and reaches no backend: nothing listens on the port that proxy_pass names, or it hangs up.",
                    NextCommand.Backend(plan.Uri));
            case 504:
                return Upgrade(
                    SummitCause.BackendTimeout,
                    "the backend took the connection and did not answer within proxy_connect_timeout or proxy_read_timeout.",
                    NextCommand.Backend(plan.Uri));
            case 505:
                return Upgrade(SummitCause.NginxHttpVersion, "the server was asked with an HTTP version it does not speak.", Check(plan));
            case >= 500:
                return Upgrade(
                    SummitCause.BackendError, "the backend failed while it handled the handshake.", NextCommand.Backend(plan.Uri));
            default:
                return Upgrade(SummitCause.BackendRejectsUpgrade, "the server does not upgrade the connection.", null);
        }
    }

    private static (SummitProbeStage Stage, SummitCause Cause, string Meaning, string? Fix) Upgrade(
        SummitCause cause, string meaning, string? fix) =>
        (SummitProbeStage.Upgrade, cause, meaning, fix);

    /// <summary>nginx's built-in pages end in a rule and its name; nothing else looks like that.</summary>
    private static bool IsOwnPage(string body) =>
        body.Contains("<hr><center>nginx", StringComparison.OrdinalIgnoreCase)
            || body.Contains("<hr><center>openresty", StringComparison.OrdinalIgnoreCase);

    private static bool IsNginx(string server) =>
        server.StartsWith("nginx", StringComparison.OrdinalIgnoreCase)
            || server.StartsWith("openresty", StringComparison.OrdinalIgnoreCase);

    private static bool IsLoadBalancer(UpgradeResponse response) =>
        response.Value("Server").StartsWith("awselb", StringComparison.OrdinalIgnoreCase);

    // what an Application Load Balancer answers by itself: its user guide, "Troubleshoot your Application Load Balancers"
    private static string OfLoadBalancer(int status) => status switch
    {
        502 => "the load balancer reached its target, which closed the connection or did not answer in the target group's protocol "
            + "(HTTPS to a plain port, or HTTP to a TLS port).",
        503 => "the load balancer has no target to send to: its target group is empty, or all of its targets are unused or draining.",
        _ => "no target answers the load balancer in time: a security group, a network ACL or a firewall drops its packets, or the "
            + "target is slow. An unhealthy target is still sent to where no healthy one is left.",
    };

    private static string Path(ProbePlan plan) => plan.Uri.Target.Split('?')[0];

    private static string Target(UpgradeResponse response) =>
        response.Value("Location") is { Length: > 0 } location ? Text.Secrets.RedactUri(location) : "nowhere (no Location header)";

    private static string RedirectHint(UpgradeResponse response, ProbePlan plan)
    {
        var location = response.Value("Location").Split('?')[0];
        if (location.EndsWith(Path(plan) + "/", StringComparison.Ordinal))
        {
            return "It adds a slash: the location ends in one (location /ws/) and the request does not.";
        }

        if (!plan.Uri.Tls && location.StartsWith("https:", StringComparison.OrdinalIgnoreCase)) return "It leads to TLS: use wss://.";
        return "Either the location returns or rewrites, or the application sends its clients elsewhere (to log in, for example).";
    }

    private static string OwnReason(int status) => status switch
    {
        413 or 414 or 431 or 494 or 400 =>
            "the request, or its headers and cookies, does not suit it (large_client_header_buffers, error log at info)",
        429 => "limit_req or limit_conn",
        503 => "limit_req, limit_conn, or a 'return 503' for maintenance",
        408 => "the request took too long",
        _ => "an internal error, often auth_request or a rewrite loop; its error log names it",
    };

    private static string Secure(ProbePlan plan) =>
        $"Test-SummitWebSocket -Uri {PowerShellWord.Quote("wss" + plan.Shown[plan.Shown.IndexOf(':', StringComparison.Ordinal)..])}";

    private static string Config(ProbePlan plan) => $"Test-SummitNginxConfig{NextCommand.Site(plan.Uri)}";

    private static string Check(ProbePlan plan) => $"Test-SummitNginxConfig{NextCommand.Site(plan.Uri)}";

    private static string Token(ProbePlan plan) =>
        $"Test-SummitWebSocket -Uri {PowerShellWord.Quote(plan.Shown.Split('?')[0])} -Token (Read-Host -AsSecureString)";
}
