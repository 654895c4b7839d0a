using static Summit.Ops.Causes.CauseNature;
using static Summit.Ops.SummitCause;
using static Summit.Ops.SummitRepairAction;

namespace Summit.Ops.Causes;

/// <summary>What ends a WebSocket that nginx and the backend would open.</summary>
internal static class SessionCauses
{
    public static CauseLayer Layer { get; } = new(
        "The WebSocket itself",
        new(AuthenticationFailed, OfTheMoment,
            "The application does not accept the token or the credentials; nginx and the network are fine.")
        {
            Explains = [NginxRejectsHandshake, Unknown],
            StandsAsSeen = true,
            Proof = CauseProof.BackendAsked,
            Remedy = Remedy.Beyond("the token or the account behind it is the caller's"),
        },
        new(NginxIdleTimeout, OnDisk,
            "nginx closes the connection when nothing has been sent for proxy_read_timeout; the client sees 1006.")
        {
            Explains = [WebSocketProtocolError, Unknown],
            Remedy = new(DeployConfig),
        },
        new(WebSocketProtocolError, OfTheMoment, "The server breaks the WebSocket protocol (RFC 6455).")
        {
            Explains = [BackendError, Unknown],
            Remedy = Remedy.Beyond("it is the application's code that breaks the protocol"),
        });
}
