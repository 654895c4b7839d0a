using System.Text;
using Summit.Ops.Checks.Backend;
using Summit.Ops.Deployment;
using Summit.Ops.Hosts;
using Summit.Ops.Nginx;

namespace Summit.Ops.Runbooks;

/// <summary>
/// The scripts of the runbooks: the same on-host scripts as the cmdlets', answering in words for whoever reads them without this module.
/// </summary>
internal static class RunbookScripts
{
    private const int LongestWithComments = 40_000;

    // a part that this script does not use is used by another (2034, 2317); the journal sets j_… (2154); nginx's command holds quoted
    // words that are evaluated (2089, 2090); a refusal ends the script, so A && B || refuse is if-then-else (2015); one script
    // in quotes (2016); what the parts say line by line is lost with their comments (2013, 2030, 2046, 2086, 2094, 2153): the
    // parts are checked by themselves
    private const string Notice = """
        # Made by Export-SummitRunbook of Summit.Ops. It needs a POSIX shell, and curl for the handshakes; run as root, as Run Command does.
        # shellcheck shell=dash disable=SC2013,SC2015,SC2016,SC2030,SC2031,SC2034,SC2046,SC2086,SC2089,SC2090,SC2094,SC2153,SC2154,SC2317

        """;

    /// <summary>The guide's quick diagnostic: reads only.</summary>
    /// <param name="site">The site.</param>
    /// <param name="task">What the first line of the answer calls it.</param>
    /// <param name="parameters">
    /// Lines that set values before the script, and the names of the values that they set; null where the site's own hold.
    /// </param>
    public static string Diagnose(SummitSite site, string task, ScriptParameters? parameters = null) =>
        Looking(site, task, "diagnose.sh", parameters,
            "# Looks at the backend, the nginx configuration, nginx, the logs and the certificate, and tries a WebSocket handshake. "
                + "It changes nothing.\n# Exit code 0: OK. 1: something failed; the first line says what. "
                + "2: nothing failed, and not all could be looked at.\n");

    /// <summary>Whether a WebSocket opens on the host: reads only.</summary>
    public static string Verify(SummitSite site, string task, ScriptParameters? parameters = null) =>
        Looking(site, task, "verify.sh", parameters,
            "# Tries a WebSocket handshake at the backend and through nginx. It changes nothing.\n"
                + "# Exit code 0: it opens. 1: it does not; the first line says why. 2: it could not be tried.\n");

    /// <summary>Puts the expected configuration in place, as a transaction.</summary>
    /// <exception cref="Errors.SummitArgumentException">
    /// A value of the site would not be what it says inside a configuration file.
    /// </exception>
    public static string Deploy(SummitSite site, string task, ScriptParameters? parameters = null)
    {
        var content = ExpectedNginxConfig.For(site).ToBytes();
        return Join(
            """
            # Puts the site's nginx configuration in place: tested, backed up, reloaded, verified by a handshake, or everything put back.
            # Where there is no file yet it becomes the whole expected one. One that has the WebSocket location with its headers is
            # enabled and loaded. To one whose server lacks the location it is added. Every other file is left as it is and the run
            # fails: a shell cannot judge what somebody wrote, Deploy-SummitNginxConfig of Summit.Ops can. FORCE=yes replaces any file
            # whole; a backup is kept. The file is the one whose server block answers for the site's name and port in what nginx reads;
            # where none does, a new one is made where nginx includes such files. A second block for a name and port that another file
            # has is refused.
            # Exit code 0: deployed, or nothing to do. 1: deployed, and no WebSocket opens. 2: deployed, and not tried. 3: refused,
            # nothing changed. 4: put back.

            """.ReplaceLineEndings("\n"),
            parameters,
            [
                .. SiteVariables.Nginx(site),
                .. SiteVariables.Endpoint(site),
                new("CONFIG_PATH", site.ConfigPath),
                new("ENABLED_PATH", site.EnabledPath),
                new("API_PATH", site.ApiPath),
                new("SITE_NAME", site.Name),
                new("TASK", task),
                new("NEW_SHA", DeploymentPlanner.Sha256(content)),
                new("CONTENT", Convert.ToBase64String(content)),
                new("LOCATION", Convert.ToBase64String(Encoding.UTF8.GetBytes(ExpectedNginxConfig.WebSocketLocation(site)))),
                new("FORCE", "no"),
                new("KNOWN", ""),
            ],
            "prelude.sh", "own.sh", "deployment-state.sh", "nginx.sh", "service.sh", "lock.sh", "known-answers.sh", "plain.sh",
            "answer-in-words.sh", "nginx-text.sh", "nginx-place.sh", "deploy-expected.sh", "transaction.sh", "deploy.sh");
    }

