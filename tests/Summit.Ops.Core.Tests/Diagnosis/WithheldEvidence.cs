using Summit.Ops.Causes;
using Summit.Ops.Diagnosis;
using Summit.Ops.Evidence;

namespace Summit.Ops.Core.Tests.Diagnosis;

/// <summary>How a verdict over less evidence stands to the one over all of it.</summary>
internal enum WithheldVerdict
{
    /// <summary>The same root cause.</summary>
    Same,

    /// <summary>Unknown, and it says so.</summary>
    Unknown,

    /// <summary>Another finding, true as it is seen from where one still can look, with less than high confidence.</summary>
    Plain,

    /// <summary>Nothing found, with less than high confidence, while a client gets through: only the host could have told.</summary>
    Unseen,

    /// <summary>A cause that is not there.</summary>
    Wrong,
}

/// <summary>The evidence of a site with one source taken away, and what a verdict over the rest is worth.</summary>
internal static class WithheldEvidence
{
    /// <summary>
    /// The evidence without the host, without all the probes, without each of them, and without each thing that the host said.
    /// </summary>
    public static IEnumerable<(string Source, SiteEvidence Left)> Of(SiteEvidence all)
    {
        yield return ("the host", With(all, host: null, all.Hops));
        yield return ("the probes", With(all, all.Host, []));
        if (all.Replays.Count > 0) yield return ("the replays", With(all, all.Host, all.Hops, replays: []));
        foreach (var hop in all.Hops)
        {
            yield return ($"the probe at {hop.Hop}", With(all, all.Host, [.. all.Hops.Where(other => other != hop)]));
        }

        foreach (var section in all.Host!.Sections.Keys)
        {
            var sections = all.Host.Sections.Where(each => each.Key != section)
                .ToDictionary(each => each.Key, each => each.Value, StringComparer.Ordinal);
            yield return (section, With(all, new HostEvidence(all.Host.Target, sections, all.Host.Duration), all.Hops));
        }
    }

    /// <summary>What a verdict over less is worth beside the one over all.</summary>
    public static WithheldVerdict Judge(SummitDiagnosis verdict, SummitDiagnosis whole, IReadOnlyList<SummitCause> alsoTrue)
    {
        if (verdict.RootCause == whole.RootCause || alsoTrue.Contains(verdict.RootCause)) return WithheldVerdict.Same;
        if (verdict.RootCause == SummitCause.Unknown)
        {
            return verdict.Confidence == SummitConfidence.Low ? WithheldVerdict.Unknown : WithheldVerdict.Wrong;
        }

        if (verdict.Confidence == SummitConfidence.High) return WithheldVerdict.Wrong;
        // what a client sees is not wrong for being seen from further on: an expired certificate is that, renewed on the disk or not
        if (CauseCatalogue.Of(verdict.RootCause).StandsAsSeen && CauseCatalogue.Explains(whole.RootCause, verdict.RootCause))
        {
            return WithheldVerdict.Plain;
        }

        // a fault that only the host can see, and a client gets through
        return verdict.RootCause == SummitCause.None && verdict.WebSocket.Any(hop => hop is { Hop: SiteEvidence.PublicHop, Success: true })
            ? WithheldVerdict.Unseen
            : WithheldVerdict.Wrong;
    }

    private static SiteEvidence With(
        SiteEvidence all, HostEvidence? host, IReadOnlyList<SummitWebSocketResult> hops, IReadOnlyList<SummitReplay>? replays = null) =>
        new(
            all.Site, all.Target, all.Taken, host, host is null ? "The host could not be asked." : "", hops,
            replays: host is null ? [] : replays ?? all.Replays);
}
