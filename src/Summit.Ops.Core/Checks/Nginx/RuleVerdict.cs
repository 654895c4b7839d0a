using Summit.Ops.Nginx.Semantics;

namespace Summit.Ops.Checks.Nginx;

/// <summary>What a rule found.</summary>
internal sealed record RuleVerdict(SummitCheckStatus Status, string Evidence)
{
    public SummitSeverity? Severity { get; init; }

    public SummitCause Cause { get; init; }

    public string Expected { get; init; } = "";

    public string Actual { get; init; } = "";

    public string Fix { get; init; } = "";

    public string? File { get; init; }

    public int? Line { get; init; }

    public static RuleVerdict Pass(string evidence) => new(SummitCheckStatus.Pass, evidence);

    public static RuleVerdict Unknown(string why, string fix = "") => new(SummitCheckStatus.Unknown, why) { Fix = fix };

    public static RuleVerdict Skipped(string why) => new(SummitCheckStatus.Skipped, why);

    public static RuleVerdict Fail(SummitCause cause, string evidence, string expected, string actual, string fix) =>
        new(SummitCheckStatus.Fail, evidence) { Cause = cause, Expected = expected, Actual = actual, Fix = fix };

    /// <summary>The same, standing at a directive.</summary>
    public RuleVerdict At(DirectiveRef directive) => this with { File = directive.File, Line = directive.Line };

    /// <summary>The same, standing at a level's first line.</summary>
    public RuleVerdict At(Scope scope) => this with { File = scope.File, Line = scope.Line };
}
