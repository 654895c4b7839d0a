using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;
using Summit.Ops.Nginx;
using Summit.Ops.Text;

namespace Summit.Ops.Evidence;

/// <summary>What a host said, raw, and read on demand: the same sections judged again give the same facts.</summary>
public sealed class HostEvidence
{
    private readonly Lazy<IReadOnlyDictionary<string, string>> _facts;
    private readonly Lazy<IReadOnlyDictionary<string, string>> _found;
    private readonly Lazy<IReadOnlyList<NginxProcess>> _processes;
    private readonly Lazy<IReadOnlyList<IPEndPoint>?> _listeners;
    private readonly Lazy<SummitNginxConfig?> _disk;
    private readonly Lazy<SummitNginxConfig?> _draft;

    /// <summary>Keeps the sections.</summary>
    [JsonConstructor]
    public HostEvidence(SummitTarget target, IReadOnlyDictionary<string, EvidenceSection> sections, TimeSpan duration)
    {
        Target = target;
        Sections = sections;
        Duration = duration;
        _facts = new(() => ReadPairs("host"));
        _found = new(() => ReadPairs("nginx.found"));
        _processes = new(ReadProcesses);
        _listeners = new(ReadListeners);
        _disk = new(() => ReadDump("nginx.dump"));
        _draft = new(() => ReadDump("nginx.raw"));
    }

    /// <summary>The host.</summary>
    public SummitTarget Target { get; }

    /// <summary>Everything it said, by name.</summary>
    public IReadOnlyDictionary<string, EvidenceSection> Sections { get; }

    /// <summary>How long gathering took.</summary>
    public TimeSpan Duration { get; }

    /// <summary>The host's clock when it was asked.</summary>
    [JsonIgnore]
    public DateTimeOffset Now => UnixTime.Of(Seconds(Fact("now"))) ?? DateTimeOffset.UnixEpoch;

