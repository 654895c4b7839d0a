using static Summit.Ops.Causes.CauseNature;
using static Summit.Ops.Causes.Symptoms;
using static Summit.Ops.SummitCause;
using static Summit.Ops.SummitRepairAction;

namespace Summit.Ops.Causes;

/// <summary>Whether nginx runs, and with which configuration.</summary>
internal static class NginxCauses
{
    public static CauseLayer Layer { get; } = new(
        "nginx and its files",
        new(NginxNotInstalled, OnDisk, "There is no nginx on the server under the name that the site gives it.")
        {
            Explains = [NginxNotRunning, NginxConfigNotDeployed, NginxConfigNotEnabled, .. OfAnotherServer],
            Remedy = Remedy.Beyond("packages are not installed unasked"),
        },
        new(NginxNotRunning, OfTheMoment, "nginx does not run, so every connection is refused.")
        {
            ExplanationHere = evidence => evidence.Host is { SaysProcesses: true } host && host.Workers(evidence.Site).Count > 0
                ? "nginx runs, and does not listen where clients connect, so every connection from outside is refused."
                : null,
            Explains = [CertificateNotReloaded, NginxNotReloaded, TlsProtocolMismatch, .. OfAnotherServer],
            StandsAsSeen = true,
            Remedy = new(ReloadNginx),
        },
        new(NginxSyntaxInvalid, OnDisk,
            "The configuration on the disk does not pass nginx -t: the running nginx keeps an old one, and after its next restart "
            + "there is none.")
        {
            ExplanationHere = evidence => evidence.Host is { SaysProcesses: true } host && host.Master(evidence.Site) is null
                ? "The configuration on the disk does not pass nginx -t, so nginx does not start."
                : null,
            Explains = [NginxNotReloaded, NginxReloadFailed, NginxNotRunning, CertificateNotReloaded, .. OfAnotherServer],
            Remedy = new(DeployConfig),
        },
        new(NginxReloadFailed, OfTheMoment, "nginx was told to reload, could not take the new configuration, and kept the old one.")
        {
            Explains = [NginxNotReloaded, CertificateNotReloaded, .. OfAnotherServer],
            Remedy = new(ReloadNginx),
        },
        new(NginxConfigNotDeployed, OnDisk,
            "The site's nginx configuration is not on the server, so another server block answers for it.")
        {
            Explains = [NginxConfigNotEnabled, NginxNotRunning, .. OfAnotherServer],
            Remedy = new(DeployConfig),
        },
        new(NginxConfigNotEnabled, OnDisk,
            "The site's configuration is on the server, and nginx does not read it: it is not linked into what nginx includes.")
        {
            Explains = [NginxNotRunning, .. OfAnotherServer],
            Remedy = new(DeployConfig),
        },
        new(NginxNotReloaded, OfTheMoment,
            "The configuration on the disk is right, and the running nginx still works with the one before it.")
        {
            Explains = [CertificateNotReloaded, .. OfAnotherServer],
            StandsAsSeen = true,
            Proof = CauseProof.DiskReplayed,
            Remedy = new(ReloadNginx),
        });
}
