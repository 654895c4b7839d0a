using Summit.Ops.Checks;
using Summit.Ops.Checks.Backend;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Editing;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;
using Summit.Ops.Sites;
using Summit.Ops.Text;

namespace Summit.Ops.Deployment;

/// <summary>The place of a site's file in all that nginx reads.</summary>
/// <param name="Whole">What nginx reads; what lies there where it refuses it; null where neither is known.</param>
/// <param name="Path">The path by which nginx reads the file, or would read a new one.</param>
/// <param name="Why">Why the file is that one, for the plan; empty where the site names it.</param>
internal sealed record SitePlace(SummitNginxConfig? Whole, string Path, string Why)
{
    private NginxDocument? Document => Whole?.Model.Files.Documents.FirstOrDefault(document => document.Path == Path);

    /// <summary>Whether the file stands inside a server block: it has locations, and no server.</summary>
    public bool IsFragment => Document is { } document
        && Whole!.Model.Servers.Any(
            server => server.Origin.Document != document && server.Locations.Any(location => location.Origin.Document == document));

    /// <summary>Finds it.</summary>
    public static SitePlace Of(SummitSite site, HostEvidence host)
    {
        var whole = host.Disk ?? host.Draft;
        var read = whole?.Files.FirstOrDefault(file => file.Path == site.ConfigPath
            || (site.EnabledPath.Length > 0 && file.Path == site.EnabledPath && host.IsEnabled(site))
            || host.Real(file.Path) == site.ConfigPath)?.Path;
        var path = read ?? (site.EnabledPath.Length > 0 ? site.EnabledPath : site.ConfigPath);
        return new SitePlace(
            whole, path,
            whole is null || SiteWishes.NameFile(site.AsAsked ?? site) ? "" : Reason(whole, site, path, isThere: read is not null));
    }

    /// <summary>Whether nginx reads exactly these bytes there.</summary>
    public bool Holds(byte[] bytes) => Document is { } document && document.Bytes.AsSpan().SequenceEqual(bytes);

    /// <summary>Refuses a change of the host's own nginx, installed or not, where a container holds the site's port.</summary>
    /// <param name="evidence">What was gathered.</param>
    /// <param name="host">The host's part of it.</param>
    /// <exception cref="SummitDeploymentException">A container holds it.</exception>
    public static void RefuseHeld(SiteEvidence evidence, HostEvidence host)
    {
        if (host.PortContainer.Length == 0) return;
        throw new SummitDeploymentException(
            "SiteInContainer", SummitErrorKind.OperationFailed,
            $"Port {evidence.Site.Port} on {evidence.Target} {Checks.Host.NginxInContainer.Held(host)}, "
                + "so a change of the host's own nginx would not change the site. Nothing was changed.",
            evidence.Target,
            Checks.Host.NginxInContainer.Fix);
    }

    /// <summary>Refuses a change on the host of a file that nginx reads in a container, unless both are seen to be the same file.</summary>
    /// <param name="evidence">What was gathered.</param>
    /// <param name="host">The host's part of it.</param>
    /// <param name="place">The file's place.</param>
    /// <param name="there">What is there on the host.</param>
    /// <param name="change">The change as a diff, for a file that is only shown what it needs.</param>
    /// <exception cref="SummitDeploymentException">They are not seen to be the same.</exception>
    public static void RefuseUnmapped(SiteEvidence evidence, HostEvidence host, SitePlace place, byte[]? there, Func<string> change)
    {
        var site = evidence.Site;
        if (host.Container is { } container && (container.Entered || container.Stopped.Length > 0))
        {
            if (container.Stopped.Length > 0) throw Stopped(evidence, container);
            if (container.Refusal.Length > 0) throw Baked(evidence, container, host, change);
            return;
        }

        if (!ContainerCommand.Is(site.NginxCommand)) return;
        if (there is not null && host.Disk is not null && place.Holds(there)) return;
        throw new SummitDeploymentException(
            "ConfigInContainer", SummitErrorKind.OperationFailed,
            $"nginx on {evidence.Target} runs in a container ('{site.NginxCommand}'), and {site.ConfigPath} of the host is not the file "
                + "that it reads there, so nothing was changed.", evidence.Target,
            "Name the file on the host that is mounted there, by the path that nginx has for it too; "
                + "or change the image or the ConfigMap that the file comes from: Get-SummitNginxConfig shows what nginx reads.");
    }

    private static SummitDeploymentException Stopped(SiteEvidence evidence, NginxContainer container) => new(
        "ContainerStopped", SummitErrorKind.OperationFailed,
        $"nginx on {evidence.Target} runs in the container {container.Described}, which does not run ({container.Stopped}), "
            + "so nothing was changed.",
        evidence.Target,
        $"{container.Start}   # then run this again");

    /// <summary>What an image or a ConfigMap holds is shown as the change that belongs into the place that it comes from.</summary>
    private static SummitDeploymentException Baked(SiteEvidence evidence, NginxContainer container, HostEvidence host, Func<string> change)
    {
        var site = evidence.Site;
        var diff = container.Place == ContainerPlace.Outside ? "" : change();
        var shown = diff.Length == 0 ? "" : $" The change that it needs:\n{diff.TrimEnd()}";
        var next = container.Place switch
        {
            ContainerPlace.Image => $"{container.Engine} inspect {container.Name} --format '{{{{.Config.Image}}}}'   # the image whose "
                + $"{site.ConfigPath} needs the change",
            ContainerPlace.Config => "kubectl get configmap -A   # the ConfigMap that holds the file needs the change",
            ContainerPlace.Replaced => $"{container.Engine} restart {container.Name}",
            _ => $"{container.Engine} inspect {container.Name} --format '{{{{json .Mounts}}}}'   # shows where its folders come from",
        };
        return new SummitDeploymentException(
            "ConfigInContainer", SummitErrorKind.OperationFailed,
            $"{host.Target}: {ForeignText.Visible(container.Refusal)} Nothing was changed.{shown}", evidence.Target, next);
    }

