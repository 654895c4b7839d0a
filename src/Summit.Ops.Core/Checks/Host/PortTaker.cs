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

    /// <summary>
    /// A program that has the backend's port while the backend's own processes have not, and that opens no WebSocket; null where there is
    /// none, or that cannot be known.
    /// </summary>
    public static PortTaker? OfBackend(SiteEvidence evidence, HostEvidence host, IReadOnlyList<SummitBackend> backends)
    {
        if (backends[0].Manager == SummitBackendManager.None || evidence.Hop(SiteEvidence.BackendHop) is { HttpStatus: 101 or 401 or 403 })
        {
            return null;
        }

        var own = backends.Where(backend => backend.ProcessId is not null).SelectMany(backend => host.Sockets.Of(backend.ProcessId!.Value))
            .Select(socket => socket.ProcessId).ToHashSet();
        var sockets = host.Sockets.On(evidence.Site.BackendPort)
            .Where(socket => socket.ProcessId > 1 && !IsOwnDaemon(socket, evidence, host)).ToList();
        if (sockets.Count == 0
            || sockets.Exists(socket => own.Contains(socket.ProcessId) || backends.Any(backend => backend.ProcessId == socket.ProcessId)))
        {
            return null;
        }

        return Of(sockets[0], evidence.Site.BackendPort, backends[0].Name, Command.For("Restart-SummitBackend", evidence));
    }

    /// <summary>In cluster mode pm2 itself listens; another account's pm2 is a stranger.</summary>
    private static bool IsOwnDaemon(ListeningProcess socket, SiteEvidence evidence, HostEvidence host) =>
        socket.Program.StartsWith("PM2 v", StringComparison.Ordinal)
            && (socket.Account.Length == 0
                || socket.Account == (evidence.FoundSite.BackendUser is { Length: > 0 } account ? account : host.User));

    private static PortTaker Of(ListeningProcess socket, int port, string needs, string start)
    {
        var found = $"{socket.Described} has port {port}, which {needs} needs";
        if (socket.Pm2Of.Length > 0)
        {
            // killed, it would come back at once; and the unit of a pm2 runs all of that account's processes
            return new(
                found,
                $"sudo -iu {ShellWord.Quote(socket.Pm2Of)} pm2 list   # it runs under the pm2 of {socket.Pm2Of}, which starts it again "
                    + $"where it is killed: stop it there (pm2 stop NAME, then pm2 save), then: {start}");
        }

        // a name and a number are the process's own word: no command that ends one is made of them
        return socket.Service is { Length: > 0 } unit
            ? new(
                found,
                $"sudo systemctl stop {ShellWord.Quote(unit)} && {start}   # what ran in it loses its port: "
                    + "make sure that nothing needs it, and disable it or give it another port")
            : new(
                found,
                $"sudo ss -tlnp 'sport = :{port}'   # "
                    + $"{(socket.Account is { Length: > 0 } account ? $"it is a process of {account}" : "shows whose it is")}; "
                    + $"free the port, then: {start}");
    }

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
                return Of(sockets[0], port, "nginx", "sudo systemctl start nginx");
            }

            // the names of other accounts' processes are not for everybody
            if (sockets.Count == 0 && refused
                && host.Listeners?.Any(listener => listener.Port == port && !IPAddress.IsLoopback(listener.Address)) == true)
            {
                return new(
                    $"another program has port {port}, which nginx needs",
                    $"sudo ss -tlnp 'sport = :{port}'   # shows which; free the port, then: sudo systemctl start nginx");
            }
        }

        return null;
    }
}