    /// <summary>The same moment as the host's own logs write it, in its local time; null where it did not say.</summary>
    [JsonIgnore]
    public DateTime? LocalTime =>
        DateTime.TryParseExact(Fact("local"), "yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            ? local
            : null;

    /// <summary>The account that gathered.</summary>
    [JsonIgnore]
    public string User => Fact("user");

    /// <summary>Whether what needs root could be looked at.</summary>
    [JsonIgnore]
    public bool HasRoot => Fact("uid") == "0" || Fact("as_root") is not ("" or "none");

    /// <summary>
    /// What sudo gives the account: all, list (some commands), password (it is asked for), none; empty where the host did not say.
    /// </summary>
    [JsonIgnore]
    internal string Sudo => Fact("sudo");

    /// <summary>
    /// Of the commands that are proposed, those that sudo lets the account run without a password, where it has a list of some.
    /// </summary>
    [JsonIgnore]
    internal IReadOnlyList<string> Allows =>
        Fact("allows").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Whose the backend is, where nobody said; found on the host.</summary>
    [JsonIgnore]
    internal BackendOwner Owner =>
        Sections.TryGetValue("backend.owner", out var owner) ? BackendOwner.Read(owner.Text) : BackendOwner.Nobody;

    /// <summary>The pm2 command that is there without the node it needs; empty where node is there, or nobody looked.</summary>
    [JsonIgnore]
    internal string NodeMissing => Said("pm2.node").Trim();

    /// <summary>Which process listens where, as far as the account may know.</summary>
    [JsonIgnore]
    internal SocketTable Sockets => SocketTable.Read(
        Said("sockets"), Said("sockets.tree"), Said("sockets.owners"), Said("sockets.pm2"));

    /// <summary>The unit that runs the backend; null where there is none.</summary>
    [JsonIgnore]
    internal SystemdUnit? BackendUnit => SystemdUnit.Read(Said("systemd"));

    /// <summary>How long ago systemd started a unit; null where the host did not say.</summary>
    internal TimeSpan? Age(SystemdUnit unit) => Booted is { } booted && unit.Started is { } started ? Now - booted - started : null;

    private DateTimeOffset? Booted =>
        long.TryParse(Fact("booted"), out var booted) ? UnixTime.Of(booted) : null;

    /// <summary>
    /// nginx's own unit, where the site's nginx is the one of that name: it has no prefix and no main file of its own. Null
    /// where there is none, or no systemd.
    /// </summary>
    internal SystemdUnit? NginxUnit(SummitSite site) =>
        site.NginxPrefix.Length == 0 && site.NginxConfigPath.Length == 0 ? SystemdUnit.Read(Said("nginx.unit")) : null;

    /// <summary>The end of the journal of nginx's unit, where that has failed.</summary>
    [JsonIgnore]
    internal string NginxJournal => Said("nginx.journal");

    /// <summary>Why the journal could not be read; empty where it was, or nobody looked.</summary>
    [JsonIgnore]
    internal string JournalDenied => Said("journal.denied").Trim();

    /// <summary>SELinux's mode; empty where there is none.</summary>
    [JsonIgnore]
    public string Selinux => Fact("selinux");

    /// <summary>Whether the site's nginx command can be run; so it is taken where the host did not say.</summary>
    [JsonIgnore]
    public bool NginxInstalled => !Sections.TryGetValue("nginx.version", out var version) || version.ExitCode != 127;

    /// <summary>Whether the host said what runs on it.</summary>
    [JsonIgnore]
    public bool SaysProcesses => Sections.ContainsKey("processes") || Sections.ContainsKey("processes.ps");

    /// <summary>nginx's version, for example <c>1.22.1</c>; null where it did not say.</summary>
    [JsonIgnore]
    public string? NginxVersion
    {
        get
        {
            const string mark = "nginx version: ";
            var line = Said("nginx.version").Split('\n').FirstOrDefault(line => line.StartsWith(mark, StringComparison.Ordinal));
            var slash = line?.IndexOf('/', StringComparison.Ordinal) ?? -1;
            return slash < 0 ? null : line![(slash + 1)..].Split(' ')[0].Trim();
        }
    }

    /// <summary>The version, and whose it is where it is not nginx's own: <c>1.25.5 (nginx-plus)</c>.</summary>
    [JsonIgnore]
    internal string? NginxBuild => NginxVersion is not { } version ? null
        : Nginx.Semantics.NginxVersion.Relative(string.Join('\n', Said("nginx.version").Split('\n')
            .Where(line => line.Contains(" version: ", StringComparison.Ordinal)))) is { } relative ? $"{version} ({relative})" : version;

    /// <summary>What <c>nginx -t</c> said of the disk; null where it could not be run.</summary>
    [JsonIgnore]
    public EvidenceSection? NginxTest => Sections.GetValueOrDefault("nginx.test");

    /// <summary>The configuration as it lies on the disk, by <c>nginx -T</c>; null where nginx did not dump it.</summary>
    [JsonIgnore]
    public SummitNginxConfig? Disk => _disk.Value;

    /// <summary>
    /// The same files as they lie there, where nginx refuses them and dumps nothing; null where it dumped them, or they could not be read.
    /// </summary>
    [JsonIgnore]
    internal SummitNginxConfig? Draft => _draft.Value;

    /// <summary>What filters packets on the host, by the names that its own script gives the sections; empty where nobody looked.</summary>
    [JsonIgnore]
    internal IReadOnlyDictionary<string, EvidenceSection> Firewall =>
        Sections.Where(section => section.Key.StartsWith("firewall.", StringComparison.Ordinal))
            .ToDictionary(section => section.Key["firewall.".Length..], section => section.Value, StringComparer.Ordinal);

    /// <summary>Every nginx process on the host.</summary>
    [JsonIgnore]
    public IReadOnlyList<NginxProcess> NginxProcesses => _processes.Value;

    /// <summary>The listening TCP sockets; null where the host could not say.</summary>
    [JsonIgnore]
    public IReadOnlyList<IPEndPoint>? Listeners => _listeners.Value;

    /// <summary>A file's bytes as they lie on the host; null where it is missing or could not be read.</summary>
    public byte[]? File(string path) => Sections.TryGetValue($"file:{path}", out var file) && file.ExitCode == 0 ? file.ToBytes() : null;

    /// <summary>Whether a path is there; null where nobody looked.</summary>
    public bool? Exists(string path) =>
        Sections.TryGetValue($"path:{path}", out var section) ? section.Text.Contains("exists", StringComparison.Ordinal) : null;

    /// <summary>Where a link points, links followed to the end; null where it is no link.</summary>
    public string? LinkTarget(string path) => Sections.GetValueOrDefault($"path:{path}")?.Text.Split('\n')
        .FirstOrDefault(line => line.StartsWith("real ", StringComparison.Ordinal))?[5..];

    /// <summary>Where the link leads by which nginx reads a file; null where it reads the file itself.</summary>
    internal string? Real(string path) =>
        Said("nginx.links").Split('\n').Select(line => line.Split('\t')).FirstOrDefault(pair => pair.Length == 2 && pair[0] == path)?[1]
            ?? LinkTarget(path);

    /// <summary>Whether a folder that nginx includes files of is there; null where nobody looked.</summary>
    internal bool? HasFolder(string folder) =>
        Sections.ContainsKey("nginx.folders") ? Said("nginx.folders").Split('\n').Contains(folder) : null;

    /// <summary>
    /// What holds the site's port for a container, where the site names no nginx; empty where that is the
    /// host's own nginx, or nobody looked.
    /// </summary>
    [JsonIgnore]
    internal string PortContainer => Found("container");

    /// <summary>
    /// The container that nginx runs in, where it was found; null where it is the host's own nginx, or a
    /// container that no engine here knows.
    /// </summary>
    [JsonIgnore]
    internal NginxContainer? Container => NginxContainer.Read(_found.Value);

    /// <summary>What a container that does not run said last; empty where it runs.</summary>
    [JsonIgnore]
    internal string ContainerLog => Said("container.log");

    /// <summary>Whether nginx runs in a container that only root can look into, and sudo makes the account root.</summary>
    [JsonIgnore]
    internal bool ContainerNeedsRoot => Found("needs") == "root";

    /// <summary>
    /// The site with the program, prefix and main file of the nginx that holds its port; the same site where that is the
    /// usual nginx, or none holds it.
    /// </summary>
    internal SummitSite FoundNginx(SummitSite site)
    {
        // the command of a container is a line of sh already
        var command = Found("line") is { Length: > 0 } line ? line : Found("command") is { Length: > 0 } path ? ShellWord.Quote(path) : "";
        return command.Length == 0
            ? site
            : site with { NginxCommand = command, NginxPrefix = Found("prefix").TrimEnd('/'), NginxConfigPath = Found("conf") };
    }

    /// <summary>Whether the link that enables the site is there and leads to its file.</summary>
    public bool IsEnabled(SummitSite site) =>
        LinkTarget(site.EnabledPath) is { } leads && (leads == site.ConfigPath || leads == LinkTarget(site.ConfigPath));

    /// <summary>Whether nginx reads the site's file from the disk, by its own path, the link's, or where a link leads.</summary>
    public bool IsIncluded(SummitSite site) => Disk is { } disk && disk.Files.Any(file =>
        file.Path == site.ConfigPath || file.Path == LinkTarget(site.ConfigPath)
            || (file.Path == site.EnabledPath && (site.EnabledPath == site.ConfigPath || IsEnabled(site))));

    /// <summary>The journal of a deployment that did not end; empty where there is none.</summary>
    [JsonIgnore]
    public string OpenJournal => Said("deploy.journal").Trim();

    /// <summary>The folder on the way to the site's file that another account can change; empty where none can.</summary>
    [JsonIgnore]
    public string SharedFolder => Said("deploy.shared").Trim();

    /// <summary>The last change of each file that nginx reads: the later of mtime and ctime, since copying may keep the former.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, DateTimeOffset> FileChanges => Changes(folders: false);

    /// <summary>
    /// The last change of each folder that nginx includes files of: one that was taken out of it changes none of the others.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, DateTimeOffset> FolderChanges => Changes(folders: true);

    private Dictionary<string, DateTimeOffset> Changes(bool folders) =>
        Said("nginx.files").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 6))
            .Where(fields => fields.Length == 6 && (HasFolder(fields[5]) == true) == folders)
            .GroupBy(fields => fields[5], StringComparer.Ordinal)
            .ToDictionary(
                file => file.Key,
                file => UnixTime.Clamp(Math.Max(Seconds(file.First()[0]), Seconds(file.First()[1]))),
                StringComparer.Ordinal);

    /// <summary>Lines of nginx's error logs by file.</summary>
    public IEnumerable<(string Path, string Text)> ErrorLogs() => Starting("log:").Where(log => Sections["log:" + log.Path].ExitCode == 0);

    // what the host says of a log that is not there
    private const int Missing = 2;

    /// <summary>nginx's error logs that could not be read.</summary>
    public IEnumerable<string> UnreadLogs() =>
        Starting("log:").Where(log => Sections["log:" + log.Path].ExitCode is not (0 or Missing)).Select(log => log.Path);

    /// <summary>nginx's error logs that are not there, as root sees it.</summary>
    public IEnumerable<string> MissingLogs() =>
        Starting("log:").Where(log => Sections["log:" + log.Path].ExitCode == Missing).Select(log => log.Path);

    /// <summary>
    /// nginx's error logs that were rotated or deleted while nginx has them open: the path of each, and the file that nginx writes to.
    /// </summary>
    internal IEnumerable<(string Path, string Open)> RotatedLogs() =>
        Said("nginx.rotated").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))
            .Where(fields => fields.Length == 2).Select(fields => (fields[0], fields[1]));

    /// <summary>Lines of the backend's logs by file.</summary>
    public IEnumerable<(string Path, string Text)> BackendLogs() => Starting("backend.log:");

    /// <summary>When a log of the backend was last written; null where that is not known.</summary>
    internal DateTimeOffset? LogChanged(string path) =>
        Sections.TryGetValue($"backend.changed:{path}", out var changed) && long.TryParse(changed.Text.Trim(), out var at)
            ? UnixTime.Clamp(at)
            : null;

    /// <summary>The certificate chains that are configured, by file: PEM, or null where the file could not be read.</summary>
    public IEnumerable<(string Path, string? Pem)> Certificates() =>
        Sections.Where(section => section.Key.StartsWith("certificate:", StringComparison.Ordinal)
            && !section.Key.EndsWith(".err", StringComparison.Ordinal))
            .Select(section => (section.Key["certificate:".Length..], section.Value.ExitCode == 0 ? section.Value.Text : null));

    /// <summary>The master process of this site's nginx; null where it does not run.</summary>
    public NginxProcess? Master(SummitSite site)
    {
        var masters = NginxProcesses.Where(process => process.IsMaster).ToList();
        // the one that holds the port
        if ((Named(Found("master")) ?? Named(Said("nginx.pid"))) is { } named) return named;

        // a stale or missing pid file: by the command line, as far as that is told from others
        var prefix = site.NginxPrefix;
        return masters.FirstOrDefault(process => prefix.Length > 0
            ? process.Title.Contains(prefix, StringComparison.Ordinal)
            : !process.Title.Contains(" -p ", StringComparison.Ordinal) && !process.Title.Contains(" -c ", StringComparison.Ordinal));

        NginxProcess? Named(string text) =>
            int.TryParse(text.Trim(), out var id) ? masters.FirstOrDefault(process => process.Id == id) : null;
    }

    /// <summary>The workers that take new connections for this site's nginx.</summary>
    public IReadOnlyList<NginxProcess> Workers(SummitSite site) =>
        Master(site) is { } master ? [.. NginxProcesses.Where(process => process.IsWorker && process.ParentId == master.Id)] : [];

    /// <summary>Why pm2 could not be asked; empty where it was, or where no daemon runs.</summary>
    [JsonIgnore]
    public string Pm2Silent =>
        Said("pm2.home").TrimEnd() is { Length: > 0 } home && home.EndsWith(" unreadable", StringComparison.Ordinal)
            ? $"{User} may not look into {home[..^" unreadable".Length]}"
        : Said("pm2.home").TrimEnd() is { Length: > 0 } folder && folder.EndsWith(" foreign", StringComparison.Ordinal)
            ? $"the daemon of {folder[..^" foreign".Length]} is not run by the account that its folder belongs to; "
                + "name the account that runs it (-BackendUser)"
        : Sections.TryGetValue("pm2", out var pm2)
            ? pm2.ExitCode == 0 ? "" : $"pm2 jlist ended with {pm2.ExitCode}: {ForeignText.Visible(Said("pm2.err").Trim())}"
        : Said("pm2.home").TrimEnd() is { Length: > 0 } daemon && !daemon.EndsWith(" none", StringComparison.Ordinal)
            ? $"its daemon runs (process {daemon[(daemon.LastIndexOf(' ') + 1)..]}), and the pm2 command was not found"
        : "";

    /// <summary>
    /// The site's backend processes: more than one in pm2's cluster mode, one that says what listens where there is no manager.
    /// </summary>
    public IReadOnlyList<SummitBackend> Backends(SummitSite site)
    {
        var listeners = Listeners ?? [];
        if (Sections.TryGetValue("pm2", out var pm2) && pm2.ExitCode == 0
            && BackendProcesses.FromPm2(pm2.Text, site, Target, listeners, Now) is { Count: > 0 } managed) return managed;
        if (Owner is { Saved: true } saved && BackendUnit is null or { IsMasked: true })
        {
            return [BackendProcesses.Saved(site, Target, listeners, saved)];
        }

        if (Sections.TryGetValue("systemd", out var systemd)
            && BackendProcesses.FromSystemd(systemd.Text, site, Target, listeners) is { } unit)
        {
            return [unit];
        }

        return [BackendProcesses.Unmanaged(site, Target, listeners)];
    }

    /// <summary>What the pm2 that was asked runs beside the site's backend.</summary>
    internal IReadOnlyList<SummitBackend> OtherProcesses(SummitSite site) =>
        Sections.TryGetValue("pm2", out var pm2) && pm2.ExitCode == 0 ? BackendProcesses.Others(pm2.Text, site, Target) : [];

    /// <summary>How many connections clients have open at a port that something listens at; null where the host does not say.</summary>
    internal int? ClientsAt(int port)
    {
        if (!Sections.ContainsKey("clients")) return null;
        return ReadPairs("clients").TryGetValue(port.ToString("X4", CultureInfo.InvariantCulture), out var open) ? Number(open) : 0;
    }

    /// <summary>The workers of this site's nginx that only serve what they have to its end, the oldest first.</summary>
    internal IReadOnlyList<NginxProcess> OldWorkers(SummitSite site) =>
        Master(site) is { } master
            ? [.. NginxProcesses.Where(process => process.IsOld && process.ParentId == master.Id).OrderBy(process => process.Started)]
            : [];

    /// <summary>How many connections of clients an old worker still serves; null where the host does not say.</summary>
    internal int? ServedBy(NginxProcess worker) =>
        ReadPairs("nginx.old").TryGetValue($"{worker.Id}", out var served) ? Number(served) : null;

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static long Seconds(string text) => long.TryParse(text, out var seconds) ? seconds : 0;

    /// <summary>Lines of a key and what it is, as far as the first of each key.</summary>
    private Dictionary<string, string> ReadPairs(string section) => Said(section).Split('\n')
        .Select(line => line.Split(' ', 2)).Where(pair => pair.Length == 2)
        .GroupBy(pair => pair[0], StringComparer.Ordinal)
        .ToDictionary(pair => pair.Key, pair => pair.First()[1], StringComparer.Ordinal);

    private string Found(string name) => _found.Value.GetValueOrDefault(name, "");

    private string Fact(string name) => _facts.Value.GetValueOrDefault(name, "");

    private string Said(string section) => Sections.TryGetValue(section, out var found) ? found.Text : "";

    private IEnumerable<(string Path, string Text)> Starting(string prefix) =>
        Sections.Where(
            section => section.Key.StartsWith(prefix, StringComparison.Ordinal) && !section.Key.EndsWith(".err", StringComparison.Ordinal))
            .Select(section => (section.Key[prefix.Length..], section.Value.Text));

    private IReadOnlyList<NginxProcess> ReadProcesses() => Sections.TryGetValue("processes", out var proc)
        ? Evidence.NginxProcesses.FromProc(
            proc.Text,
            Booted,
            int.TryParse(Fact("ticks"), out var ticks) && ticks > 0 ? ticks : 100)
        : Evidence.NginxProcesses.FromPs(Said("processes.ps"));

    private IReadOnlyList<IPEndPoint>? ReadListeners() =>
        Sections.TryGetValue("listeners", out var proc) ? ListenerTable.FromProc(proc.Text)
        : Sections.TryGetValue("listeners.netstat", out var netstat) ? ListenerTable.FromNetstat(netstat.Text)
        : null;

    private SummitNginxConfig? ReadDump(string section) =>
        Sections.TryGetValue(section, out var dump) && dump.ExitCode == 0 && dump.Text.Length > 0
            ? NginxConfigReader.FromDump(dump.Text, Target)
            : null;
}
