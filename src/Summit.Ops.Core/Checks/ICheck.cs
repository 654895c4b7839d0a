using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks;

/// <summary>One thing to look at in the evidence: a pure function of it.</summary>
internal interface ICheck
{
    /// <summary>What is known of it before it looks.</summary>
    CheckDefinition Definition { get; }

    /// <summary>Judges it.</summary>
    SummitCheck Evaluate(SiteEvidence evidence);
}

/// <summary>What a check says, before it is filled with what was seen.</summary>
/// <param name="Definition">The check.</param>
/// <param name="Title">One line for people.</param>
/// <param name="Severity">What a failure costs.</param>
/// <param name="Target">What is looked at.</param>
internal sealed record Finding(CheckDefinition Definition, string Title, SummitSeverity Severity, string Target)
{
    public SummitCheck Pass(string evidence, string expected = "", string actual = "") =>
        Make(SummitCheckStatus.Pass, evidence, expected, actual);

    public SummitCheck Unknown(string reason, string fix = "") => Make(SummitCheckStatus.Unknown, reason) with { Fix = fix };

    public SummitCheck Skipped(string reason) => Make(SummitCheckStatus.Skipped, reason);

    public SummitCheck Fail(
        SummitCause cause, string evidence, string expected, string actual, string fix, string? file = null, int? line = null) =>
        Make(SummitCheckStatus.Fail, evidence, expected, actual) with { Cause = cause, Fix = fix, File = file, Line = line };

    private SummitCheck Make(SummitCheckStatus status, string evidence, string expected = "", string actual = "") => new()
    {
        Id = Definition.Id,
        Title = Title,
        Status = status,
        Severity = Severity,
        Target = Target,
        Evidence = TextRedaction.Of(evidence),
        Expected = TextRedaction.Of(expected),
        Actual = TextRedaction.Of(actual),
        HelpUri = Definition.HelpUri,
    };
}
