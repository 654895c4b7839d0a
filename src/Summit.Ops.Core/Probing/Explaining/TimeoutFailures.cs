using System.Globalization;
using System.Net;
using Summit.Ops.Probing.Connecting;
using Summit.Ops.Text;

namespace Summit.Ops.Probing.Explaining;

/// <summary>What it means when the budget ends in a layer.</summary>
internal static class TimeoutFailures
{
    public static LayerFailedException For(ProbeTrace trace)
    {
        var plan = trace.Plan;
        var seconds = plan.Request.Timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        var (cause, text) = trace.Stage switch
        {
            SummitProbeStage.Dns => (
                SummitCause.DnsNameNotFound,
                $"The name {plan.DialHost} did not resolve within {seconds} s: the name servers do not answer."),
            SummitProbeStage.Tcp when trace.Addresses.Count > 0 && trace.Addresses.All(IsHere) =>
                (SummitCause.HostFirewallBlocked, ConnectFailures.DroppedHere(trace.Addresses[0], trace.RemotePort)),
            SummitProbeStage.Tcp => (
                SummitCause.SecurityGroupBlocked,
                $"No answer from {string.Join(", ", trace.Addresses)} port {trace.RemotePort} within {seconds} s: "
                    + "the packets are dropped on the way, as a security group or a firewall without a rule for the port does."),
            SummitProbeStage.Proxy =>
                (SummitCause.ProxyFailed, $"The HTTP proxy took the connection and opened no tunnel within {seconds} s."),
            SummitProbeStage.Tls => (SummitCause.Unknown, "The server took the connection and did not finish the TLS handshake within "
                + $"{seconds} s: what listens there may not be speaking TLS, or hangs."),
            SummitProbeStage.Upgrade => (
                SummitCause.BackendTimeout,
                $"The server took the connection and did not finish its answer to the upgrade request within {seconds} s: "
                    + "nginx waits for the backend, or the backend hangs."),
            _ => (SummitCause.BackendTimeout, $"The WebSocket opened, and the time of {seconds} s ran out."),
        };
        var fix = trace.Stage switch
        {
            SummitProbeStage.Dns => $"[System.Net.Dns]::GetHostAddresses({PowerShellWord.Quote(plan.DialHost)})",
            SummitProbeStage.Proxy => $"Test-SummitWebSocket -Uri {PowerShellWord.Quote(plan.Shown)} -Proxy none",
            _ => NextCommand.Diagnose(plan.Uri),
        };
        return new LayerFailedException(trace.Stage, cause, text, fix);
    }

    private static bool IsHere(string address) => IPAddress.TryParse(address, out var parsed) && IPAddress.IsLoopback(parsed);
}
