using System.Globalization;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Nginx;

namespace Summit.Ops.Deployment;

/// <summary>The copies that deployments made of a site's file, on one host.</summary>
/// <param name="host">The host.</param>
public sealed class BackupStore(IHost host)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The copies, the newest first.</summary>
    public async Task<IReadOnlyList<SummitNginxBackup>> ListAsync(SummitSite site, CancellationToken cancellation) =>
        List(site, await AskAsync(site, "", cancellation));

    /// <summary>One copy's content.</summary>
    /// <param name="site">The site.</param>
    /// <param name="path">The copy's path; null for the newest one that differs from the file as it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SummitDeploymentException">There is no such copy.</exception>
    public async Task<(SummitNginxBackup Backup, SummitNginxConfig Content)> ReadAsync(
        SummitSite site, string? path, CancellationToken cancellation)
    {
        var backups = List(site, await AskAsync(site, "", cancellation));
        var backup = path is null
            ? backups.FirstOrDefault(candidate => !candidate.IsCurrent)
            : backups.FirstOrDefault(candidate => candidate.Path == path);
        if (backup is null)
        {
            throw new SummitDeploymentException(
                "BackupNotFound", SummitErrorKind.NotFound,
                path is null
                    ? $"{host.Target} has no backup of {site.ConfigPath} that differs from the file as it is."
                    : $"{host.Target} has no backup {path} of {site.ConfigPath}.",
                host.Target, Checks.Command.For("Get-SummitNginxBackup", site, host.Target));
        }

        var answer = await AskAsync(site, backup.Path, cancellation);
        var bytes = answer.Bytes("content");
        return DeploymentPlanner.Sha256(bytes) == backup.Sha256
            ? (backup, NginxConfigReader.FromBytes(site.ConfigPath, bytes, host.Target))
            : throw new SummitDeploymentException(
                "BackupChanged", SummitErrorKind.InvalidData, $"The backup {backup.Path} on {host.Target} changed while it was read.",
                host.Target, Checks.Command.For("Get-SummitNginxBackup", site, host.Target));
    }

    private async Task<ScriptAnswer> AskAsync(SummitSite site, string wanted, CancellationToken cancellation)
    {
        var script = new HostScript(
            "list backups",
            ShellScript.ComposeElevated(
                Deployer.Folder(site.ConfigPath),
                [.. SiteVariables.Nginx(site), new("CONFIG_PATH", site.ConfigPath), new("ENABLED_PATH", ""), new("WANTED", wanted)],
                "prelude.sh", "nginx.sh", "answer.sh", "own.sh", "deployment-state.sh", "container.sh", "backups.sh"),
            Patience,
            ReadOnly: true);
        return ScriptAnswer.Read(await host.RunAsync(script, cancellation), host.Target);
    }

    private List<SummitNginxBackup> List(SummitSite site, ScriptAnswer answer)
    {
        var backups = new List<SummitNginxBackup>();
        for (var number = 1; answer[$"backup.{number}"] is { Length: > 0 } line; number++)
        {
            var fields = line.Split(' ', 3);
            backups.Add(new SummitNginxBackup
            {
                Target = host.Target,
                Path = fields[2],
                Original = site.ConfigPath,
                Created = Stamp(fields[2]),
                Size = long.Parse(fields[1], CultureInfo.InvariantCulture),
                Sha256 = fields[0],
                IsCurrent = fields[0] == answer["current"],
            });
        }

        return [.. backups.OrderByDescending(backup => backup.Created).ThenByDescending(backup => backup.Path, StringComparer.Ordinal)];
    }

    /// <summary>The time in a copy's name, <c>NAME.20261124T063132Z.6810177b</c>.</summary>
    private static DateTimeOffset Stamp(string path)
    {
        var parts = path.Split('.');
        return DateTimeOffset.TryParseExact(
            parts.LastOrDefault(part => part.Length == 16 && part[8] == 'T' && part[15] == 'Z'), "yyyyMMdd'T'HHmmss'Z'",
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created)
            ? created
            : DateTimeOffset.UnixEpoch;
    }
}
