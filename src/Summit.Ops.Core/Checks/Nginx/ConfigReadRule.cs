using Summit.Ops.Text;

namespace Summit.Ops.Checks.Nginx;

/// <summary>Nothing of the configuration was lost on a syntax error: what was lost could have answered otherwise.</summary>
internal sealed class ConfigReadRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.ConfigRead", "All of the configuration could be read", SummitSeverity.Error, SummitRuleScope.Files)
    {
        Restates = "Nginx.Syntax",
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        foreach (var document in context.Config.Model.Files.Documents)
        {
            if (document.Errors is not [var error, ..]) continue;
            return RuleVerdict.Unknown(
                $"{error.Message} in {document.Path}:{error.Line}: {(error.IsLimit ? "" : "nginx stops there, and ")}what the other checks "
                    + "say rests on a guess at the rest",
                $"Get-SummitNginxConfig -Path {PowerShellWord.Of(context.Config.Path)} | ForEach-Object Diagnostics")
                with { Expected = "no syntax error", Actual = error.Message, File = document.Path, Line = error.Line };
        }

        return RuleVerdict.Pass("there is no syntax error");
    }
}
