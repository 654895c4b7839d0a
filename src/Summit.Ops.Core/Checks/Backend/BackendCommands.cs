using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Backend;

/// <summary>What to type about the backend, in the words of whoever runs it: pm2 of its account, or systemd.</summary>
internal static class BackendCommands
{
    /// <summary>Shows its log; of a process that no manager knows, who it is.</summary>
    public static string Logs(SiteEvidence evidence)
    {
        var site = evidence.FoundSite;
        if (Unit(evidence) is { } unit) return $"sudo journalctl -u {ShellWord.Quote(unit.Id)} -n 50 --no-pager";
        if (evidence.Host is { } host && host.Sections.ContainsKey("pm2")
            && host.Backends(evidence.Site)[0] is { Manager: SummitBackendManager.None, Listening: true }
            && host.Sockets.On(site.BackendPort).FirstOrDefault() is { } socket)
        {
            return $"sudo ss -tlnp 'sport = :{site.BackendPort}'   # {socket.Described} answers there, and pm2 has no {site.ProcessName}: "
                + "if it is the backend, name it (New-SummitSite -ProcessName NAME), else free the port";
        }

        return Pm2(evidence, $"logs {ShellWord.Quote(site.ProcessName)} --lines 50 --nostream");
    }

    /// <summary>Starts it, where the manager knows it.</summary>
    public static string Restart(SiteEvidence evidence) => Command.For("Restart-SummitBackend", evidence);

    /// <summary>pm2, as the account that was found and for its folder.</summary>
    public static string Pm2(SiteEvidence evidence, string arguments)
    {
        var site = evidence.FoundSite;
        // sudo -u keeps this account's HOME, in which pm2 would look
        var home = site.Pm2Home.Length > 0
            ? site.Pm2Home
            : site.BackendUser.Length > 0 && evidence.Host?.Owner is { Account.Length: > 0 } owner ? owner.Home : "";
        return Command.Pm2(site with { Pm2Home = home }, arguments);
    }

    /// <summary>Finds out who runs it, where neither manager knows it.</summary>
    public static string Find(SiteEvidence evidence)
    {
        var site = evidence.FoundSite;
        if (evidence.Host is not { } host || !UsesPm2(host))
        {
            return $"systemctl list-units --type=service --all   # start the one that listens on port {evidence.Site.BackendPort}, "
                + "or name it: New-SummitSite -ProcessName UNIT";
        }

        // the only process there, under another name than the site's: what runs is not restarted on a guess
        if (host.OtherProcesses(site).DistinctBy(other => other.Name).ToList() is [{ Status: "stopped" or "errored", Name: var name }])
        {
            return $"{Command.For("Restart-SummitBackend", site with { ProcessName = name, AsAsked = null }, evidence.Target)}   # if "
                + $"{name} is the site's backend";
        }

        return $"{Pm2(evidence, "list")}   # where the backend is there under another name: New-SummitSite -ProcessName NAME; "
            + $"where it is not: pm2 start FILE --name {site.ProcessName}, then pm2 save";
    }

    /// <summary>The unit that runs it, where that is systemd.</summary>
    public static SystemdUnit? Unit(SiteEvidence evidence) =>
        evidence.Host is { } host && host.Backends(evidence.Site)[0].Manager == SummitBackendManager.Systemd ? host.BackendUnit : null;

    /// <summary>Whether pm2 is used on the host at all: advice that names it where it is not leads nowhere.</summary>
    public static bool UsesPm2(HostEvidence host) =>
        !host.Sections.ContainsKey("nginx.unit") || host.Sections.ContainsKey("pm2") || host.Pm2Silent.Length > 0
            || host.Owner is { Account.Length: > 0 } or { Alive: true } or { Others.Length: > 0 } or { Saved: true };
}
