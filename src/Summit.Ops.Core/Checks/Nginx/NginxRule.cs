using Summit.Ops.Text;

namespace Summit.Ops.Checks.Nginx;

/// <summary>One rule about what a request for the site's WebSocket path meets in nginx.</summary>
internal abstract class NginxRule
{
    /// <summary>What is known of the check before it looks.</summary>
    public abstract CheckDefinition Definition { get; }

    /// <summary>The check's id.</summary>
    public string Id => Definition.Id;

    /// <summary>Whether the rule holds for every proxy in a row, and not for the first alone.</summary>
    public virtual bool FollowsProxies => false;

    /// <summary>Looks and judges.</summary>
    public abstract RuleVerdict Judge(RuleContext context);

    /// <summary>Judges the first proxy that fails, where several stand in a row in one nginx.</summary>
    public RuleVerdict JudgeAll(RuleContext context)
    {
        var verdict = Judge(context);
        if (!FollowsProxies || context.Inner is not { } inner || verdict.Status != SummitCheckStatus.Pass) return verdict;
        var next = JudgeAll(inner);
        return next.Status == SummitCheckStatus.Pass
            ? verdict
            : next with { Evidence = $"behind proxy_pass {context.Route.Proxy!.Directive.ShowArguments()}, "
                + $"at {inner.Route.Server?.File}:{inner.Route.Server?.Line}: {next.Evidence}" };
    }

    /// <summary>Judges, and makes a check of it.</summary>
    public SummitCheck Check(RuleContext context)
    {
        var verdict = JudgeAll(context);
        var severity = verdict.Severity ?? Definition.Severity;
        return new SummitCheck
        {
            Id = Id,
            Title = Definition.Title(context.Site),
            Status = verdict.Status,
            Severity = severity,
            Cause = verdict.Status == SummitCheckStatus.Fail ? verdict.Cause : SummitCause.None,
            Target = context.Config.Target?.ToString() ?? context.Config.Path,
            Evidence = TextRedaction.Of(verdict.Evidence),
            Expected = TextRedaction.Of(verdict.Expected),
            Actual = TextRedaction.Of(verdict.Actual),
            Fix = verdict.Fix,
            File = verdict.File,
            Line = verdict.Line,
            HelpUri = Definition.HelpUri,
        };
    }
}
