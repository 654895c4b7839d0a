namespace Summit.Ops.Reporting;

/// <summary>The page that explains a check: its text, and where it lies, as the module was packed or built.</summary>
internal static class RulePage
{
    // bin/Summit.Ops.Core.dll, beside docs/
    private static readonly string? Root = Path.GetDirectoryName(Path.GetDirectoryName(typeof(RulePage).Assembly.Location));

    /// <summary>The page of a check; nulls where there is none here.</summary>
    public static (string? Uri, string? Text) Of(SummitCheck check)
    {
        if (Uri.TryCreate(check.HelpUri, UriKind.Absolute, out var known) && known.Scheme is "http" or "https")
        {
            return (check.HelpUri, null);
        }

        if (Root is null || check.HelpUri.Length == 0) return (null, null);
        var page = Path.GetFullPath(Path.Combine(Root, check.HelpUri));
        // an object may come from a file that somebody else wrote: nothing but a page of the module is read for it
        if (!page.StartsWith(Path.Combine(Root, "docs", "rules") + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return (null, null);
        }

        try
        {
            return (new Uri(page).AbsoluteUri, File.ReadAllText(page));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, null);
        }
    }
}
