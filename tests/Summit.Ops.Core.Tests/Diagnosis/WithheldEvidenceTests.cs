using Summit.Ops.Diagnosis;
using Summit.Ops.Evidence;

namespace Summit.Ops.Core.Tests.Diagnosis;

/// <summary>Any one source of evidence is taken away, and the rest is judged again: the same root cause, or an honest Unknown, and never another.</summary>
public sealed class WithheldEvidenceTests
{
    public static TheoryData<string> Scenarios => GatheredScenarios.Names;

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Without_any_one_source_there_is_no_wrong_cause(string name)
    {
        var (scenario, evidence) = await GatheredScenarios.OfAsync(name);
        var whole = Verdict.Over(evidence, TimeSpan.Zero);
        var wrong = new List<string>();
        foreach (var (source, rest) in Withheld(evidence))
        {
            var verdict = Verdict.Over(rest, TimeSpan.Zero);
            if (!IsHonest(verdict, whole, scenario.AlsoTrue)) wrong.Add($"without {source}: {verdict.RootCause} ({verdict.Confidence}) of {string.Join(", ", verdict.Causes)}; {string.Join(" | ", verdict.Causes.Select(cause => cause.Evidence))}");
            if (verdict.Confidence > whole.Confidence) wrong.Add($"without {source} the confidence rose to {verdict.Confidence}");
            if (verdict.Confidence < SummitConfidence.High && verdict.RootCause != SummitCause.Unknown && verdict.NotLookedAt.Count == 0) wrong.Add($"without {source} nothing says why the confidence is {verdict.Confidence}");
        }

        Assert.True(wrong.Count == 0, $"{whole.RootCause} ({whole.Confidence}) with everything, and\n{string.Join('\n', wrong)}");
    }

    private static bool IsHonest(SummitDiagnosis verdict, SummitDiagnosis whole, IReadOnlyList<SummitCause> alsoTrue)
    {
        if (verdict.RootCause == whole.RootCause || alsoTrue.Contains(verdict.RootCause)) return true;
        if (verdict.RootCause == SummitCause.Unknown) return verdict.Confidence == SummitConfidence.Low;
        // what a client sees is not wrong for being seen from further on: an expired certificate is that, renewed on the disk or not
        if (CausalGraph.IsPlain(verdict.RootCause) && CausalGraph.Explains(whole.RootCause, verdict.RootCause)) return verdict.Confidence < SummitConfidence.High;
        // a fault that only the host can see, and a client gets through
        return verdict.RootCause == SummitCause.None && verdict.Confidence < SummitConfidence.High && verdict.WebSocket.Any(hop => hop is { Hop: SiteEvidence.PublicHop, Success: true });
    }

    /// <summary>The evidence without the host, without all the probes, without each of them, and without each thing that the host said.</summary>
    private static IEnumerable<(string Source, SiteEvidence Left)> Withheld(SiteEvidence all)
    {
        yield return ("the host", With(all, host: null, all.Hops));
        yield return ("the probes", With(all, all.Host, []));
        foreach (var hop in all.Hops) yield return ($"the probe at {hop.Hop}", With(all, all.Host, [.. all.Hops.Where(other => other != hop)]));
        foreach (var section in all.Host!.Sections.Keys)
        {
            var sections = all.Host.Sections.Where(each => each.Key != section).ToDictionary(each => each.Key, each => each.Value, StringComparer.Ordinal);
            yield return (section, With(all, new HostEvidence(all.Host.Target, sections, all.Host.Duration), all.Hops));
        }
    }

    private static SiteEvidence With(SiteEvidence all, HostEvidence? host, IReadOnlyList<SummitWebSocketResult> hops) =>
        new(all.Site, all.Target, all.Taken, host, host is null ? "The host could not be asked." : "", hops);
}
