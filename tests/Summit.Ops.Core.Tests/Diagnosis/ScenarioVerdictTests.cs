using System.Reflection;
using Summit.Ops.Diagnosis;
using Summit.Ops.Evidence;
using Summit.Ops.Lab;
using Summit.Ops.Rules;

namespace Summit.Ops.Core.Tests.Diagnosis;

/// <summary>
/// Every fault that the lab can have, made for real, gathered for real, and judged: the right cause first, no false alarm.
/// </summary>
[Trait("Category", "Lab")]
public sealed class ScenarioVerdictTests
{
    public static TheoryData<string> Scenarios => GatheredScenarios.Names;

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task The_injected_fault_is_the_root_cause(string name)
    {
        var (scenario, evidence) = await GatheredScenarios.OfAsync(name);
        var verdict = Verdict.Over(evidence, TimeSpan.Zero);

        Assert.True(
            verdict.RootCause == scenario.Expected || scenario.AlsoTrue.Contains(verdict.RootCause),
            $"expected {scenario.Expected}, found {Told(verdict)}");
        Assert.True(
            verdict.Causes.Count == (scenario.Expected == SummitCause.None ? 0 : 1),
            $"one fault was made, and {verdict.Causes.Count} are named: {Told(verdict)}");
        Assert.Equal(scenario.Expected == SummitCause.None, verdict.Healthy);
        Assert.All(verdict.Checks, check => Assert.NotEmpty(check.Evidence));
        Assert.All(verdict.Checks, check => Assert.Contains(
            RuleCatalogue.All, rule => rule.Id == check.Id && rule.HelpUri == check.HelpUri && MayName(rule, check)));
        var counted = verdict.Failures.Where(check => check.Severity == SummitSeverity.Error).ToList();
        Assert.True(
            counted.Count == verdict.Causes.Count,
            $"one fault is counted {counted.Count} times: {string.Join(", ", counted.Select(check => $"{check.Id} {check.Cause}"))}");
        // what is shown first has a failure for each cause, and no pass or nothing in its place
        Assert.All(verdict.Causes, cause => Assert.Contains(
            verdict.Checklist.Concat(verdict.Further), check => check.Status == SummitCheckStatus.Fail && cause.Checks.Contains(check.Id)));
        Assert.All(
            verdict.Checks.Where(check => check is { Status: SummitCheckStatus.Fail, Severity: SummitSeverity.Error }),
            check => Assert.True(
                verdict.Causes.Any(cause => cause.Checks.Contains(check.Id)) || check.ExplainedBy != SummitCause.None,
                $"{check.Id} is neither spoken of nor explained"));
        Assert.Equal(
            [
                "Backend.Running", "Nginx.WebSocketLocation", "Nginx.UpgradeHeaders", "Nginx.ProxyBuffering", "Nginx.LocationOrder",
                "Nginx.Syntax", "Nginx.Reloaded", "Network.Port443", "Tls.Certificate",
            ],
            verdict.Checks.Take(9).Select(check => check.Id));
    }

    private static bool MayName(SummitRule rule, SummitCheck check) =>
        check.Cause is SummitCause.None or SummitCause.Unknown || rule.Causes.Contains(check.Cause);

    [Fact]
    public async Task What_SELinux_denies_is_found_by_the_words_of_nginx_s_log()
    {
        // SELinux is no thing to switch on in a test: the evidence of a 502 while the backend is well gets the words that it causes
        var (_, evidence) = await GatheredScenarios.OfAsync("upstream-group-down");
        var host = evidence.Host!;
        var log = host.Sections.Keys.First(key => key.StartsWith("log:", StringComparison.Ordinal));
        var line =
            $"{host.LocalTime:yyyy/MM/dd HH:mm:ss} [crit] 1#1: *1 connect() failed (13: Permission denied) while connecting to upstream\n";
        var sections = new Dictionary<string, EvidenceSection>(host.Sections, StringComparer.Ordinal)
        {
            ["host"] = new(0, host.Sections["host"].Text + "selinux Enforcing\n"),
            [log] = new(0, host.Sections[log].Text + line),
        };
        var verdict = Verdict.Over(
            new SiteEvidence(
                evidence.Site, evidence.Target, evidence.Taken, new HostEvidence(host.Target, sections, host.Duration), "", evidence.Hops),
            TimeSpan.Zero);

        Assert.Equal([SummitCause.SelinuxDenied], verdict.Causes.Select(cause => cause.Cause));
    }

    [Fact]
    public void The_list_has_each_scenario_of_each_layer_once()
    {
        var layers = typeof(ScenarioCatalogue).Assembly.GetTypes()
            .Where(
                type => type.Namespace == typeof(ScenarioCatalogue).Namespace && type.Name.EndsWith("Scenarios", StringComparison.Ordinal))
            .Select(type => type.GetProperty("All", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)?.GetValue(null))
            .OfType<IEnumerable<Scenario>>().ToList();
        var names = layers.SelectMany(layer => layer).Select(scenario => scenario.Name).Order(StringComparer.Ordinal).ToList();

        Assert.NotEmpty(names);
        Assert.All(layers, layer => Assert.NotEmpty(layer));
        Assert.Equal(names.Distinct(StringComparer.OrdinalIgnoreCase), names);
        Assert.Equal(names, ScenarioCatalogue.All.Select(scenario => scenario.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_cause_that_a_lab_can_have_has_a_scenario()
    {
        // a client's proxy, a name server, the host's firewall and SELinux are not the lab's: their causes are tested with evidence
        SummitCause[] elsewhere =
        [
            SummitCause.Unknown, SummitCause.ProxyFailed, SummitCause.DnsWrongAddress, SummitCause.HostFirewallBlocked,
            SummitCause.SelinuxDenied,
        ];
        Assert.Empty(Enum.GetValues<SummitCause>().Except(elsewhere).Except(ScenarioCatalogue.All.Select(scenario => scenario.Expected)));
    }

    private static string Told(SummitDiagnosis verdict) => $"""
        {verdict.RootCause} of {string.Join(", ", verdict.Causes)}
        {string.Join('\n', verdict.Checks.Where(check => check.Status != SummitCheckStatus.Pass)
            .Select(check => $"  {check} {check.Severity} {check.Cause}: {check.Evidence}"))}
        {string.Join('\n', verdict.WebSocket.Select(hop => $"  {hop.Hop}: {hop} {hop.Explanation}"))}
        """;
}
