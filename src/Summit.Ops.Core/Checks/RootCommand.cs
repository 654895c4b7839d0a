using System.Text.RegularExpressions;
using Summit.Ops.Evidence;

namespace Summit.Ops.Checks;

/// <summary>A proposed command for an account that is not root: what sudo gives it decides what it has to type.</summary>
internal static partial class RootCommand
{
    /// <summary>The command as this account can carry it out, or with the reason why it cannot.</summary>
    public static string For(string command, HostEvidence? host, SummitSite site)
    {
        if (host is null || host.HasRoot || command.Length == 0 || !NeedsRoot().IsMatch(command)) return command;
        // the account's own pm2 is its own to restart
        var own = host.Owner.Account.Length == 0 && (site.BackendUser.Length == 0 || site.BackendUser == host.User)
            && host.Backends(site)[0].Manager == SummitBackendManager.Pm2;
        if (own && command.StartsWith("Restart-SummitBackend", StringComparison.Ordinal)) return command;
        return host.Sudo switch
        {
            // the terminal keeps the permission for a while, for this session's commands too
            "password" when command.Contains("sudo -v", StringComparison.Ordinal) => command,
            "password" => $"sudo -v; {command}",
            "list" => Listed(command, host, site) ?? Refused(command, host),
            "none" => Refused(command, host),
            _ => command,
        };
    }

    private static string Refused(string command, HostEvidence host) =>
        $"{command}{(command.Contains("   # ", StringComparison.Ordinal) ? "; " : "   # ")}{host.User} may not do that here: "
            + "run it as root, or as an account that sudo lets";

    /// <summary>What the account's list of sudo has for it; null where it has nothing.</summary>
    private static string? Listed(string command, HostEvidence host, SummitSite site)
    {
        var bare = command.Split("   # ")[0];
        if (bare.Split(" && ").All(part => part.StartsWith("sudo ", StringComparison.Ordinal) && host.Allows.Contains(part[5..])))
        {
            return command;
        }

        if (Nginx().IsMatch(command) && site is { NginxPrefix: "", NginxConfigPath: "" })
        {
            // a reload is of something that runs; a restart of what does not pass would take it down
            var tested = host.Allows.Contains("nginx -t");
            string[] wanted = host.Master(site) is null
                ? ["systemctl start nginx", "systemctl start nginx.service"]
                : ["systemctl reload nginx", "systemctl reload nginx.service", "nginx -s reload"];
            string[] restarts = tested ? ["systemctl restart nginx", "systemctl restart nginx.service"] : [];
            return wanted.Concat(restarts).FirstOrDefault(host.Allows.Contains) is { } way
                ? $"{(tested ? "sudo nginx -t && " : "")}sudo {way}"
                : null;
        }

        if (!command.StartsWith("Restart-SummitBackend", StringComparison.Ordinal) || host.BackendUnit is not { } unit) return null;
        return new[] { $"systemctl restart {unit.Name}", $"systemctl start {unit.Name}" }.FirstOrDefault(host.Allows.Contains) is { } run
            ? $"sudo {run}"
            : null;
    }

    // what only reads works for everybody, as far as it goes
    [GeneratedRegex(
        @"^(sudo\b|(Restart|Deploy|Restore|Repair)-Summit)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NeedsRoot();

    [GeneratedRegex(
        @"^Restart-SummitNginx(?!.*-Force)|^sudo nginx -s reload|^sudo systemctl (reload|start|restart) nginx",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        1000)]
    private static partial Regex Nginx();
}
