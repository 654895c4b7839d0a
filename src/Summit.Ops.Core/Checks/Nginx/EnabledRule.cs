namespace Summit.Ops.Checks.Nginx;

/// <summary>The site's file is among those that nginx reads.</summary>
internal sealed class EnabledRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.Enabled", site => $"nginx reads {(site.EnabledPath.Length > 0 ? site.EnabledPath : site.ConfigPath)}", SummitSeverity.Error,
        SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxConfigNotEnabled],
        Restates = "Nginx.ConfigDeployed",
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        var (site, model) = (context.Site, context.Config.Model);
        if (model.IsFragment) return RuleVerdict.Skipped("this is one file, and not all that nginx reads");
        var file = model.Files.Documents.FirstOrDefault(document => document.Path == site.EnabledPath || document.Path == site.ConfigPath);
        if (file is not null) return RuleVerdict.Pass($"{file.Path} is read") with { File = file.Path, Line = 1 };
        // somebody may have put the site elsewhere
        if (context.Route.Server is { } server && server.Names.Contains(site.ServerName))
        {
            return RuleVerdict.Pass($"{server.File} is read and has the site's server block").At(server);
        }

        var enabled = site.EnabledPath.Length > 0 ? site.EnabledPath : site.ConfigPath;
        return RuleVerdict.Fail(
            SummitCause.NginxConfigNotEnabled,
            $"{enabled} is not among the {model.Files.Documents.Count} files that nginx reads, and no other has a server "
                + $"block for {site.ServerName}",
            $"{context.Config.Path} includes {enabled}",
            string.Join(", ", model.Files.Documents.Take(6).Select(document => document.Path)),
            $"Deploy-SummitNginxConfig -Site {SiteExpression.For(site)}") with { File = context.Config.Path, Line = 1 };
    }
}
