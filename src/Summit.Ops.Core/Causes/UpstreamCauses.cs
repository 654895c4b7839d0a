using static Summit.Ops.Causes.CauseNature;
using static Summit.Ops.Causes.Symptoms;
using static Summit.Ops.SummitCause;
using static Summit.Ops.SummitRepairAction;

namespace Summit.Ops.Causes;

/// <summary>What nginx sends to the backend, and where to.</summary>
internal static class UpstreamCauses
{
    public static CauseLayer Layer { get; } = new(
        "From nginx to the backend",
        new(NginxUpgradeHeadersMissing, OnDisk,
            "nginx does not pass Upgrade and Connection on, so the backend sees an ordinary request and refuses it.")
        {
            Explains = [NginxHttpVersion, BackendRejectsUpgrade, BackendError, NginxLocationMissing, Unknown],
            Proof = CauseProof.RequestReplayed,
            Remedy = new(DeployConfig),
        },
        new(NginxHttpVersion, OnDisk, "nginx speaks HTTP/1.0 to the backend, and HTTP/1.0 has no upgrade.")
        {
            Explains = [NginxUpgradeHeadersMissing, BackendRejectsUpgrade, BackendError, NginxLocationMissing, Unknown],
            Proof = CauseProof.RequestReplayed,
            Remedy = new(DeployConfig),
        },
        new(NginxUpstreamMismatch, OnDisk, "nginx passes the handshake to an address or path at which the backend has no WebSocket.")
        {
            Explains = OfADeadBackend,
            Proof = CauseProof.RequestReplayed,
            Remedy = new(DeployConfig),
        },
        new(NginxUpstreamScheme, OnDisk, "nginx speaks TLS to the backend, and the backend speaks plain HTTP.")
        {
            Explains = [.. OfADeadBackend, .. OfARefusal],
            Proof = CauseProof.RequestReplayed,
            Remedy = new(DeployConfig),
        },
        new(NginxResolverMissing, OnDisk,
            "nginx cannot look up the backend's name: proxy_pass has it in a variable, and nginx's own resolver is missing or does "
            + "not know it.")
        {
            Explains = [BackendNotListening, BackendError, NginxUpstreamMismatch, Unknown],
            Remedy = Remedy.Beyond("which name server this network has is not for nginx's file to guess"),
        },
        new(UpstreamSocketDenied, OnDisk, "nginx's workers may not write to the backend's UNIX socket.")
        {
            Explains = [BackendNotListening, BackendNotRunning, BackendError, NginxUpstreamMismatch, Unknown],
            Remedy = Remedy.Beyond("the application makes its socket, and says who may write to it"),
        },
        new(SelinuxDenied, OfTheMoment, "SELinux forbids nginx to connect to the backend.")
        {
            Explains = [BackendNotListening, BackendError, NginxUpstreamMismatch, Unknown],
            Remedy = Remedy.Beyond("the host's security policy is not changed unasked"),
        },
        new(NginxHeaderTooBig, OnDisk,
            "The header of the backend's answer is larger than nginx's proxy_buffer_size, so nginx drops the answer and says 502.")
        {
            Explains = [BackendNotListening, BackendError, NginxUpstreamMismatch, Unknown],
            Remedy = new(DeployConfig),
        });
}
