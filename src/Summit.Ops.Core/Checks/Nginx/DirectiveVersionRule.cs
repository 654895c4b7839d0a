using Summit.Ops.Nginx.Knowledge;
using Summit.Ops.Nginx.Semantics;

namespace Summit.Ops.Checks.Nginx;

/// <summary>
/// The nginx that runs the configuration has every directive in it: one that is newer, or gone, is "unknown
/// directive" and nginx does not start.
/// </summary>
internal sealed class DirectiveVersionRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.DirectiveVersion", "nginx's version has every directive of the configuration", SummitSeverity.Error, SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxSyntaxInvalid],
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        if (NginxVersion.Read(context.Version) is not { } version)
        {
            return RuleVerdict.Skipped("nginx's version is not known; -NginxVersion says it");
        }

        if (NginxVersion.Relative(context.Version) is { } relative)
        {
            return RuleVerdict.Skipped($"{relative} has directives of its own; the table is of nginx's");
        }

        if (context.Passes) return RuleVerdict.Pass($"nginx -t takes every directive on this host (nginx {version})");
        var model = context.Config.Model;
        var found = ContextCheck.Run(model, version).Where(diagnostic => diagnostic.Severity == SummitSeverity.Error).ToList();
        if (found.Count > 0)
        {
            // what no version takes is the syntax check's to tell
            var always = ContextCheck.Run(model).Select(Key).ToHashSet();
            found.RemoveAll(diagnostic => always.Contains(Key(diagnostic)));
        }

        if (found.Count == 0) return RuleVerdict.Pass($"nginx {version} has every directive of nginx's own modules that stands there");
        var first = found[0];
        var more = found.Count > 1 ? $" (and {found.Count - 1} more)" : "";
        return RuleVerdict.Fail(
            SummitCause.NginxSyntaxInvalid,
            $"{first.Message} in {first.File}:{first.Line}{more}: nginx {version} refuses the configuration",
            $"directives that nginx {version} has", first.Message, "nginx -t")
            with { File = first.File, Line = first.Line };
    }

    private static (string File, int Line, string Message) Key(SummitNginxDiagnostic diagnostic) =>
        (diagnostic.File, diagnostic.Line, diagnostic.Message);
}
