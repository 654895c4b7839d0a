using Summit.Ops.Errors;
using Summit.Ops.Nginx;

namespace Summit.Ops.Deployment;

/// <summary>What of a configuration is a site's own file.</summary>
internal static class SiteContent
{
    /// <summary>The configuration itself where it is one file; of a whole one the site's file, by its path or its link.</summary>
    /// <exception cref="SummitArgumentException">It is a whole configuration without that file.</exception>
    public static SummitNginxConfig? Of(SummitNginxConfig? config, SummitSite site)
    {
        // a site's file with the snippets that it includes is that file
        if (config is null || config.Model.Files.Documents is not { Count: > 1 } files || IsOf(config.Path, site)
            || config.Model.IsFragment)
        {
            return config;
        }

        var own = files.FirstOrDefault(file => file.Path == site.ConfigPath) ?? files.FirstOrDefault(file => IsOf(file.Path, site))
            ?? throw new SummitArgumentException(
                "NginxConfigWhole",
                $"The configuration is {config.Path} with {files.Count} files, and none of them is {site.ConfigPath}, "
                    + "so nothing was deployed.",
                config.Path,
                "Deploy the site's file alone: Get-SummitNginxConfig -Path FILE | Deploy-SummitNginxConfig");
        return NginxConfigReader.FromBytes(own.Path, [.. own.Bytes], config.Target);
    }

    private static bool IsOf(string path, SummitSite site) => path == site.ConfigPath || path == site.EnabledPath;
}
