using Summit.Ops.Errors;
using Summit.Ops.Nginx.Editing;
using Summit.Ops.Sites;
using Summit.Ops.Text;

namespace Summit.Ops.Nginx;

/// <summary>
/// Mends a file with the smallest edit: what is missing is put in, what does not work is replaced, and every other byte stays.
/// </summary>
public static class NginxRepair
{
    /// <summary>Each step mends one thing; a file that needs more has something that the edits do not mend.</summary>
    private const int MaxSteps = 20;

    /// <summary>Makes the Error and Warning rules about the site's WebSocket location pass.</summary>
    /// <param name="file">One file; where it is a configuration of several, only the file at its path is edited.</param>
    /// <param name="site">The site.</param>
    /// <returns>The mended file, or <paramref name="file"/> itself where there is nothing to mend.</returns>
    /// <exception cref="SummitFileException">The file has no server block for the site (NginxServerMissing), cannot be parsed
    /// (NginxSyntaxInvalid), or what stands in it cannot be mended by an edit of the location (NginxRepairRefused).</exception>
    /// <exception cref="SummitArgumentException">A value of the site cannot stand in a configuration.</exception>
    public static SummitNginxConfig Apply(SummitNginxConfig file, SummitSite site)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(site);
        // a default backend is nobody's word against a proxy_pass that somebody wrote
        return Apply(
            file, file.Path, site, SiteWishes.NameBackend(site) ? UpstreamChoice.Site : UpstreamChoice.KeepExisting, RepairFacts.None);
    }

    /// <summary>
    /// The same where it may be a whole configuration: the file with the server block that answers for the site is edited.
    /// </summary>
    /// <param name="config">One file, or all that nginx reads.</param>
    /// <param name="site">The site.</param>
    /// <exception cref="SummitFileException">As for one file.</exception>
    public static SummitNginxConfig ApplyToSite(SummitNginxConfig config, SummitSite site)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(site);
        var isWhole = config.Model.Files.Documents.Count > 1;
        var server = isWhole ? NginxRouter.Resolve(config, NginxRequestReader.Read(site.Uri, site, nginxVersion: null)).Server : null;
        return Apply(config, server?.File ?? config.Path, site, UpstreamChoice.Site, RepairFacts.None);
    }

    /// <summary>
    /// The same in a file of a whole configuration, judged by all that nginx reads: a site's file, the main file,
    /// or a fragment in a server block.
    /// </summary>
    /// <param name="config">What nginx reads.</param>
    /// <param name="path">The one file that is edited.</param>
    /// <param name="site">The site.</param>
    /// <param name="upstream">Where the WebSocket is passed to.</param>
    /// <param name="facts">What is known of the backend beside the configuration.</param>
    /// <returns>The configuration with the edited file.</returns>
    /// <exception cref="SummitFileException">As for one file.</exception>
    internal static SummitNginxConfig Apply(
        SummitNginxConfig config, string path, SummitSite site, UpstreamChoice upstream, RepairFacts facts)
    {
        ExpectedNginxConfig.Check(site);
        for (var step = 0; step < MaxSteps; step++)
        {
            var file = config.Model.Files.Documents.First(document => document.Path == path);
            if (file.Errors is [var error, ..])
            {
                throw new SummitFileException(
                    "NginxSyntaxInvalid", SummitErrorKind.InvalidData,
                    $"{path}:{error.Line}: {error.Message}. A file that nginx cannot read is not edited.", path,
                    $"Correct line {error.Line}, or put the whole expected file there with Deploy-SummitNginxConfig -Replace.");
            }

            if (new WebSocketRepair(config, file, site, upstream, facts).Next() is not { } edit) return config;
            config = config.With(path, edit.Apply(file.Bytes));
        }

        throw new SummitFileException(
            "NginxRepairRefused", SummitErrorKind.InvalidData, $"{path} still fails after {MaxSteps} edits.", path,
            $"See what is wrong: Get-SummitNginxConfig -Path {PowerShellWord.Of(path)} | Test-SummitNginxConfig");
    }

    /// <summary>
    /// The rules of severity Error or Warning that still fail: what no edit of the one file is certain to mend
    /// without changing what others get.
    /// </summary>
    /// <param name="repaired">What <see cref="Apply(SummitNginxConfig, SummitSite)"/> gave.</param>
    /// <param name="site">The site.</param>
    public static IReadOnlyList<SummitCheck> Left(SummitNginxConfig repaired, SummitSite site) =>
        [.. NginxRules.Evaluate(repaired, site)
            .Where(check => check is { Status: SummitCheckStatus.Fail, Severity: >= SummitSeverity.Warning })];
}