    /// <summary>
    /// Refuses to put a whole site in the place of a file that is no site's: a fragment of a server block, or nginx's main file.
    /// </summary>
    /// <exception cref="SummitDeploymentException">It is one of those.</exception>
    public static void RefuseWhole(SiteEvidence evidence, SitePlace place)
    {
        var what = place.IsFragment
            ? "is a fragment of a server block"
            : place.Whole is { Model.IsFragment: false } whole && whole.Path == place.Path ? "is nginx's main file" : null;
        if (what is null) return;
        throw new SummitDeploymentException(
            "FileIsNoSite", SummitErrorKind.OperationFailed,
            $"{evidence.Site.ConfigPath} on {evidence.Target} {what}, so it is not replaced by a whole site. Nothing was changed.",
            evidence.Target,
            $"{Command.For("Deploy-SummitNginxConfig", evidence)} -WhatIf   # shows the smallest repair");
    }

    /// <summary>Refuses a new file that nginx would not read, where the site does not insist on it.</summary>
    /// <exception cref="SummitDeploymentException">Nothing includes it.</exception>
    public static void RefuseUnread(SiteEvidence evidence, SitePlace place, SummitNginxConfig? result, bool isNew)
    {
        if (!isNew || result is null || SiteWishes.NameFile(evidence.Site.AsAsked ?? evidence.Site)
            || result.Files.Any(file => file.Path == place.Path))
        {
            return;
        }

        throw new SummitDeploymentException(
            "ConfigNotIncluded", SummitErrorKind.OperationFailed,
            $"No server block on {evidence.Target} answers for {evidence.Site.ServerName} on port {evidence.Site.Port}, "
                + $"and the http block of {result.Path} includes no folder for a new one. Nothing was changed.", evidence.Target,
            Command.Nginx(evidence.Site, "-T")
                + " | grep -n include   # then include a folder, or name a file: New-SummitSite -ConfigPath FILE -EnabledPath ''");
    }

    /// <summary>Where a repair may pass the WebSocket to: elsewhere than now only where the upstream is seen to be the fault.</summary>
    public static UpstreamChoice Upstream(SiteEvidence evidence)
    {
        var opens = evidence.Hop(SiteEvidence.BackendHop) is { HttpStatus: 101 or 401 or 403 };
        var named = SiteWishes.NameBackend(evidence.Site);
        if (opens && IsAtFault(evidence)) return UpstreamChoice.Site;
        // the backend that somebody named opens for nginx's own request, and the one that nginx asks refuses it
        if (named && evidence.Replayed.Variation is { Form: SummitReplayForm.AtSiteBackend, Opens: true }) return UpstreamChoice.Site;
        return opens || named ? UpstreamChoice.KeepExisting : UpstreamChoice.AsFound;
    }

    /// <summary>The one server that a file passes the WebSocket to; null where it is none, several, or a socket.</summary>
    public static (string Host, int Port)? Backend(SummitNginxConfig file, SummitSite site)
    {
        var trace = NginxRouter.Trace(file, new NginxRequest(site.ServerName, site.Port, Tls: true, site.WebSocketPath));
        return trace.Proxy is { Why: "", Servers: [var server] } ? HostPort.Split(server) : null;
    }

    /// <summary>Whether nginx does not get through to its upstream, or nothing listens where it leads to.</summary>
    private static bool IsAtFault(SiteEvidence evidence)
    {
        if (evidence.EndsInCircle) return true;
        if (evidence.Hop(SiteEvidence.LoopbackHop) is { HttpStatus: { } status }) return status is 502 or 504;
        return evidence.Host?.Listeners is { } listeners && evidence.Route?.Upstreams is { Count: > 0 } upstreams
            && upstreams.All(upstream => BackendRunning.IsOnHost(upstream[..Math.Max(0, upstream.LastIndexOf(':'))])
                && !listeners.Any(listener => upstream.EndsWith($":{listener.Port}", StringComparison.Ordinal)));
    }

    private static string Reason(SummitNginxConfig whole, SummitSite site, string path, bool isThere)
    {
        var trace = NginxRouter.Trace(whole, new NginxRequest(site.ServerName, site.Port, Tls: true, site.WebSocketPath));
        if (isThere && trace.Server is { } server && (server.File == path || server.Locations.Exists(location => location.File == path)))
        {
            return $"the server block at {server.File}:{server.Line} answers for {site.ServerName} on port {site.Port}"
                + $"{(server.File == path ? "" : ", and its locations stand in this file")}";
        }

        if (isThere) return "";
        var include = NginxIncludes.OfHttp(whole).FirstOrDefault(pattern => GlobPattern.MatchesPath(pattern.Pattern, path));
        return include is null
            ? ""
            : $"no server block answers for {site.ServerName} on port {site.Port}, and nginx reads such files by {include}";
    }
}
