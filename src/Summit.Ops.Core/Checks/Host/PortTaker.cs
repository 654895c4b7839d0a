using System.Net;
using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Host;

/// <summary>Another program that has a port which nginx needs, so that nginx cannot start.</summary>
/// <param name="Evidence">Who has which port.</param>
/// <param name="Fix">The command that frees it and starts nginx.</param>
internal sealed record PortTaker(string Evidence, string Fix)
{
    private const int Http = 80;

    /// <summary>The first such program; null where all ports of nginx are free, or that cannot be known.</summary>
    public static PortTaker? Of(SiteEvidence evidence, HostEvidence host)
    {
        int[] ports = [Http, evidence.Site.Port];
        var refused = host.NginxJournal.Contains("Address already in use", StringComparison.Ordinal);
        foreach (var port in ports)
        {
            var sockets = host.Sockets.On(port).Where(socket => socket.Program != "nginx").ToList();
            if (sockets.Count > 0 && (refused || port == evidence.Site.Port))
            {
                var first = sockets[0];
                var unit = first.Unit.EndsWith(".service", StringComparison.Ordinal) ? first.Unit[..^".service".Length] : "";
                var free = unit.Length > 0 ? $"sudo systemctl stop {ShellWord.Quote(unit)} && sudo systemctl start nginx" : $"sudo kill {first.ProcessId} && sudo systemctl start nginx";
                return new(
                    $"{first.Program} (pid {first.ProcessId}{(unit.Length > 0 ? $", unit {unit}" : "")}) has port {port}, which nginx needs",
                    $"{free}   # {first.Program} loses its port: make sure that nothing needs it, and disable it or give it another port");
            }

            // the names of other accounts' processes are not for everybody
            if (sockets.Count == 0 && refused && host.Listeners?.Any(listener => listener.Port == port && !IPAddress.IsLoopback(listener.Address)) == true)
            {
                return new($"another program has port {port}, which nginx needs", $"sudo ss -tlnp 'sport = :{port}'   # shows which; free the port, then: sudo systemctl start nginx");
            }
        }

        return null;
    }
}
