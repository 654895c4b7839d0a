using System.Globalization;
using System.Text;

namespace Summit.Ops.Discovery;

/// <summary>Names for sites that were found: the server's name and the path, which no two have in common.</summary>
internal static class SiteNames
{
    private const int Longest = 180;

    /// <summary>The sites with their names; the same name again takes the port, and then a number.</summary>
    public static IReadOnlyList<SummitFoundSite> Unique(IReadOnlyList<SummitFoundSite> sites)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return [.. sites.Select(site => Take(Named(site), taken))];
    }

    /// <summary>The site by its server's name and its path.</summary>
    public static SummitFoundSite Named(SummitFoundSite site)
    {
        var name = new StringBuilder(site.ServerName);
        foreach (var part in site.WebSocketPath.Split('/', StringSplitOptions.RemoveEmptyEntries)) name.Append('-').Append(part);
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(name[i]) && name[i] is not ('.' or '_' or '-')) name[i] = '-';
        }

        if (name.Length > Longest) name.Length = Longest;
        return site with { Name = name.ToString().Trim('-', '.') is { Length: > 0 } text ? text : "site" };
    }

    private static SummitFoundSite Take(SummitFoundSite site, HashSet<string> taken)
    {
        if (taken.Add(site.Name)) return site;
        var withPort = string.Create(CultureInfo.InvariantCulture, $"{site.Name}-{site.Port}");
        var name = withPort;
        for (var number = 2; !taken.Add(name); number++) name = string.Create(CultureInfo.InvariantCulture, $"{withPort}-{number}");
        return site with { Name = name };
    }
}
