using Summit.Ops.Checks.Backend;
using Summit.Ops.Checks.Host;
using Summit.Ops.Checks.Network;
using Summit.Ops.Checks.Tls;
using Summit.Ops.Checks.WebSocket;
using Summit.Ops.Evidence;
using Summit.Ops.Network;
using Summit.Ops.Nginx;

namespace Summit.Ops.Checks;

/// <summary>Every check of a diagnosis, in the order it is shown: the guide's nine first, in the guide's order.</summary>
public static class CheckList
{
    private static readonly ICheck[] BeforeTheRules = [new BackendRunning()];

    private static readonly ICheck[] AfterTheRules = [new NginxSyntax(), new NginxReloaded(), new Port443(), new TlsCertificate()];

    private static readonly ICheck[] AfterTheGuide =
    [
        new NginxRunning(), new BackendWebSocketLog(), new NginxConfigDeployed(), new BackendUpgrade(),
        new NginxErrorLog(), new TlsLoaded(),
        new NginxOldWorkers(), new HostBoot(), ClientView.Loopback, ClientView.Public,
    ];

    /// <summary>What is known of each check of a diagnosis, in the order it is shown.</summary>
    internal static IReadOnlyList<CheckDefinition> Definitions { get; } =
    [
        .. Own(BeforeTheRules), .. NginxRules.OfTheGuide.Select(rule => rule.Definition), .. Own(AfterTheRules), .. Own(AfterTheGuide),
        .. NetworkChecks.All, .. NginxRules.All.Except(NginxRules.OfTheGuide).Select(rule => rule.Definition),
    ];

    private static readonly Dictionary<string, CheckDefinition> ById = Definitions.ToDictionary(each => each.Id, StringComparer.Ordinal);

    private static readonly Dictionary<SummitCause, string[]> ByCause = Definitions
        .SelectMany(check => check.LooksAt.Select(cause => (cause, check.Id)))
        .GroupBy(each => each.cause, each => each.Id)
        .ToDictionary(each => each.Key, each => each.ToArray());

    /// <summary>Whether a check only shows symptoms: what it says is a cause only where nothing else explains it.</summary>
    public static bool IsSymptom(string id) => ById.TryGetValue(id, out var check) && check.IsSymptom;

    /// <summary>Whether that is what a check looks at.</summary>
    public static bool Sees(string id, SummitRuleScope scope) => ById.TryGetValue(id, out var check) && check.Sees == scope;

    /// <summary>The check that says the same of the same fault, and is counted in place of this one; null for none.</summary>
    public static string? RestatedBy(string id) => ById.TryGetValue(id, out var check) ? check.Restates : null;

    /// <summary>
    /// The checks that look at a cause itself: if each of them is Unknown, it is not ruled out. Empty if only a client sees it.
    /// </summary>
    internal static IReadOnlyList<string> LookingAt(SummitCause cause) => ByCause.GetValueOrDefault(cause, []);

    /// <summary>The backend's checks alone.</summary>
    public static IReadOnlyList<SummitCheck> Backend(SiteEvidence evidence) =>
        [new BackendRunning().Evaluate(evidence), new BackendUpgrade().Evaluate(evidence), new BackendWebSocketLog().Evaluate(evidence)];

    /// <summary>Judges all of it.</summary>
    public static IReadOnlyList<SummitCheck> Evaluate(SiteEvidence evidence)
    {
        var rules = evidence.Rules.ToDictionary(rule => rule.Id, StringComparer.Ordinal);
        List<SummitCheck> checks =
        [
            .. BeforeTheRules.Select(check => check.Evaluate(evidence)),
            .. NginxRules.OfTheGuide.Select(rule => Rule(rule.Definition)),
            .. AfterTheRules.Select(check => check.Evaluate(evidence)),
            .. AfterTheGuide.Select(check => check.Evaluate(evidence)),
            .. evidence.Way?.Address is { } address ? [address] : Array.Empty<SummitCheck>(),
            .. evidence.Way?.Checks ?? [],
            .. evidence.HostRules.Checks,
        ];
        var shown = checks.Select(check => check.Id).ToHashSet(StringComparer.Ordinal);
        checks.AddRange(evidence.Rules.Where(rule => !shown.Contains(rule.Id)));
        return NginxInContainer.Over(SiteDescription.Over(ReplayedChecks.Over(checks, evidence), evidence), evidence);

        SummitCheck Rule(CheckDefinition definition) => rules.TryGetValue(definition.Id, out var rule)
            ? rule
            : definition.On(evidence.Site.ConfigPath, evidence.Site).Unknown(Unread(evidence), Command.Nginx(evidence.Site, "-T"));
    }

    private static IEnumerable<CheckDefinition> Own(IEnumerable<ICheck> checks) => checks.Select(check => check.Definition);

    /// <summary>Why no configuration was read.</summary>
    private static string Unread(SiteEvidence evidence) => evidence.Host switch
    {
        null => evidence.HostMissing,
        { NginxInstalled: false } => "There is no nginx, so there is no configuration.",
        _ => "nginx does not dump a configuration that it refuses, and the site's file could not be read; see Nginx.Syntax.",
    };
}
