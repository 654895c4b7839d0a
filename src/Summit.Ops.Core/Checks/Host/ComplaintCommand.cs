using System.Text.RegularExpressions;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Host;

/// <summary>What to type about a complaint of <c>nginx -t</c>: nginx names a place, a folder or a certificate.</summary>
internal static partial class ComplaintCommand
{
    /// <summary>The command; <c>nginx -t</c> itself where nothing better is known.</summary>
    public static string Of(NginxComplaint complaint, SiteEvidence evidence)
    {
        var site = evidence.Site;
        var test = Command.Nginx(site, "-t");
        // in a container the files lie elsewhere
        if (ContainerCommand.Is(site.NginxCommand)) return test;
        var start = Command.For("Restart-SummitNginx", evidence);
        if (complaint is { File: { } file, Line: { } line })
        {
            return DeadLink(complaint.Message, evidence, start)
                ?? $"sudo sed -n '{Math.Max(1, line - 3)},{line + 3}p' {ShellWord.Quote(file)}   # mend it there, then: {test}";
        }

        if (Variable().Match(complaint.Message) is { Success: true } variable)
        {
            return OfVariable(variable.Groups["name"].Value, evidence, test, start);
        }

        // a log, a pid file or a folder of nginx's own, which it makes itself where the folder above is there
        if (Gone().Match(complaint.Message) is { Success: true } made && !IsConfiguration(made.Groups["path"].Value, site))
        {
            return $"sudo install -d -m 755 {ShellWord.Quote(Folder(made.Groups["path"].Value))} && {start}";
        }

        if (Unloaded().Match(complaint.Message) is { Success: true } missing)
        {
            var path = missing.Groups["path"].Value;
            return $"sudo ls -l {ShellWord.Quote(Folder(path))}   # {ForeignText.Visible(path)} is not there, or is a link that leads "
                + "nowhere: put it back, have it issued again (certbot shows what it has: sudo certbot certificates), or name the file "
                + $"that is there in {(missing.Groups["key"].Success ? "ssl_certificate_key" : "ssl_certificate")}; then: {start}";
        }

        if (Mismatch().Match(complaint.Message) is { Success: true } key)
        {
            var path = key.Groups["path"].Value;
            var raw = evidence.Host!.Sections.GetValueOrDefault("nginx.raw")?.Text ?? "";
            var certificate = Certificate().Matches(raw).Select(named => named.Groups["path"].Value)
                .FirstOrDefault(named => Folder(named) == Folder(path));
            var first = certificate is null ? "" : $"sudo openssl x509 -noout -pubkey -in {ShellWord.Quote(certificate)} && ";
            return $"{first}sudo openssl pkey -pubout -in {ShellWord.Quote(path)}   # the key must print the same as the certificate: put "
                + $"back the one that belongs to it, or have the certificate issued again; then: {start}";
        }

        return test;
    }

    /// <summary>A variable that nothing makes: often the map that nginx's own page on WebSockets has.</summary>
    private static string OfVariable(string name, SiteEvidence evidence, string test, string start)
    {
        var raw = evidence.Host!.Sections.GetValueOrDefault("nginx.raw")?.Text ?? "";
        return name == "connection_upgrade" && raw.Contains("include /etc/nginx/conf.d/*.conf;", StringComparison.Ordinal)
            ? "echo 'map $http_upgrade $connection_upgrade { default upgrade; \"\" close; }' | sudo tee "
                + $"/etc/nginx/conf.d/connection-upgrade.conf && {start}"
            : $"sudo grep -rn {ShellWord.Quote(name)} /etc/nginx   # a map or set must make ${name}; where one does, nginx does not "
                + $"include its file; then: {test}";
    }

    /// <summary>Where the file that nginx does not find is a link; null where it is none.</summary>
    private static string? DeadLink(string message, SiteEvidence evidence, string start)
    {
        if (Gone().Match(message) is not { Success: true } found) return null;
        var path = found.Groups["path"].Value;
        if (path == evidence.Site.EnabledPath) return Command.For("Deploy-SummitNginxConfig", evidence);
        return evidence.Host?.Real(path) is { } leads
            ? $"sudo rm {ShellWord.Quote(path)} && {start}   # a link that leads nowhere; or put back the file that it names, "
                + ForeignText.Visible(leads)
            : null;
    }

    private static bool IsConfiguration(string path, SummitSite site) =>
        path.StartsWith("/etc/", StringComparison.Ordinal) || path.EndsWith(".conf", StringComparison.Ordinal)
            || path == site.NginxConfigPath;

    private static string Folder(string path) => path[..Math.Max(1, path.LastIndexOf('/'))];

    [GeneratedRegex(@"^(open|mkdir)\(\) ""(?<path>/[^""]+)"" failed \(2: ", Options, Limit)]
    private static partial Regex Gone();

    [GeneratedRegex(@"^cannot load certificate (?<key>key )?""(?<path>/[^""]+)"": .*No such file or directory", Options, Limit)]
    private static partial Regex Unloaded();

    [GeneratedRegex(@"^SSL_CTX_use_PrivateKey\w*\(""(?<path>/[^""]+)""\) failed .*key values mismatch", Options, Limit)]
    private static partial Regex Mismatch();

    [GeneratedRegex(@"^unknown ""(?<name>\w+)"" variable", Options, Limit)]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\s*ssl_certificate\s+(?<path>/[^;\s]+)\s*;", Options | RegexOptions.Multiline, Limit)]
    private static partial Regex Certificate();

    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;
    private const int Limit = 1000;
}
