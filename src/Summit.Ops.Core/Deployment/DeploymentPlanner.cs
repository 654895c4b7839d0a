using System.Security.Cryptography;
using System.Text;
using Summit.Ops.Checks;
using Summit.Ops.Checks.Host;
using Summit.Ops.Diagnosis.Proving;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Syntax;
using Summit.Ops.Sites;
using Summit.Ops.Text;

namespace Summit.Ops.Deployment;

/// <summary>How the new content comes about.</summary>
public enum DeploymentMode
{
    /// <summary>The smallest repair of the file that is there, or the whole expected file where there is none.</summary>
    Repair,

    /// <summary>The whole expected file.</summary>
    Replace,
}

/// <summary>Plans a deployment from evidence: pure, so that <c>-WhatIf</c> shows exactly what would be done.</summary>
public static class DeploymentPlanner
{
    /// <summary>Plans it.</summary>
    /// <param name="evidence">What is on the host.</param>
    /// <param name="mode">How the new content comes about where <paramref name="content"/> is null.</param>
    /// <param name="content">The content to deploy; null for what the site expects.</param>
    /// <param name="force">Whether servers and locations may be lost.</param>
    /// <exception cref="SummitDeploymentException">The change cannot be made, or would erase something.</exception>
    /// <exception cref="SummitFileException">The file that is there cannot be mended by an edit.</exception>
    /// <exception cref="SummitHostException">The host could not be asked.</exception>
    public static DeploymentPlan Plan(SiteEvidence evidence, DeploymentMode mode, SummitNginxConfig? content, bool force) =>
        Plan(evidence, mode, content, force, ownLossIsMeant: false);

    /// <summary>Plans the return to a backup: what was added to the file since goes, and nothing that other files answer.</summary>
    /// <param name="evidence">What is on the host.</param>
    /// <param name="content">The backup.</param>
    /// <param name="force">Whether servers and locations of other files may be lost.</param>
    /// <exception cref="SummitDeploymentException">The change cannot be made, or would take something from another file.</exception>
    public static DeploymentPlan PlanRestore(SiteEvidence evidence, SummitNginxConfig content, bool force) =>
        Plan(evidence, DeploymentMode.Replace, content, force, ownLossIsMeant: true) with { Action = "Restore" };

    private static DeploymentPlan Plan(
        SiteEvidence evidence, DeploymentMode mode, SummitNginxConfig? content, bool force, bool ownLossIsMeant)
    {
        var site = evidence.Site;
        var host = evidence.Answered();
        SitePlace.RefuseHeld(evidence, host);
        if (!host.NginxInstalled)
        {
            throw new SummitDeploymentException(
                "NginxNotInstalled", SummitErrorKind.NotFound,
                $"'{site.NginxCommand}' was not found on {evidence.Target}, so nothing was deployed.",
                evidence.Target,
                "sudo apt-get install nginx   # or name it: New-SummitSite -NginxCommand '/path/to/nginx'");
        }

        var there = host.File(site.ConfigPath);
        if (there is null && host.Exists(site.ConfigPath) == true)
        {
            throw new SummitDeploymentException(
                "ConfigFileUnreadable", SummitErrorKind.PermissionDenied,
                $"{host.User} may not read {site.ConfigPath} on {evidence.Target}, so nothing was deployed.",
                site.ConfigPath,
                $"sudo cat {ShellWord.Quote(site.ConfigPath)}   # run the cmdlet as root, or allow sudo without a password");
        }

        var place = SitePlace.Of(site, host);
        SitePlace.RefuseUnmapped(evidence, host, place, there, () => Wanted(evidence, mode, content, there, place));
        if (content is null && mode == DeploymentMode.Replace) SitePlace.RefuseWhole(evidence, place);
        var enables = Enables(site, host, evidence.Target);
        var before = Before(site, there, evidence);
        var after = After(evidence, mode, content, before, place);
        RefuseEmpty(after, place, site);

        var bytes = after.ToBytes();
        var result = place.Whole?.With(place.Path, bytes);
        SitePlace.RefuseUnread(evidence, place, result, isNew: there is null);
        var same = there is not null && there.AsSpan().SequenceEqual(bytes);
        if (same && !enables && host.OpenJournal.Length == 0) RefuseDead(evidence, host);
        var starts = host.Master(site) is null && !Answers(evidence);
        var stale = same && !enables && (starts || IsStale(evidence));
        List<string> erases = before is null || same || ownLossIsMeant ? [] : [.. Erasure.Between(
            before, NginxConfigReader.FromBytes(site.ConfigPath, bytes, evidence.Target), everyDirective: content is null)];
        if (result is not null && (!same || enables))
        {
            erases.AddRange(AnswerLoss.Between(place.Whole!, result, site, place.Path, ofOthers: ownLossIsMeant || host.Disk is null));
        }

        var plan = new DeploymentPlan
        {
            Site = site,
            Target = evidence.Target,
            Before = there,
            After = bytes,
            PreviousSha256 = there is null ? "absent" : Sha256(there),
            Sha256 = Sha256(bytes),
            Diff = same
                ? ""
                : UnifiedDiff.Of(there is null ? null : Encoding.UTF8.GetString(there), Encoding.UTF8.GetString(bytes), site.ConfigPath),
            Enables = enables,
            ReloadsOnly = stale,
            Unfinished = host.OpenJournal.Length > 0,
            DiskFailed = host.NginxTest is { ExitCode: not 0 },
            Again = other => Plan(other, mode, content, force, ownLossIsMeant),
            Erases = erases,
            Known = host.Disk is { } disk && !ownLossIsMeant && !(force && erases.Count > 0) ? KnownAnswers.Of(disk, site) : [],
            Steps =
            [
                .. Shared(host),
                .. host.OpenJournal.Length > 0 ? ["undo the unfinished deployment that a killed run has left"] : Array.Empty<string>(),
                .. Steps(site, host, place, there is not null, same, enables, stale, starts),
                .. Kept(site, host, same && !enables && !stale, starts),
            ],
        };
        if (erases.Count > 0 && !force)
        {
            throw new SummitDeploymentException(
                "DeploymentErases", SummitErrorKind.OperationFailed,
                $"Deploying to {site.ConfigPath} on {evidence.Target} would take away: {string.Join("; ", erases)}. Nothing was changed.",
                evidence.Target,
                ownLossIsMeant
                    ? $"{Command.For("Restore-SummitNginxConfig", evidence)} -Force -WhatIf   # shows what would be lost; "
                        + "the same without -WhatIf loses it"
                    : Forced(evidence, mode, content));
        }

        return plan;
    }

