using System.Net.Sockets;
using Summit.Ops.Probing.Upgrading;
using Summit.Ops.Text;

namespace Summit.Ops.Probing.Explaining;

/// <summary>What it means when the answer to the upgrade request is no HTTP answer, or a 101 that opens nothing.</summary>
internal static class UpgradeFailures
{
    public static LayerFailedException Broken(BadResponseException error, ProbeTrace trace)
    {
        var plan = trace.Plan;
        if (error.Kind is BadResponseKind.Empty or BadResponseKind.Cut && trace.ClientCertificateRequested) return ClientCertificate(trace);
        if (error.Kind == BadResponseKind.Tls) return TlsOnPlainPort(trace);
        var text = error.Kind == BadResponseKind.Empty
            ? "The connection was closed without a byte of an answer to the upgrade request: "
                + "nginx does that with 'return 444', a backend when it crashes on the request."
            : $"The answer to the upgrade request is broken: {error.Message}.";
        return new(SummitProbeStage.Upgrade, SummitCause.WebSocketProtocolError, text, NextCommand.Diagnose(plan.Uri), error);
    }

    public static LayerFailedException Disconnected(IOException error, long received, ProbeTrace trace)
    {
        // TLS 1.3 lets the client finish its handshake before the server says that it wanted a certificate
        if (trace.ClientCertificateRequested) return ClientCertificate(trace);
        var reset = false;
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
        {
            reset |= inner is SocketException { SocketErrorCode: SocketError.ConnectionReset };
        }

        var how = reset ? "was reset (TCP RST)" : "broke";
        var when = received == 0
            ? "before a byte of the answer to the upgrade request came"
            : "in the middle of the answer to the upgrade request";
        return new(
            SummitProbeStage.Upgrade,
            SummitCause.WebSocketProtocolError,
            $"The connection {how} {when}: the process behind the port died or refuses the request without a word.",
            NextCommand.Diagnose(trace.Plan.Uri),
            error);
    }

    public static LayerFailedException TlsOnPlainPort(ProbeTrace trace)
    {
        var shown = trace.Plan.Shown;
        return new(
            SummitProbeStage.Upgrade,
            SummitCause.TlsOnPlainPort,
            $"Port {trace.RemotePort} speaks TLS and was asked without it: use wss://.",
            $"Test-SummitWebSocket -Uri {PowerShellWord.Quote("wss" + shown[shown.IndexOf(':', StringComparison.Ordinal)..])}");
    }

    public static LayerFailedException NoWebSocket(string violation, ProbeTrace trace) =>
        new(
            SummitProbeStage.Upgrade,
            SummitCause.WebSocketProtocolError,
            $"The server answered 101 and opened no WebSocket: {violation}.",
            NextCommand.Diagnose(trace.Plan.Uri));

    private static LayerFailedException ClientCertificate(ProbeTrace trace) =>
        new(
            SummitProbeStage.Tls,
            SummitCause.ClientCertificateRequired,
            "The server asked for a client certificate, got none and hung up (ssl_verify_client on): browsers' WebSockets rarely have one.",
            $"Test-SummitNginxConfig{NextCommand.Site(trace.Plan.Uri)}");
}
