using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Host;

/// <summary>The guide's item "Nginx config syntax valid": what <c>nginx -t</c> itself says of the disk.</summary>
internal sealed class NginxSyntax : ICheck
{
    public CheckDefinition Definition { get; } = new(
        "Nginx.Syntax", "Nginx config syntax valid", SummitSeverity.Error, SummitRuleScope.Files)
    {
        Causes =
        [
            SummitCause.NginxSyntaxInvalid, SummitCause.CertificateMissing, SummitCause.CertificateWeak,
            SummitCause.NginxConfigNotDeployed, SummitCause.NginxConfigNotEnabled, SummitCause.BackendNotRunning,
        ],
        LooksAt = [SummitCause.NginxSyntaxInvalid, SummitCause.CertificateMissing],
        Restates = "Nginx.ConfigDeployed",
    };

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var finding = Definition.On(evidence.Target.Name);
        var test = Command.Nginx(evidence.Site, "-t");
        if (evidence.Host is not { } host) return finding.Unknown(evidence.HostMissing);
        if (!host.NginxInstalled) return finding.Unknown($"'{evidence.Site.NginxCommand}' was not found, so nothing could be tested.");
        if (host.NginxTest is not { } result) return finding.Unknown("nginx -t was not run.", test);
        if (result.ExitCode == 0) return finding.Pass($"nginx -t: {Warnings(result.Text)}", "test is successful", "test is successful");

        var complaint = NginxComplaint.In(result.Text);
        var words = ForeignText.Visible(complaint?.Message ?? result.Text.Trim());
        if (!host.HasRoot && words.Contains("Permission denied", StringComparison.Ordinal))
        {
            return finding.Unknown($"{host.User} may not read all that nginx reads ({words}), and sudo asks for a password.", test);
        }

        if (complaint is null)
        {
            return finding.Unknown(
                $"'{evidence.Site.NginxCommand}' ended with {result.ExitCode} and complained of no configuration: "
                    + $"{(words.Length > 0 ? words : "it said nothing")}",
                test);
        }

        return finding.Fail(
            Cause(words, evidence.Site, host),
            $"nginx -t: {words}", "test is successful", words,
            ComplaintCommand.Of(complaint, evidence),
            complaint.File, complaint.Line);
    }

    private static SummitCause Cause(string words, SummitSite site, HostEvidence host)
    {
        if (words.Contains("key too small", StringComparison.Ordinal) || words.Contains("md too weak", StringComparison.Ordinal))
        {
            return SummitCause.CertificateWeak;
        }

        if (words.StartsWith("cannot load certificate", StringComparison.Ordinal)
            || words.Contains("key values mismatch", StringComparison.Ordinal))
        {
            return SummitCause.CertificateMissing;
        }

        // a container's name has no address while it is stopped; any other name is as wrong as a word that nginx does not know
        if (words.StartsWith("host not found in upstream", StringComparison.Ordinal) && ContainerCommand.Is(site.NginxCommand))
        {
            return SummitCause.BackendNotRunning;
        }

        // a link that leads nowhere is a site that is not enabled, or one whose file is gone
        if (site.EnabledPath.Length > 0 && words.StartsWith($"open() \"{site.EnabledPath}\" failed (2:", StringComparison.Ordinal))
        {
            return host.Exists(site.ConfigPath) switch
            {
                true => SummitCause.NginxConfigNotEnabled,
                false => SummitCause.NginxConfigNotDeployed,
                null => SummitCause.Unknown,
            };
        }

        return SummitCause.NginxSyntaxInvalid;
    }

    private static string Warnings(string output)
    {
        var warnings = output.Split('\n')
            .Where(line => line.StartsWith("nginx: [warn]", StringComparison.Ordinal))
            .Select(line => ForeignText.Visible(line[7..])).ToList();
        return warnings.Count == 0 ? "test is successful" : "test is successful; " + string.Join("; ", warnings);
    }
}
