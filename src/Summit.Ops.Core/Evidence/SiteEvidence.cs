using System.Text.Json.Serialization;
using Summit.Ops.Checks;
using Summit.Ops.Checks.Network;
using Summit.Ops.Checks.Nginx;
using Summit.Ops.Errors;
using Summit.Ops.Evidence.Replaying;
using Summit.Ops.Network;
using Summit.Ops.Nginx;

namespace Summit.Ops.Evidence;

/// <summary>Everything a diagnosis judges: gathered once at the edges, then only read.</summary>
public sealed class SiteEvidence
{
    /// <summary>The hop names, from the backend outwards.</summary>
    public const string BackendHop = "Backend", LoopbackHop = "NginxLoopback", PublicHop = "Public";

    private readonly Lazy<SummitNginxRoute?> _route;
    private readonly Lazy<IReadOnlyList<SummitCheck>> _rules;
    private readonly Lazy<NetworkWay?> _way;
    private readonly Lazy<HostRules> _hostRules;
    private readonly Lazy<ReplayFacts> _replayed;
    private readonly Lazy<bool> _endsInCircle;

    /// <summary>Keeps what was gathered.</summary>
    [JsonConstructor]
    public SiteEvidence(
        SummitSite site, SummitTarget target, DateTimeOffset taken, HostEvidence? host, string hostMissing,
        IReadOnlyList<SummitWebSocketResult> hops, NetworkPath? networkPath = null, string networkMissing = "",
        IReadOnlyList<SummitReplay>? replays = null)
    {
        Site = site;
        Target = target;
        Taken = taken;
        Host = host;
        HostMissing = hostMissing;
        Hops = hops;
        NetworkPath = networkPath;
        NetworkMissing = networkMissing;
        Replays = replays ?? [];
        _route = new(() => host?.Disk is { } disk ? NginxRouter.Resolve(
            disk,
            new NginxRequest(
                UpstreamReplay.HostHeader(site), site.Port, Tls: true, site.WithQuery(site.WebSocketPath), LocalAddress, host.NginxVersion)
            {
                HasToken = HasToken,
            })
            : null);
        _rules = new(() => RuledConfig is { } config
            ? NginxRules.Evaluate(config, site, host?.NginxBuild, host?.NginxTest is { ExitCode: 0 }, LocalAddress, HasToken)
            : []);
        _way = new(() => NetworkPath is null ? null : NetworkWay.Judge(this));
        _hostRules = new(() => HostRules.Judge(this));
        _replayed = new(() => new ReplayFacts(Replays));
        _endsInCircle = new(() => host?.Disk is { } disk && new RuleContext(disk, site, host.NginxVersion).EndsInCircle);
    }

    /// <summary>The site.</summary>
    public SummitSite Site { get; }

    /// <summary>The host.</summary>
    public SummitTarget Target { get; }

    /// <summary>When it was gathered, on the clock of the machine that asked.</summary>
    public DateTimeOffset Taken { get; }

    /// <summary>What the host said; null where it could not be asked.</summary>
    public HostEvidence? Host { get; }

    /// <summary>Why the host could not be asked; empty where it was.</summary>
    public string HostMissing { get; }

    /// <summary>One probe for each hop, from the backend outwards.</summary>
    public IReadOnlyList<SummitWebSocketResult> Hops { get; }

    /// <summary>What EC2 says of the way to the host; null where it is no instance, or EC2 was not asked or did not answer.</summary>
    public NetworkPath? NetworkPath { get; }

    /// <summary>Why there is no <see cref="NetworkPath"/>; empty where there is, and where nobody would ask EC2.</summary>
    public string NetworkMissing { get; }

    /// <summary>The handshakes that the host replayed at the backend; empty where none was.</summary>
    public IReadOnlyList<SummitReplay> Replays { get; }

    /// <summary>
    /// Whether the probes from here sent a client's token in the query: what nginx makes of it is then not to be read in the files.
    /// </summary>
    public bool HasToken { get; init; }

    /// <summary>The same evidence with handshakes that were replayed.</summary>
    internal SiteEvidence With(IReadOnlyList<SummitReplay> replays) =>
        new(Site, Target, Taken, Host, HostMissing, Hops, NetworkPath, NetworkMissing, replays) { HasToken = HasToken };

