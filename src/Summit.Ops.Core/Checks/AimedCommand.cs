using System.Text.RegularExpressions;
using Summit.Ops.Checks.Nginx;
using Summit.Ops.Text;

namespace Summit.Ops.Checks;

/// <summary>
/// A proposed command, aimed at what was diagnosed: a probe knows a URI and a rule knows a file, and neither knows the host and the site.
/// </summary>
internal static partial class AimedCommand
{
    private const string Read = "Get-SummitNginxConfig";

    /// <summary>The command with the site and, where that is an instance, the instance.</summary>
    public static string At(string command, SummitSite site, SummitTarget target)
    {
        if (command.Length == 0) return command;
        var instance = Command.Instance(target);
        var sited = SiteExpression.For(site) is var expression && (site.AsAsked ?? site).Equals(new SummitSite())
            ? ""
            : $" -Site {expression}";
        var aimed = Alone().Replace(command, $"{Read} | Test-SummitNginxConfig");
        aimed = Replace(Nested(), aimed, $"{Read} | Resolve-SummitNginxLocation");
        if (instance.Length > 0) aimed = Replace(OfFile(), aimed, Read);
        return OnHost().Replace(aimed, found =>
        {
            // the name of a cmdlet may be a part of a value: that is nobody's command
            if (PowerShellWord.IsQuoted(aimed, found.Index)) return found.Value;
            var rest = Rest(aimed, found.Index + found.Length);
            // a file is read where it lies, and says by itself what it is of
            if (found.Value == Read && rest.Contains(" -Path ", StringComparison.Ordinal)) return found.Value;
            return found.Value + (rest.Contains(" -Site ", StringComparison.Ordinal) ? "" : sited)
                + (rest.Contains(" -InstanceId ", StringComparison.Ordinal) || rest.Contains(" -HostName ", StringComparison.Ordinal)
                    ? ""
                    : instance);
        });
    }

    private static string Replace(Regex pattern, string text, string other) =>
        pattern.Replace(text, found => PowerShellWord.IsQuoted(text, found.Index) ? found.Value : other);

    /// <summary>
    /// The arguments of the command that ends here: to the next pipe, comment, semicolon or closing bracket that is no argument's.
    /// </summary>
    private static string Rest(string text, int from)
    {
        var depth = 0;
        for (var at = from; at < text.Length; at++)
        {
            if (text[at] is not ('(' or ')' or '|' or ';' or '#') || PowerShellWord.IsQuoted(text, at)) continue;
            if (text[at] == '(') depth++;
            else if (text[at] == ')' && --depth < 0) return text[from..at];
            else if (depth == 0 && text[at] is '|' or ';' or '#') return text[from..at];
        }

        return text[from..];
    }

    // it takes a configuration, and reads none by itself
    [GeneratedRegex(@"^Test-SummitNginxConfig(?! -Path)", RegexOptions.ExplicitCapture, 20_000)]
    private static partial Regex Alone();

    [GeneratedRegex(@"Resolve-SummitNginxLocation -Config \(Get-SummitNginxConfig\)", RegexOptions.ExplicitCapture, 20_000)]
    private static partial Regex Nested();

    [GeneratedRegex(@"Get-SummitNginxConfig -Path ('([^']|'')*'|[^' |)]+)", RegexOptions.ExplicitCapture, 20_000)]
    private static partial Regex OfFile();

    [GeneratedRegex(
        @"\b(Invoke-SummitDiagnostic|Get-SummitNginxConfig|Deploy-SummitNginxConfig|Restore-SummitNginxConfig|Get-SummitNginxBackup|"
            + @"Restart-SummitNginx|Restart-SummitBackend|Get-SummitBackend|Get-SummitBackendLog|Test-SummitBackend|Deploy-SummitBackend|"
            + @"Test-SummitFirewall|Repair-SummitWebSocket)(?![\w-])",
        RegexOptions.ExplicitCapture, 20_000)]
    private static partial Regex OnHost();
}
