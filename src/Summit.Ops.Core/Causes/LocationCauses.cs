using static Summit.Ops.Causes.CauseNature;
using static Summit.Ops.Causes.Symptoms;
using static Summit.Ops.SummitCause;
using static Summit.Ops.SummitRepairAction;

namespace Summit.Ops.Causes;

/// <summary>What nginx does with the request before it asks the backend.</summary>
internal static class LocationCauses
{
    public static CauseLayer Layer { get; } = new(
        "The server block and the location",
        new(NginxConnectionLimit, OfTheMoment, "nginx has no connections or file descriptors left for new clients.")
        {
            Explains =
            [
                BackendError, BackendNotListening, BackendTimeout, NginxRejectsHandshake, NginxUpstreamMismatch, NginxNotRunning,
                TlsProtocolMismatch, Unknown,
            ],
            Remedy = Remedy.Beyond("how many connections nginx may hold is a matter of the whole host"),
        },
        new(NginxWrongServer, OnDisk, "Another server block answers for this name and port.")
        {
            Explains = OfAnotherServer,
            Remedy = new(DeployConfig),
        },
        new(NginxRedirect, OnDisk, "nginx answers the handshake with a redirect, and a WebSocket client does not follow one.")
        {
            Explains = [NginxLocationMissing, Unknown],
            Proof = CauseProof.ChangeReplayed,
            Remedy = new(DeployConfig),
        },
        new(NginxLocationShadowed, OnDisk, "Another location takes the requests for the WebSocket path.")
        {
            Explains =
            [
                NginxLocationMissing, NginxUpgradeHeadersMissing, NginxHttpVersion, NginxRedirect, NginxRejectsHandshake,
                NginxUpstreamMismatch, BackendRejectsUpgrade, BackendNotListening, Unknown,
            ],
            Proof = CauseProof.ChangeReplayed,
            Remedy = new(DeployConfig),
        },
        new(NginxLocationMissing, OnDisk,
            "The site's server block has no location for the WebSocket path, so the handshake never gets to the backend.")
        {
            Explains =
            [
                NginxUpgradeHeadersMissing, NginxHttpVersion, NginxRedirect, NginxRejectsHandshake, BackendRejectsUpgrade, Unknown,
            ],
            Proof = CauseProof.ChangeReplayed,
            Remedy = new(DeployConfig),
        },
        new(NginxRejectsHandshake, OnDisk,
            "nginx itself refuses the handshake: a limit, an access rule or an auth_request stands in front of the backend.")
        {
            Explains = [AuthenticationFailed, Unknown],
            Remedy = Remedy.Beyond("a limit or an access rule was written by somebody who meant it"),
        });
}
