using Summit.Ops.Diagnosis;

namespace Summit.Ops.Core.Tests.Diagnosis;

/// <summary>
/// Any one source of evidence is taken away, and the rest is judged again: the same root cause, or an honest Unknown, and never another.
/// </summary>
[Trait("Category", "Lab")]
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
        foreach (var (source, rest) in WithheldEvidence.Of(evidence))
        {
            var verdict = Verdict.Over(rest, TimeSpan.Zero);
            if (WithheldEvidence.Judge(verdict, whole, scenario.AlsoTrue) == WithheldVerdict.Wrong)
            {
                wrong.Add($"without {source}: {verdict.RootCause} ({verdict.Confidence}) of {string.Join(", ", verdict.Causes)}; "
                    + $"{string.Join(" | ", verdict.Causes.Select(cause => cause.Evidence))}");
            }

            if (rest.Host is null && (verdict.Healthy || verdict.Accepted || verdict.LookedAt || verdict.RootCause == SummitCause.None))
            {
                wrong.Add($"without {source}, which nobody looked at, the verdict is {verdict}");
            }

            if (verdict.Confidence > whole.Confidence) wrong.Add($"without {source} the confidence rose to {verdict.Confidence}");
            if (verdict.Confidence < SummitConfidence.High && verdict.RootCause != SummitCause.Unknown && verdict.NotLookedAt.Count == 0)
            {
                wrong.Add($"without {source} nothing says why the confidence is {verdict.Confidence}");
            }
        }

        Assert.True(wrong.Count == 0, $"{whole.RootCause} ({whole.Confidence}) with everything, and\n{string.Join('\n', wrong)}");
    }
}
