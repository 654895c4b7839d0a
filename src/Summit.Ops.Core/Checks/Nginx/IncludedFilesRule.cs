using Summit.Ops.Text;

namespace Summit.Ops.Checks.Nginx;

/// <summary>Every file that is included can be read: a link that leads nowhere keeps nginx from starting.</summary>
internal sealed class IncludedFilesRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.IncludedFiles", "Every included file can be read", SummitSeverity.Error, SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxSyntaxInvalid],
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        var files = context.Config.Model.Files;
        var broken = files.Diagnostics.FirstOrDefault(diagnostic => diagnostic.Severity == SummitSeverity.Error);
        if (broken is not null)
        {
            return RuleVerdict.Fail(
                SummitCause.NginxSyntaxInvalid, $"{broken.Message}: nginx refuses the whole configuration", "every include leads to a file",
                broken.Message, $"Get-SummitNginxConfig -Path {PowerShellWord.Of(context.Config.Path)} | ForEach-Object Diagnostics")
                with { File = broken.File, Line = broken.Line };
        }

        if (files.Diagnostics.Count > 0) return RuleVerdict.Skipped("this is one file, and what it includes was not looked for");
        return RuleVerdict.Pass($"{files.Documents.Count} files were read");
    }
}
