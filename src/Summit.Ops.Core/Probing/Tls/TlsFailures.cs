using System.Net.Sockets;
using System.Text;
using Summit.Ops.Text;

namespace Summit.Ops.Probing.Tls;

/// <summary>What a failed TLS handshake means.</summary>
internal static class TlsFailures
{
    // RFC 8446, section 6
    private const int BadCertificate = 42;
    private const int HandshakeFailure = 40;
    private const int ProtocolVersion = 70;
    private const int InsufficientSecurity = 71;
    private const int InternalError = 80;
    private const int UnrecognizedName = 112;
    private const int CertificateRequired = 116;
    private const int NoApplicationProtocol = 120;

    /// <summary>The TLS alert by which a server says that it is nobody of this name.</summary>
    public static LayerFailedException NameRefused(ProbePlan plan)
    {
        var (cause, text, fix) = RefusedName(plan);
        return new LayerFailedException(SummitProbeStage.Tls, cause, text, fix);
    }

    private static (SummitCause Cause, string Text, string Fix) RefusedName(ProbePlan plan) => (
        SummitCause.NginxWrongServer,
        $"The server has no certificate for {plan.Uri.AsciiHost} and refuses the name (TLS alert unrecognized_name): "
            + "no server block has this server_name, and the default one has ssl_reject_handshake.",
        NextCommand.Diagnose(plan.Uri));

    public static LayerFailedException For(Exception error, ReadOnlySpan<byte> first, ProbeTrace trace)
    {
        var plan = trace.Plan;
        var answer = TlsAnswer.Read(first);
        if (!answer.IsTls) return NoTls(first, trace);
        var (cause, text, fix) = answer switch
        {
            { Alert: CertificateRequired } => ClientCertificate(plan),
            { Alert: BadCertificate or HandshakeFailure } when trace.ClientCertificateRequested => ClientCertificate(plan),
            { Alert: UnrecognizedName } => RefusedName(plan),
            { Alert: ProtocolVersion } or { HelloVersion: < 0x0303 } => (
                SummitCause.TlsProtocolMismatch,
                "The server speaks no TLS version that is accepted "
                    + $"here{(answer.HelloVersion is { } hello ? $" (it chose {VersionName(hello)})" : "")}: "
                    + "TLS 1.2 or 1.3 is needed (ssl_protocols TLSv1.2 TLSv1.3).",
                Check(plan)),
            { Alert: HandshakeFailure or InsufficientSecurity } => (
                SummitCause.TlsProtocolMismatch,
                "Client and server have no cipher in common, or the server has no certificate at all (TLS alert handshake_failure): "
                    + "see ssl_ciphers and ssl_certificate.",
                Check(plan)),
            { Alert: NoApplicationProtocol } => (
                SummitCause.TlsProtocolMismatch,
                "The server does not speak HTTP/1.1 on this port (TLS alert no_application_protocol), "
                    + "and a WebSocket through nginx needs it.",
                Check(plan)),
            { Alert: InternalError } => (
                SummitCause.Unknown,
                "The server failed inside its TLS handshake (alert internal_error): its error log says why.",
                NextCommand.Diagnose(plan.Uri)),
            { Alert: { } other } =>
                (SummitCause.TlsProtocolMismatch, $"The server refused the TLS handshake with alert {other}.", Check(plan)),
            _ => Without(error, first, trace),
        };
        return new LayerFailedException(SummitProbeStage.Tls, cause, text, fix, error);
    }

    public static LayerFailedException PlainHttp(ProbeTrace trace, Exception? error)
    {
        var shown = trace.Plan.Shown;
        return new LayerFailedException(
            SummitProbeStage.Tls,
            SummitCause.PlainHttpOnTlsPort,
            $"Port {trace.RemotePort} answers in plain HTTP: its listen line has no 'ssl', or this is the backend's own port.",
            $"Test-SummitWebSocket -Uri {PowerShellWord.Quote("ws" + shown[shown.IndexOf(':', StringComparison.Ordinal)..])}",
            error);
    }

    private static (SummitCause Cause, string Text, string Fix) Without(Exception error, ReadOnlySpan<byte> first, ProbeTrace trace)
    {
        var plan = trace.Plan;
        var deepest = Deepest(error);
        if (deepest.Contains("key too small", StringComparison.OrdinalIgnoreCase)
            || deepest.Contains("md too weak", StringComparison.OrdinalIgnoreCase))
        {
            return (
                SummitCause.CertificateWeak,
                $"The certificate's key or signature is too weak for this client's TLS library: {deepest}.",
                CertificateCommand(plan));
        }

        if (trace.ClientCertificateRequested) return ClientCertificate(plan);
        if (deepest.Contains("unsupported protocol", StringComparison.OrdinalIgnoreCase)
            || deepest.Contains("wrong version", StringComparison.OrdinalIgnoreCase))
        {
            return (SummitCause.TlsProtocolMismatch, $"Client and server have no TLS version in common: {deepest}.", Check(plan));
        }

        if (first.Length > 0 && error is not IOException)
        {
            return (SummitCause.TlsProtocolMismatch, $"The TLS handshake failed: {deepest}.", Check(plan));
        }

        var how = IsReset(error) ? "was reset (TCP RST)" : "was closed";
        return first.Length == 0
            ? (
                SummitCause.Unknown,
                $"The connection {how} in answer to the TLS greeting, without a word: "
                    + $"what listens on port {trace.RemotePort} may not speak TLS, or something on the way ends TLS it does not like.",
                NextCommand.Diagnose(plan.Uri))
            : (SummitCause.Unknown, $"The connection {how} in the middle of the TLS handshake: "
                + "the process behind the port died, or something on the way cut it.", NextCommand.Diagnose(plan.Uri));
    }

    private static LayerFailedException NoTls(ReadOnlySpan<byte> first, ProbeTrace trace)
    {
        var plan = trace.Plan;
        if (first.StartsWith("HTTP/"u8)) return PlainHttp(trace, null);
        var shown = ForeignText.Visible(Encoding.Latin1.GetString(first[..Math.Min(first.Length, 40)]));
        return new LayerFailedException(
            SummitProbeStage.Tls,
            SummitCause.TlsProtocolMismatch,
            $"Port {trace.RemotePort} does not speak TLS: its answer begins with '{shown}'.",
            NextCommand.Diagnose(plan.Uri));
    }

    private static (SummitCause Cause, string Text, string Fix) ClientCertificate(ProbePlan plan) =>
        (
            SummitCause.ClientCertificateRequired,
            "The server demands a client certificate and got none (ssl_verify_client on): browsers' WebSockets rarely have one.",
            Check(plan));

    private static string CertificateCommand(ProbePlan plan) => $"Test-SummitCertificate -Uri {PowerShellWord.Quote(plan.Shown)}";

    private static string Check(ProbePlan plan) => $"Test-SummitNginxConfig{NextCommand.Site(plan.Uri)}";

    private static string VersionName(int version) =>
        version switch { 0x0300 => "SSL 3.0", 0x0301 => "TLS 1.0", 0x0302 => "TLS 1.1", _ => $"0x{version:x4}" };

    private static bool IsReset(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is SocketException { SocketErrorCode: SocketError.ConnectionReset }) return true;
        }

        return false;
    }

    private static string Deepest(Exception error)
    {
        while (error.InnerException is { } inner) error = inner;
        return error.Message.TrimEnd('.');
    }
}
