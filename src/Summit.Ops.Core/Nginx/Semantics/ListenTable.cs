using System.Net;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>One address and port that nginx listens on, with its servers.</summary>
internal sealed class ListenSocket(string host, int port)
{
    public string Host { get; } = host;

    public int Port { get; } = port;

    public List<ServerScope> Servers { get; } = [];

    public ServerScope Default => _explicitDefault ?? Servers[0];

    public bool HasExplicitDefault => _explicitDefault is not null;

    public bool Ssl { get; private set; }

    public bool ProxyProtocol { get; private set; }

    public bool Http2 { get; private set; }

    public bool DualStack { get; private set; }

    public ServerNameTable Names => _names ??= new ServerNameTable(Servers);

    private ServerScope? _explicitDefault;
    private ServerNameTable? _names;

    public void Add(ServerScope server, ListenAddress? listen)
    {
        if (Servers.Count == 0 || Servers[^1] != server) Servers.Add(server);
        if (listen is null) return;
        if (listen.Default) _explicitDefault ??= server;
        Ssl |= listen.Ssl;
        ProxyProtocol |= listen.ProxyProtocol;
        Http2 |= listen.Http2;
        DualStack |= listen.DualStack;
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

/// <summary>Every socket of the http context by its port.</summary>
internal sealed class ListenTable
{
    private readonly Dictionary<int, List<ListenSocket>> _ports = [];

    public ListenTable(IReadOnlyList<ServerScope> servers)
    {
        foreach (var server in servers)
        {
            if (server.Listens.Count == 0) Socket("*", 80).Add(server, listen: null);
            foreach (var listen in server.Listens.Where(listen => !listen.Quic))
            {
                for (var port = listen.Port; port <= listen.LastPort; port++) Socket(listen.Host, port).Add(server, listen);
            }
        }
    }

    public IEnumerable<ListenSocket> Sockets => _ports.Values.SelectMany(sockets => sockets);

    public IReadOnlyList<ListenSocket> On(int port) => _ports.TryGetValue(port, out var sockets) ? sockets : [];

    /// <summary>The socket that takes a connection to this address; the sentence says why.</summary>
    public ListenSocket? Choose(int port, string? localAddress, out string why)
    {
        var sockets = On(port);
        if (sockets.Count == 0)
        {
            why = $"nothing listens on port {port}";
            return null;
        }

        var wanted = localAddress is null ? null : IPAddress.TryParse(localAddress, out var address) ? address.ToString() : localAddress;
        if (wanted is not null
            && sockets.FirstOrDefault(
                socket => socket.Host == wanted || (socket.Host == "localhost" && wanted == "127.0.0.1")) is { } exact)
        {
            why = $"listen {exact}: the connection's own address";
            return exact;
        }

        var six = wanted?.Contains(':', StringComparison.Ordinal);
        var wildcard = six switch
        {
            true => sockets.FirstOrDefault(socket => socket.Host == "::"),
            false => sockets.FirstOrDefault(socket => socket.Host == "*")
                ?? sockets.FirstOrDefault(socket => socket is { Host: "::", DualStack: true }),
            null => sockets.FirstOrDefault(socket => socket.Host == "*") ?? sockets.FirstOrDefault(socket => socket.Host == "::"),
        };
        if (wildcard is not null)
        {
            why = $"listen {wildcard}: any address on port {port}";
            return wildcard;
        }

        if (wanted is null)
        {
            why = sockets.Count == 1
                ? $"listen {sockets[0]}: the only socket on port {port}"
                : $"listen {sockets[0]}: the first of {sockets.Count} sockets on port {port}, for a connection whose address is not known";
            return sockets[0];
        }

        why = $"port {port} is open on {string.Join(", ", sockets)} and not on {wanted}";
        return null;
    }

    private ListenSocket Socket(string host, int port)
    {
        if (!_ports.TryGetValue(port, out var sockets)) _ports[port] = sockets = [];
        var found = sockets.Find(socket => socket.Host == host);
        if (found is null) sockets.Add(found = new ListenSocket(host, port));
        return found;
    }
}
