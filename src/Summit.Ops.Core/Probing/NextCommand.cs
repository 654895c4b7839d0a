using System.Globalization;
using Summit.Ops.Text;

namespace Summit.Ops.Probing;

/// <summary>Commands that can be pasted as they stand.</summary>
internal static class NextCommand
{
    /// <summary>The parts of a query that are known to be no secret; any other may be one, and stands in no command.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "EIO", "transport", "vsn", "v", "version", "protocol",
    };

    /// <summary>The site as the URI shows it; what equals the default is left out.</summary>
    public static string Site(ProbeUri uri)
    {
        var site = new SummitSite();
        var (path, query) = uri.Target.Split('?', 2) is [var before, var behind] ? (before, behind) : (uri.Target, "");
        var arguments = "";
        if (uri.AsciiHost != site.ServerName) arguments += $" -ServerName {PowerShellWord.Quote(uri.AsciiHost)}";
        if (uri.Port != site.Port) arguments += $" -Port {uri.Port.ToString(CultureInfo.InvariantCulture)}";
        if (path != site.WebSocketPath) arguments += $" -WebSocketPath {PowerShellWord.Quote(path)}";
        if (query.Length > 0 && query.Split('&').All(part => Harmless.Contains(part.Split('=')[0])))
        {
            arguments += $" -WebSocketQuery {PowerShellWord.Quote(query)}";
        }

        return arguments.Length == 0 ? "" : $" -Site (New-SummitSite{arguments})";
    }

    /// <summary>Looks at the backend: its process, its port and its log.</summary>
    public static string Backend(ProbeUri uri) => $"({Diagnose(uri)}).Checks | Where-Object Id -like 'Backend.*'";

    /// <summary>Follows the request through the configuration: which location takes it, and what that does with it.</summary>
    public static string Route(ProbePlan plan) =>
        $"Resolve-SummitNginxLocation -Config (Get-SummitNginxConfig) -Uri {PowerShellWord.Quote(plan.Shown)}";

    /// <summary>
    /// A command of the host's own for a site that was named: only a diagnosis of the whole site knows where its nginx is.
    /// </summary>
    public static string For(ProbePlan plan, string command) =>
        plan.Request.Site is { } site
            && (command.StartsWith("Resolve-SummitNginxLocation", StringComparison.Ordinal)
                || command.StartsWith("Test-SummitNginxConfig", StringComparison.Ordinal)
                || command.StartsWith("Invoke-SummitDiagnostic", StringComparison.Ordinal))
            ? Checks.Command.For("Invoke-SummitDiagnostic", site, SummitTarget.Local)
            : command;

    /// <summary>Diagnoses the site on the host it runs on.</summary>
    public static string Diagnose(ProbeUri uri) => $"Invoke-SummitDiagnostic{Site(uri)}";
}