    private static SummitNginxConfig? Before(SummitSite site, byte[]? there, SiteEvidence evidence) =>
        there is null ? null : NginxConfigReader.FromBytes(site.ConfigPath, there, evidence.Target);

    private static SummitNginxConfig After(
        SiteEvidence evidence, DeploymentMode mode, SummitNginxConfig? content, SummitNginxConfig? before, SitePlace place) =>
        content ?? (before is null || mode == DeploymentMode.Replace
            ? ExpectedNginxConfig.For(Adopt(evidence.Site, before, evidence.Host!.Disk))
            : Replayed(before, evidence, place));

    /// <summary>
    /// The repaired file with the edit for which the backend opened. Where the repair changes what the replay kept, the edit comes first,
    /// and the rest of the repair stays if nginx then still sends a request that opened.
    /// </summary>
    private static SummitNginxConfig Replayed(SummitNginxConfig before, SiteEvidence evidence, SitePlace place)
    {
        var whole = evidence.Host!.Disk is { } disk && place.Holds(before.ToBytes()) ? disk : null;
        var mended = Mend(before, whole, evidence, place);
        var edited = ReplayedEdit.Over(mended, evidence);
        if (!ReferenceEquals(edited, mended)) return edited;
        var alone = ReplayedEdit.Over(before, evidence);
        if (ReferenceEquals(alone, before)) return mended;
        var both = Mend(alone, whole?.With(place.Path, alone.ToBytes()), evidence, place);
        return ChangeGate.Opening(ProposedConfig.Of(both.ToBytes(), evidence), evidence.Site, evidence) is null ? alone : both;
    }

    /// <summary>
    /// The change that a file needs which is not changed here; nothing where it needs none, or cannot be mended by an edit.
    /// </summary>
    private static string Wanted(SiteEvidence evidence, DeploymentMode mode, SummitNginxConfig? content, byte[]? there, SitePlace place)
    {
        try
        {
            var after = After(evidence, mode, content, Before(evidence.Site, there, evidence), place).ToBytes();
            if (there is not null && there.AsSpan().SequenceEqual(after)) return "";
            return UnifiedDiff.Of(
                there is null ? null : Encoding.UTF8.GetString(there), Encoding.UTF8.GetString(after), evidence.Site.ConfigPath);
        }
        catch (SummitFileException)
        {
            return "";
        }
    }

    /// <summary>The command that shows what would be lost; the same without -WhatIf loses it.</summary>
    private static string Forced(SiteEvidence evidence, DeploymentMode mode, SummitNginxConfig? content)
    {
        var what = (content, mode) switch
        {
            (null, DeploymentMode.Replace) => " -Replace",
            (null, _) => "",
            // what has the path of the file on the host came from no file here
            _ when content.Path == evidence.Site.ConfigPath => " -InputObject $config",
            _ => $" -Path {PowerShellWord.Of(content.Path)}",
        };
        return $"{Command.For("Deploy-SummitNginxConfig", evidence)}{what} -Force -WhatIf   # shows what would be lost; "
            + "the same without -WhatIf loses "
            + $"it{(what == " -Replace" ? ", and without -Replace and -Force it makes the smallest repair" : "")}";
    }

