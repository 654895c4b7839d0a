using System.Text.RegularExpressions;
using Summit.Ops.Evidence;

namespace Summit.Ops.Checks;

/// <summary>A proposed command for an account that is not root: what sudo gives it decides what it has to type.</summary>
internal static partial class RootCommand
{
    /// <summary>The command as this account can carry it out, or with the reason why it cannot.</summary>
    public static string For(string command, HostEvidence? host)
    {
        if (host is null || host.HasRoot || command.Length == 0 || !NeedsRoot().IsMatch(command)) return command;
        var said = command.Contains("   # ", StringComparison.Ordinal) ? "; " : "   # ";
        return host.Sudo switch
        {
            // the terminal keeps the permission for a while, for this session's commands too
            "password" when !command.StartsWith("sudo", StringComparison.Ordinal) => $"sudo -v; {command}",
            "password" when command.Contains("sudo -v", StringComparison.Ordinal) => command,
            "password" => $"sudo -v; {command}",
            "list" when Reload().IsMatch(command) => "sudo nginx -t; sudo systemctl reload nginx",
            "list" or "none" => $"{command}{said}{host.User} may not do that here: run it as root, or as an account that sudo lets",
            _ => command,
        };
    }

    // what only reads works for everybody, as far as it goes
    [GeneratedRegex(@"^(sudo\b|(Restart|Deploy|Restore|Repair)-Summit)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NeedsRoot();

    [GeneratedRegex(@"^Restart-SummitNginx(?!.*-Force)|^sudo nginx -s reload|^sudo systemctl reload nginx", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Reload();
}