    /// <summary>Looks at the backend, restarts it where it does not answer, and verifies it.</summary>
    public static string Backend(SummitSite site, string task, ScriptParameters? parameters = null) => Join(
        """
        # Looks at the backend; where it does not run, does not listen or does not answer a WebSocket handshake, restarts it in pm2 or
        # systemd, waits until it serves, and tries the handshake; one that runs and listens is left alone where there is no curl to ask
        # it with. FORCE=yes restarts it in any case, which ends every open connection.
        # Exit code 0: it answers. 1: it was restarted, and no WebSocket opens. 3: refused, nothing changed. 4: the restart failed.

        """.ReplaceLineEndings("\n"),
        parameters,
        [.. SiteVariables.Backend(site), .. SiteVariables.Endpoint(site), .. BackendPlace(site), new("TASK", task), new("FORCE", "no")],
        "prelude.sh", "own.sh", "pm2-owner.sh", "pm2.sh", "unit.sh", "service.sh", "lock.sh", "plain.sh",
        "answer-in-words.sh", "backend-place.sh", "manager.sh", "backend.sh", "check-backend.sh", "restart-backend.sh");

    private static string Looking(SummitSite site, string task, string last, ScriptParameters? parameters, string about) => Join(
        about,
        parameters,
        [
            .. SiteVariables.Nginx(site),
            .. SiteVariables.Endpoint(site),
            .. SiteVariables.Backend(site),
            .. BackendPlace(site),
            new("CONFIG_PATH", site.ConfigPath),
            new("ENABLED_PATH", site.EnabledPath),
            new("API_PATH", site.ApiPath),
            new("TASK", task),
        ],
        "prelude.sh", "nginx.sh", "pm2-owner.sh", "pm2.sh", "unit.sh", "service.sh", "backend-place.sh", "backend.sh",
        "nginx-text.sh", "firewall-words.sh", "plain.sh", "checks-in-words.sh", last);

    private static IEnumerable<KeyValuePair<string, string>> BackendPlace(SummitSite site) =>
    [
        new("BACKEND_HOST", site.BackendHost.Contains(':', StringComparison.Ordinal)
            && site.BackendHost[0] != '[' ? $"[{site.BackendHost}]" : site.BackendHost),
        new("BACKEND_PATH", site.BackendPath),
        new("BACKEND_HERE", BackendRunning.IsOnHost(site.BackendHost) ? "yes" : "no"),
    ];

    private static string Join(
        string about, ScriptParameters? parameters,
        IEnumerable<KeyValuePair<string, string>> values,
        params ReadOnlySpan<string> resources) =>
        about + Notice.ReplaceLineEndings("\n") + (parameters?.Lines ?? "")
        + Fitting(parameters is null ? values : values.Where(value => !parameters.Names.Contains(value.Key)), resources);

    /// <summary>A long script leaves its comments and its indentation out: with its quotes a document may have 64 KB.</summary>
    private static string Fitting(IEnumerable<KeyValuePair<string, string>> values, ReadOnlySpan<string> resources) =>
        ShellScript.Compose(values, resources) is { Length: <= LongestWithComments } script
            ? script
            : ShellScript.ComposeShort(values, resources);
}

/// <summary>Values of a script that come from a document's parameters.</summary>
/// <param name="Lines">The lines that set them.</param>
/// <param name="Names">The shell variables that they set.</param>
internal sealed record ScriptParameters(string Lines, IReadOnlySet<string> Names);
