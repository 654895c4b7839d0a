using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Backend;

/// <summary>The handshake past nginx, straight at the backend: what it answers there is its own.</summary>
internal sealed class BackendUpgrade : ICheck
{
    public CheckDefinition Definition { get; } = new(
        "Backend.Upgrade", "Backend answers a WebSocket upgrade", SummitSeverity.Error, SummitRuleScope.Backend)
    {
        Causes =
        [
            SummitCause.BackendNotListening, SummitCause.BackendWrongAddress, SummitCause.BackendTimeout,
            SummitCause.BackendRejectsUpgrade, SummitCause.NginxUpstreamScheme, SummitCause.BackendRejectsOrigin,
            SummitCause.BackendRejectsHost, SummitCause.BackendRejectsProxyHeaders, SummitCause.BackendError,
            SummitCause.TlsOnPlainPort, SummitCause.AuthenticationFailed, SummitCause.WebSocketProtocolError,
            SummitCause.NginxUpstreamMismatch, SummitCause.NginxUpgradeHeadersMissing,
        ],
        LooksAt =
        [
            SummitCause.BackendNotListening, SummitCause.BackendWrongAddress, SummitCause.BackendTimeout,
            SummitCause.BackendRejectsUpgrade, SummitCause.NginxUpstreamScheme, SummitCause.BackendRejectsOrigin,
            SummitCause.BackendRejectsHost, SummitCause.BackendRejectsProxyHeaders, SummitCause.BackendError,
            SummitCause.TlsOnPlainPort, SummitCause.AuthenticationFailed, SummitCause.WebSocketProtocolError,
        ],
        Restates = "Backend.Running",
    };

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var site = evidence.Site;
        if (ReplayedUpgrade.Judge(evidence) is { } replayed) return replayed;
        var finding = Definition.On($"{site.BackendHost}:{site.BackendPort}");
        if (evidence.Hop(SiteEvidence.BackendHop) is not { } hop)
        {
            return finding.Unknown("The backend was not asked: only a host that can be reached is.");
        }

        if (hop.Success) return finding.Pass($"{hop.Uri} answered 101{Message(hop)}", "101 Switching Protocols", "101 Switching Protocols");

        // the port is nobody's then, and a socket is asked by the replay alone
        if (evidence.UpstreamSocket is { Length: > 0 } socket && hop.FailedStage == SummitProbeStage.Tcp)
        {
            return evidence.Hop(SiteEvidence.LoopbackHop) is { Success: true }
                ? finding.Pass($"through nginx a WebSocket opens at the UNIX socket {ForeignText.Visible(socket)}")
                : finding.Unknown(
                    $"nginx passes {site.WebSocketPath} to the UNIX socket {ForeignText.Visible(socket)}, which was not asked itself.",
                    $"sudo curl -i --unix-socket {ShellWord.Quote(socket)} http://localhost{ShellWord.Quote(site.WebSocketPath)}");
        }

        var cause = Cause(hop);
        // through nginx it opens: then nginx asks for another path than was asked for here
        var served = hop.HttpStatus is not null and < 500 && evidence.Hop(SiteEvidence.LoopbackHop) is { Success: true };
        return (served ? finding with { Severity = SummitSeverity.Warning } : finding).Fail(
            cause, $"{hop.Uri}, past nginx: {hop.Explanation}", "101 Switching Protocols",
            hop.HttpStatus is { } status ? $"{status} {hop.HttpReason}".TrimEnd() : hop.FailedStage.ToString(),
            cause == SummitCause.AuthenticationFailed
                ? Command.For("Invoke-SummitDiagnostic", evidence) + " -Token (Read-Host -AsSecureString)"
                : BackendCommands.Logs(evidence));
    }

    /// <summary>What an answer of the backend's own means.</summary>
    internal static SummitCause Cause(SummitWebSocketResult hop) => hop switch
    {
        { FailedStage: SummitProbeStage.Tcp } => SummitCause.BackendNotListening,
        { Cause: SummitCause.AuthenticationFailed or SummitCause.BackendTimeout or SummitCause.TlsOnPlainPort } => hop.Cause,
        { CloseCode: 1008 } => SummitCause.AuthenticationFailed,
        { HttpStatus: null } => SummitCause.BackendError,
        { HttpStatus: >= 500 } => SummitCause.BackendError,
        { HttpStatus: not 101 } => SummitCause.BackendRejectsUpgrade,
        { Cause: SummitCause.WebSocketProtocolError } => SummitCause.WebSocketProtocolError,
        _ => SummitCause.BackendError,
    };

    private static string Message(SummitWebSocketResult hop) => hop.FirstMessage is { } message ? $", first message {message}" : "";
}
