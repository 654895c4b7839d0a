using static Summit.Ops.Causes.CauseNature;
using static Summit.Ops.Causes.Symptoms;
using static Summit.Ops.SummitCause;
using static Summit.Ops.SummitRepairAction;

namespace Summit.Ops.Causes;

/// <summary>The application behind nginx.</summary>
internal static class BackendCauses
{
    public static CauseLayer Layer { get; } = new(
        "The backend",
        new(BackendRestartLoop, OfTheMoment, "The backend starts, ends and is started again; connections break each time.")
        {
            Explains = [BackendNotRunning, .. OfADeadBackend],
            Remedy = new(DeployBackend,
                "it ends by itself each time it is started, which one more start does not change, and the site has "
                + "no DeployCommand that would bring it up to date"),
        },
        new(BackendNotRunning, OfTheMoment, "The backend does not run, so nginx answers 502.")
        {
            Explains = OfADeadBackend,
            StandsAsSeen = true,
            Remedy = new(RestartBackend),
        },
        new(BackendNotListening, OfTheMoment, "Nothing listens on the backend's port, so nginx answers 502.")
        {
            Explains = [BackendTimeout, BackendError, Unknown],
            StandsAsSeen = true,
            Remedy = new(RestartBackend),
        },
        new(BackendWrongAddress, OfTheMoment, "The backend listens on an address that nginx does not connect to.")
        {
            Explains = OfADeadBackend,
            Remedy = Remedy.Beyond("on which address it listens stands in the application's own settings"),
        },
        new(BackendTimeout, OfTheMoment, "The backend takes the connection and does not answer in time, so nginx answers 504.")
        {
            Explains = [BackendError, BackendNotListening, Unknown],
            Remedy = new(RestartBackend),
        },
        new(BackendRejectsOrigin, OfTheMoment,
            "The backend refuses the handshake for its Origin: it does not allow the one that a browser sends, or nginx takes that "
            + "one away.")
        {
            Explains = OfARefusal,
            Proof = CauseProof.RequestReplayed,
            Remedy = Remedy.Beyond(
                "which origins may connect is set in the application, and nginx must not hide the browser's own from "
                + "it"),
        },
        new(BackendRejectsHost, OfTheMoment,
            "The backend refuses the Host header that nginx sends; with the client's own the WebSocket opens.")
        {
            Explains = OfARefusal,
            Proof = CauseProof.RequestReplayed,
            Remedy = new(DeployConfig),
        },
        new(BackendRejectsProxyHeaders, OfTheMoment,
            "The backend refuses the handshake because of a header that nginx adds as a proxy, or leaves out.")
        {
            Explains = OfARefusal,
            Proof = CauseProof.RequestReplayed,
            Remedy = new(DeployConfig),
        },
        new(BackendRejectsUpgrade, OfTheMoment, "The backend itself, asked past nginx, does not upgrade on this path.")
        {
            Explains = [NginxUpgradeHeadersMissing, NginxLocationMissing, NginxRedirect, Unknown],
            StandsAsSeen = true,
            Proof = CauseProof.BackendAsked,
            Remedy = Remedy.OfTheApplication,
        },
        new(BackendError, OfTheMoment, "The backend fails while it handles the connection.")
        {
            Explains = [BackendTimeout, BackendNotListening, Unknown],
            Proof = CauseProof.BackendAsked,
            Remedy = Remedy.OfTheApplication,
        });
}
