using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Nginx;

/// <summary>The server block that answers with TLS has a certificate and a key.</summary>
internal sealed class ServerCertificateRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.ServerCertificate", "The TLS server block has a certificate", SummitSeverity.Error, SummitRuleScope.Files)
    {
        Causes = [SummitCause.CertificateMissing, SummitCause.NginxWrongServer],
        Restates = "Nginx.ServerBlock",
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        var (route, site) = (context.Route, context.Site);
        if (route.Server is not { } server || route.Socket is not { Ssl: true })
        {
            return RuleVerdict.Skipped($"no server block speaks TLS on port {site.Port}");
        }

        var rejects = EffectiveDirectives.Find(server, DirectiveName.SslRejectHandshake).Directives;
        if (rejects is [.., var reject] && reject.Argument(0) == "on")
        {
            return RuleVerdict.Fail(
                SummitCause.NginxWrongServer,
                $"{server.Describe()} refuses every TLS handshake",
                "a server block that names the site", "ssl_reject_handshake on", context.ResolveCommand()).At(reject);
        }

        var certificate = EffectiveDirectives.Find(server, DirectiveName.SslCertificate).Directives;
        var key = EffectiveDirectives.Find(server, DirectiveName.SslCertificateKey).Directives;
        if (certificate.Count > 0 && key.Count > 0)
        {
            return RuleVerdict.Pass($"ssl_certificate {certificate[0].ShowArguments()}").At(certificate[0]);
        }

        if (server.Unread.Concat(server.Parent?.Unread ?? []).FirstOrDefault() is { Document: not null } include)
        {
            return RuleVerdict.Unknown(
                $"no certificate is in what was read, and include {include.ShowArguments()} was not read").At(include);
        }

        if (context.Config.Model.IsFragment)
        {
            return RuleVerdict.Unknown("no certificate is in this file; one may stand in the http block of the main file").At(server);
        }

        return Missing(context, server, certificate.Count);
    }

    private static RuleVerdict Missing(RuleContext context, ServerScope server, int certificates)
    {
        var what = certificates == 0 ? "ssl_certificate" : "ssl_certificate_key";
        var path = context.Site.CertificatePath.Length > 0
            ? context.Site.CertificatePath
            : $"/etc/letsencrypt/live/{context.Site.ServerName}/fullchain.pem";
        return RuleVerdict.Fail(
            SummitCause.CertificateMissing, $"{server.Describe()} listens with ssl and has no {what}", $"ssl_certificate {path};",
            $"no {what}", $"Deploy-SummitNginxConfig -Site {SiteExpression.For(context.Site)} -Replace").At(server);
    }
}