    internal static string Sha256(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();

    private static bool IsStale(SiteEvidence evidence) => new NginxReloaded().Evaluate(evidence).Status == SummitCheckStatus.Fail;

    /// <summary>
    /// The smallest repair, judged by all that nginx reads; a file in which no server block is the site's gets one behind those
    /// that are there, and loses nothing.
    /// </summary>
    /// <param name="before">The file as it is.</param>
    /// <param name="whole">All that nginx reads, with that file; null where it is not known to read it.</param>
    /// <param name="evidence">What was gathered.</param>
    /// <param name="place">The file's place.</param>
    private static SummitNginxConfig Mend(SummitNginxConfig before, SummitNginxConfig? whole, SiteEvidence evidence, SitePlace place)
    {
        var (site, disk) = (evidence.Site, evidence.Host!.Disk);
        var upstream = SitePlace.Upstream(evidence);
        var facts = BackendFacts.Of(evidence);
        try
        {
            var mended = whole is null
                ? NginxRepair.Apply(before, before.Path, site, upstream, facts)
                : NginxRepair.Apply(whole, place.Path, site, upstream, facts);
            return whole is null ? mended : NginxConfigReader.FromBytes(
                site.ConfigPath, mended.Model.Files.Documents.First(document => document.Path == place.Path).Bytes, evidence.Target);
        }
        catch (SummitFileException error)
            when (error.ErrorId == "NginxServerMissing" && before.Servers.Count > 0 && !before.Servers.Any(server => IsOf(server, site)))
        {
            var there = before.ToBytes();
            byte[] between = there.Length > 0 && there[^1] != '\n' ? [(byte)'\n', (byte)'\n'] : [(byte)'\n'];
            return NginxConfigReader.FromBytes(
                site.ConfigPath, [.. there, .. between, .. ExpectedNginxConfig.For(Adopt(site, before, disk, ofAnyName: true)).ToBytes()]);
        }
    }

    /// <summary>
    /// What the host has settled already holds where the site says nothing: the neighbours' listen address, and the certificate lines that
    /// somebody else wrote (certbot's).
    /// </summary>
    private static SummitSite Adopt(SummitSite site, SummitNginxConfig? before, SummitNginxConfig? disk, bool ofAnyName = false)
    {
        if (site.ListenAddress.Length == 0) site = site with { ListenAddress = ListenAddresses.Common(disk, site.Port) };
        if (before is null) return site;
        // a proxy_pass that is there keeps what it says
        if (!SiteWishes.NameBackend(site) && !ofAnyName && SitePlace.Backend(before, site) is var (name, port))
        {
            site = site with { BackendHost = name, BackendPort = port };
        }

        if (site.CertificatePath.Length > 0) return site;
        var server = before.Servers.FirstOrDefault(
            server => (ofAnyName || IsOf(server, site)) && Argument(server, "ssl_certificate") is not null);
        return server is null ? site : site with
        {
            CertificatePath = Argument(server, "ssl_certificate")!,
            CertificateKeyPath = Argument(server, "ssl_certificate_key") ?? "",
        };
    }

    /// <summary>nginx takes a name in any case.</summary>
    private static bool IsOf(SummitNginxServer server, SummitSite site) =>
        server.ServerNames.Contains(site.ServerName, StringComparer.OrdinalIgnoreCase);

    private static string? Argument(SummitNginxServer server, string directive) =>
        server.Directives.FirstOrDefault(found => found.Name == directive)?.Arguments is [var first, ..] ? first : null;

    private static void RefuseEmpty(SummitNginxConfig config, SitePlace place, SummitSite site)
    {
        // a fragment of a server block has locations only
        if (config.Servers.Count > 0 || (place.IsFragment && config.ToBytes().AsSpan().Trim(" \t\r\n"u8).Length > 0)) return;
        throw new SummitDeploymentException(
            "ConfigHasNoServer", SummitErrorKind.InvalidData, "The configuration to deploy has no server block, so nothing was changed.",
            config.Path, $"New-SummitNginxConfig -Site $site   # the expected configuration of {site.Name}");
    }

    /// <summary>Whether the link must be made. What stands at its place and is not that link is somebody else's, and refused.</summary>
    private static bool Enables(SummitSite site, HostEvidence host, SummitTarget target)
    {
        if (site.EnabledPath.Length == 0 || site.EnabledPath == site.ConfigPath) return false;
        var exists = host.Exists(site.EnabledPath);
        if (host.LinkTarget(site.EnabledPath) is { } leads)
        {
            if (host.IsEnabled(site)) return false;
            throw new SummitDeploymentException(
                "EnabledPathTaken", SummitErrorKind.OperationFailed,
                $"{site.EnabledPath} on {target} is a link to {leads}, not to {site.ConfigPath}. Nothing was changed.", site.EnabledPath,
                $"sudo rm {ShellWord.Quote(site.EnabledPath)}   # if that site is not wanted any more; "
                    + "else give this one another -EnabledPath");
        }

        if (exists == true)
        {
            throw new SummitDeploymentException(
                "EnabledPathTaken", SummitErrorKind.OperationFailed,
                $"{site.EnabledPath} on {target} is a file of its own and no link to {site.ConfigPath}: "
                    + "nginx reads that one. Nothing was changed.",
                site.EnabledPath,
                $"Deploy-SummitNginxConfig -Site (New-SummitSite -ConfigPath {PowerShellWord.Of(site.EnabledPath)} -EnabledPath '' …)"
                    + "   # deploy to the file that nginx reads");
        }

        return exists == false;
    }

    /// <summary>A file that is right and has no effect: a deployment of the same bytes would not change that.</summary>
    private static void RefuseDead(SiteEvidence evidence, HostEvidence host)
    {
        var site = evidence.Site;
        if (host.NginxTest is { ExitCode: not 0 } test)
        {
            var words = NginxComplaint.In(test.Text) is { } complaint ? complaint.ToString() : test.Text.Trim();
            throw new SummitDeploymentException(
                "DiskDoesNotPass", SummitErrorKind.InvalidData,
                $"{site.ConfigPath} is as it should be, and the configuration on {evidence.Target} does not pass nginx -t: "
                    + $"{ForeignText.Visible(words)}",
                evidence.Target, Command.Nginx(site, "-t"));
        }

        if (host.Disk is not null && !host.IsIncluded(site))
        {
            throw new SummitDeploymentException(
                "ConfigNotIncluded", SummitErrorKind.OperationFailed,
                $"{site.ConfigPath} is as it should be, and nginx on {evidence.Target} does not read it: "
                    + "nothing in its configuration includes it.",
                evidence.Target,
                Command.Nginx(site, "-T")
                    + " | grep '# configuration file'   # then give the site an -EnabledPath or a -ConfigPath that nginx includes");
        }
    }

    private static IEnumerable<string> Shared(HostEvidence host) => host.SharedFolder.Length == 0 ? []
        : [$"note that another account can change {ForeignText.Visible(host.SharedFolder)}, and with it what nginx reads as root"];

    private static bool Answers(SiteEvidence evidence) => evidence.Hop(SiteEvidence.LoopbackHop) is { HttpStatus: not null };

    /// <summary>What becomes of the connections that clients have open now: a reload keeps them, up to nginx's own limit.</summary>
    private static IEnumerable<string> Kept(SummitSite site, HostEvidence host, bool untouched, bool starts)
    {
        if (untouched || starts || host.ClientsAt(site.Port) is not (> 0 and var open)) return [];
        var limit = host.Disk?.Model.Main.Find(DirectiveName.WorkerShutdownTimeout) is { } timeout
            ? $", at most {timeout.ShowArguments()} (worker_shutdown_timeout)"
            : "";
        return [$"the {(open == 1 ? "connection that is" : $"{open} connections that are")} open at port {site.Port} now: "
            + $"nginx's old workers serve {(open == 1 ? "it" : "them")} to the end{limit}"];
    }

    private static List<string> Steps(
        SummitSite site, HostEvidence host, SitePlace place, bool exists, bool same, bool enables, bool stale, bool starts)
    {
        var steps = new List<string>();
        if (!same)
        {
            steps.Add(exists ? $"back up {site.ConfigPath}" : $"create {site.ConfigPath}");
            if (place.Why.Length > 0) steps[0] += $" ({place.Why})";
            steps.Add("test the new configuration with nginx -t before anything is changed, where the host can");
            var container = host.Container;
            if (container is { Place: ContainerPlace.File })
            {
                steps.Add($"write {container.HostPath} of the host in place: "
                    + $"it is mounted alone in the container {container.Described}, where a rename would not reach it");
            }
            else if (exists)
            {
                var what = container is { HostPath.Length: > 0 }
                    ? $"{container.HostPath} of the host, which is mounted in the container {container.Described},"
                    : site.ConfigPath;
                steps.Add($"replace {what} in one step");
            }
        }

        if (enables) steps.Add($"link {site.EnabledPath} to {site.ConfigPath}");
        if (!same || enables || stale)
        {
            steps.Add($"nginx -t, {(starts ? "start nginx" : "reload nginx")}, wait for its workers, try a WebSocket handshake; "
                + "put everything back if nginx does not take it or a WebSocket that opened before opens no more");
        }

        return steps;
    }
}
