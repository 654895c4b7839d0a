using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Summit.Ops.Text;

namespace Summit.Ops.Evidence;

/// <summary>A listening socket and a process that has it open.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="Program">Its name, as the process gives it.</param>
/// <param name="Unit">The systemd unit that it runs in; empty where none is known.</param>
internal sealed record ListeningProcess(IPEndPoint Address, int ProcessId, string Program, string Unit)
{
    /// <summary>The account that it runs as, where the host said; else empty.</summary>
    public string Account { get; init; } = "";

    /// <summary>The account whose pm2 has started it; empty where none has, or that is not known.</summary>
    public string Pm2Of { get; init; } = "";

    /// <summary>Its name, its number and whose it is, in words.</summary>
    public string Described
    {
        get
        {
            var service = Service.Length > 0 ? $", unit {Service}" : "";
            var pm2 = Pm2Of.Length > 0 ? $", under the pm2 of {Pm2Of}" : "";
            return $"{Program} (pid {ProcessId}{(Account.Length > 0 ? $" of {Account}" : "")}{service}{pm2})";
        }
    }

    /// <summary>The service that it is part of, without its end; empty where it is part of none.</summary>
    public string Service => Unit.EndsWith(".service", StringComparison.Ordinal) ? Unit[..^".service".Length] : "";
}

/// <summary>Which process listens where, from what <c>ss -tlnp</c> printed and from each process's parents.</summary>
internal sealed partial class SocketTable
{
    private readonly Dictionary<int, (int Parent, string Unit)> _tree;

    private SocketTable(IReadOnlyList<ListeningProcess> all, Dictionary<int, (int Parent, string Unit)> tree) => (All, _tree) = (all, tree);

    /// <summary>All that the account may know of.</summary>
    public IReadOnlyList<ListeningProcess> All { get; }

    /// <summary>Reads both sections; a line that is not understood is left out.</summary>
    public static SocketTable Read(string sockets, string tree, string owners = "", string pm2 = "")
    {
        var (accounts, daemons) = (Pairs(owners), Pairs(pm2));
        var parents = new Dictionary<int, (int Parent, string Unit)>();
        foreach (var fields in tree.Split('\n').Select(line => line.Split(' ', 3)).Where(fields => fields.Length == 3))
        {
            if (int.TryParse(fields[0], out var id) && int.TryParse(fields[1], out var parent))
            {
                parents[id] = (parent, fields[2] == "-" ? "" : ForeignText.Visible(fields[2]));
            }
        }

        var all = new List<ListeningProcess>();
        foreach (var line in sockets.Split('\n'))
        {
            var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 6 || fields[0] != "LISTEN" || Endpoint(fields[3]) is not { } address) continue;
            // a process names itself, and a name may hold what looks like another process: then nothing of the line is believed
            if (!Users().IsMatch(fields[5])) continue;
            foreach (Match user in User().Matches(fields[5]))
            {
                var id = int.Parse(user.Groups["pid"].ValueSpan, CultureInfo.InvariantCulture);
                all.Add(new(address, id, ForeignText.Visible(user.Groups["name"].Value), parents.GetValueOrDefault(id).Unit ?? "")
                {
                    Account = accounts.GetValueOrDefault(user.Groups["pid"].Value, ""),
                    Pm2Of = daemons.GetValueOrDefault(user.Groups["pid"].Value, ""),
                });
            }
        }

        return new SocketTable(all, parents);
    }

    /// <summary>Who listens on a port.</summary>
    public IEnumerable<ListeningProcess> On(int port) => All.Where(socket => socket.Address.Port == port);

    /// <summary>Where a process, or one that it started, listens.</summary>
    public IEnumerable<ListeningProcess> Of(int process) => All.Where(socket => Belongs(socket.ProcessId, process));

    private static Dictionary<string, string> Pairs(string section)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in section.Split('\n').Select(line => line.Split(' ', 2)).Where(pair => pair.Length == 2))
        {
            pairs.TryAdd(pair[0], ForeignText.Visible(pair[1].Trim()));
        }

        return pairs;
    }

    private bool Belongs(int process, int ancestor)
    {
        for (var (at, depth) = (process, 0); at > 1 && depth < 8; depth++)
        {
            if (at == ancestor) return true;
            if (!_tree.TryGetValue(at, out var entry)) return false;
            at = entry.Parent;
        }

        return false;
    }

    // ss writes * for both families, and an interface behind a percent sign
    private static IPEndPoint? Endpoint(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), out var port)) return null;
        var host = text[..colon].Trim('[', ']').Split('%')[0];
        return host == "*"
            ? new IPEndPoint(IPAddress.IPv6Any, port)
            : IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port) : null;
    }

    [GeneratedRegex(
        """^users:\(\("[^"]*",pid=\d{1,9},fd=\d+\)(,\("[^"]*",pid=\d{1,9},fd=\d+\))*\)\s*$""",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Users();

    [GeneratedRegex(
        """\("(?<name>[^"]*)",pid=(?<pid>\d{1,9}),fd=\d+\)""",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex User();
}
