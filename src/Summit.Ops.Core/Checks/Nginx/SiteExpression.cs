using System.Globalization;
using System.Text;

namespace Summit.Ops.Checks.Nginx;

/// <summary>A site as PowerShell text that makes it again, so that a proposed command runs as it stands.</summary>
internal static class SiteExpression
{
    /// <summary><c>(New-SummitSite …)</c> with what differs from the defaults.</summary>
    public static string For(SummitSite site)
    {
        var standard = new SummitSite();
        var text = new StringBuilder("(New-SummitSite");
        Add(nameof(site.Name), site.Name, standard.Name);
        Add(nameof(site.ServerName), site.ServerName, standard.ServerName);
        Add(nameof(site.Port), site.Port, standard.Port);
        Add(nameof(site.WebSocketPath), site.WebSocketPath, standard.WebSocketPath);
        Add(nameof(site.ApiPath), site.ApiPath, standard.ApiPath);
        Add(nameof(site.BackendHost), site.BackendHost, standard.BackendHost);
        Add(nameof(site.BackendPort), site.BackendPort, standard.BackendPort);
        Add(nameof(site.BackendPath), site.BackendPath, standard.BackendPath);
        Add(nameof(site.ConfigPath), site.ConfigPath, standard.ConfigPath);
        Add(nameof(site.EnabledPath), site.EnabledPath, standard.EnabledPath);
        Add(nameof(site.CertificatePath), site.CertificatePath, standard.CertificatePath);
        Add(nameof(site.CertificateKeyPath), site.CertificateKeyPath, standard.CertificateKeyPath);
        Add(nameof(site.NginxCommand), site.NginxCommand, standard.NginxCommand);
        Add(nameof(site.NginxConfigPath), site.NginxConfigPath, standard.NginxConfigPath);
        Add(nameof(site.NginxPrefix), site.NginxPrefix, standard.NginxPrefix);
        return text.Append(')').ToString();

        void Add<T>(string name, T value, T usual)
        {
            if (EqualityComparer<T>.Default.Equals(value, usual)) return;
            text.Append(CultureInfo.InvariantCulture, $" -{name} {(value is string word ? Quote(word) : value)}");
        }
    }

    /// <summary>A string of PowerShell, always in quotes.</summary>
    public static string Literal(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A word of PowerShell.</summary>
    public static string Quote(string value) =>
        value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or ':' or '-') && value[0] != '-' ? value : Literal(value);
}