    /// <summary>What the replays show.</summary>
    [JsonIgnore]
    internal ReplayFacts Replayed => _replayed.Value;

    /// <summary>The way of a WebSocket handshake through the configuration on the disk; null where that could not be read.</summary>
    [JsonIgnore]
    public SummitNginxRoute? Route => _route.Value;

    /// <summary>
    /// The UNIX socket that nginx passes a handshake to; empty where that is a port. Then nothing has to listen on the site's port.
    /// </summary>
    [JsonIgnore]
    internal string UpstreamSocket => Route is { Upstreams: [var only] } && only.StartsWith("unix:/", StringComparison.Ordinal)
        ? only["unix:".Length..].TrimEnd(':')
        : "";

    /// <summary>
    /// The nginx rules on what is on the disk: the whole configuration, or the site's file alone where nginx does not dump a broken one.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<SummitCheck> Rules => _rules.Value;

    /// <summary>Whether the configuration on the disk makes nginx pass the handshake to itself without end.</summary>
    [JsonIgnore]
    internal bool EndsInCircle => _endsInCircle.Value;

    /// <summary>What EC2's word means for clients; null where EC2 said nothing.</summary>
    [JsonIgnore]
    internal NetworkWay? Way => _way.Value;

    /// <summary>What the host's own firewall means for clients.</summary>
    [JsonIgnore]
    internal HostRules HostRules => _hostRules.Value;

    /// <summary>The same with other probes.</summary>
    internal SiteEvidence With(IReadOnlyList<SummitWebSocketResult> hops) =>
        new(Site, Target, Taken, Host, HostMissing, hops, NetworkPath, NetworkMissing) { HasToken = HasToken };

    /// <summary>The site as a command has to name it: with the account and the name of the backend that were found on the host.</summary>
    [JsonIgnore]
    internal SummitSite FoundSite
    {
        get
        {
            if (Host is not { } host || host.Listeners is null) return Site;
            var backend = host.Backends(Site)[0];
            var account = backend.Manager != SummitBackendManager.Systemd && Site.BackendUser.Length == 0
                && host.Owner.Account is { Length: > 0 } found ? found : Site.BackendUser;
            return account == Site.BackendUser && backend.Name == Site.ProcessName
                ? Site
                : Site with { BackendUser = account, ProcessName = backend.Name };
        }
    }

    /// <summary>The site as a cmdlet has to name it: what was found of the backend is said to those that act on it only.</summary>
    internal SummitSite SiteFor(string cmdlet) => cmdlet.Contains("Backend", StringComparison.Ordinal) ? FoundSite : Site;

    /// <summary>The probe of one hop; null where it was not made.</summary>
    public SummitWebSocketResult? Hop(string name) => Hops.FirstOrDefault(hop => hop.Hop == name);

    /// <summary>What the host said.</summary>
    /// <exception cref="SummitHostException">It could not be asked (HostNotReached).</exception>
    public HostEvidence Answered() => Host ?? throw new SummitHostException(
        "HostNotReached", SummitErrorKind.Unavailable, $"{Target} could not be asked: {HostMissing}", Target,
        Command.For("Invoke-SummitDiagnostic", this));

    /// <summary>
    /// The host's address that clients connect to, where nginx has a listen line for that very address; null where it has
    /// none, or the address is not known.
    /// </summary>
    /// <remarks>
    /// nginx looks at the address before it looks at any name: a server on all addresses is not asked where
    /// another one has the connection's own.
    /// </remarks>
    internal string? LocalAddress => Host?.Disk is not { } disk ? null
        : new[] { Target.PrivateAddress, Hop(PublicHop)?.Address, Hop(LoopbackHop)?.Address }.FirstOrDefault(
            address => !string.IsNullOrEmpty(address) && disk.Model.Listens.On(Site.Port).Any(socket => socket.Host == address));

    private SummitNginxConfig? RuledConfig => Host?.Disk
        ?? (Host?.File(Site.ConfigPath) is { } bytes ? NginxConfigReader.FromBytes(Site.ConfigPath, bytes, Target) : null);
}
