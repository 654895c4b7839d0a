using System.Globalization;
using System.Text;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Nginx;

/// <summary>A site as PowerShell text, so that a proposed command runs as it stands.</summary>
/// <remarks>
/// A site that differs from the defaults in many fields would bury the command: there it is <c>$site</c>, the variable
/// that the help uses throughout.
/// </remarks>
internal static class SiteExpression
{
    private const int Readable = 120;
    private const string Correction = "$site = ";

    /// <summary><c>(New-SummitSite …)</c> with what differs from the defaults, or <c>$site</c> where that is long.</summary>
    /// <remarks>What was found on the host needs no words: it is found again.</remarks>
    public static string For(SummitSite site)
    {
        site = site.AsAsked ?? site;
        var text = "(New-SummitSite" + Differences(site, new SummitSite());
        return text.Length > Readable || site.Suppressions.Count > 0 ? "$site" : text + ")";
    }

    /// <summary>
    /// <c>($site | New-SummitSite …)</c>: a site with what was found of it, where the site itself is too long to be written; else null.
    /// </summary>
    public static string? Refined(SummitSite site, SummitSite found) =>
        For(found) == "$site" ? $"($site | New-SummitSite{Differences(found, site)})" : null;

    /// <summary><c>$site = $site | New-SummitSite …</c>: corrects a site's description and keeps the rest of it.</summary>
    public static string Corrected(SummitSite site, SummitSite right)
    {
        // what was found on the host is no part of the description
        if (site.AsAsked is { } asked)
        {
            return $"{Correction}{(asked.Equals(new SummitSite()) ? "" : "$site | ")}New-SummitSite{Differences(right, site)}";
        }

        return $"{Correction}{(For(site) == "$site" ? "$site | New-SummitSite" + Differences(right, site) : For(right).Trim('(', ')'))}";
    }

    /// <summary>Whether a command corrects the description, and nothing on the host.</summary>
    public static bool IsCorrection(string command) => command.StartsWith(Correction, StringComparison.Ordinal);

    private static string Differences(SummitSite site, SummitSite standard)
    {
        var text = new StringBuilder();
        Add(nameof(site.Name), site.Name, standard.Name);
        Add(nameof(site.ServerName), site.ServerName, standard.ServerName);
        Add(nameof(site.Port), site.Port, standard.Port);
        Add(nameof(site.ListenAddress), site.ListenAddress, standard.ListenAddress);
        Add(nameof(site.WebSocketPath), site.WebSocketPath, standard.WebSocketPath);
        Add(nameof(site.WebSocketQuery), site.WebSocketQuery, standard.WebSocketQuery);
        Add(nameof(site.SubProtocol), site.SubProtocol, standard.SubProtocol);
        Add(nameof(site.ApiPath), site.ApiPath, standard.ApiPath);
        Add(nameof(site.BackendHost), site.BackendHost, standard.BackendHost);
        Add(nameof(site.BackendPort), site.BackendPort, standard.BackendPort);
        Add(nameof(site.BackendPath), site.BackendPath, standard.BackendPath);
        Add(nameof(site.ConfigPath), site.ConfigPath, standard.ConfigPath);
        Add(nameof(site.EnabledPath), site.EnabledPath, standard.EnabledPath);
        Add(nameof(site.ProcessName), site.ProcessName, standard.ProcessName);
        Add(nameof(site.BackendUser), site.BackendUser, standard.BackendUser);
        Add(nameof(site.Pm2Home), site.Pm2Home, standard.Pm2Home);
        Add(nameof(site.CertificatePath), site.CertificatePath, standard.CertificatePath);
        Add(nameof(site.CertificateKeyPath), site.CertificateKeyPath, standard.CertificateKeyPath);
        Add(nameof(site.CertificateAuthorityPath), site.CertificateAuthorityPath, standard.CertificateAuthorityPath);
        Add(nameof(site.NginxCommand), site.NginxCommand, standard.NginxCommand);
        Add(nameof(site.NginxConfigPath), site.NginxConfigPath, standard.NginxConfigPath);
        Add(nameof(site.NginxPrefix), site.NginxPrefix, standard.NginxPrefix);
        Add(nameof(site.PingInterval), site.PingInterval, standard.PingInterval);
        Add(nameof(site.Origin), site.Origin, standard.Origin);
        Add(nameof(site.DeployCommand), site.DeployCommand, standard.DeployCommand);
        Add(nameof(site.RollbackCommand), site.RollbackCommand, standard.RollbackCommand);
        return text.ToString();

        void Add<T>(string name, T value, T usual)
        {
            if (EqualityComparer<T>.Default.Equals(value, usual)) return;
            text.Append(CultureInfo.InvariantCulture, $" -{name} {(value is string word ? PowerShellWord.Of(word) : value)}");
        }
    }
}
