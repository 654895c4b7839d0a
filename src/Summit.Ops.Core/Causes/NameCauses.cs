using static Summit.Ops.Causes.CauseNature;
using static Summit.Ops.Causes.Symptoms;
using static Summit.Ops.SummitCause;

namespace Summit.Ops.Causes;

/// <summary>What stops a client before its first packet.</summary>
internal static class NameCauses
{
    public static CauseLayer Layer { get; } = new(
        "The name and the client's proxy",
        new(DnsNameNotFound, OfTheMoment, "The host name does not resolve, so no client gets as far as a connection.")
        {
            Explains = [Unknown],
            Remedy = Remedy.Beyond("the name's records belong to its DNS zone"),
        },
        new(DnsWrongAddress, OfTheMoment, "The host name leads to an address that is not this server's.")
        {
            Explains = [.. OfAClosedPort, CertificateNameMismatch, NginxLocationMissing],
            Remedy = Remedy.Beyond("the name's records belong to its DNS zone"),
        },
        new(ProxyFailed, OfTheMoment, "The HTTP proxy between the client and the server does not connect.")
        {
            Explains = [Unknown],
            Remedy = Remedy.Beyond("the proxy stands on the client's side"),
        });
}
