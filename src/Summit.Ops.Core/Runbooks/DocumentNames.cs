namespace Summit.Ops.Runbooks;

/// <summary>
/// What a site's documents are called in Systems Manager: 3 to 128 letters, digits, dots, dashes and underscores, and
/// none of Amazon's own prefixes.
/// </summary>
internal sealed class DocumentNames(SummitSite site)
{
    private readonly string _prefix = Prefix(site.Name);

    public string Diagnose => $"{_prefix}-diagnose-websocket";

    public string Deploy => $"{_prefix}-deploy-nginx-config";

    public string Backend => $"{_prefix}-restart-backend";

    public string Verify => $"{_prefix}-verify-websocket";

    public string Repair => $"{_prefix}-repair-websocket";

    private static string Prefix(string name)
    {
        var fit = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')).Trim('-');
        if (fit.Length > 80) fit = fit[..80];
        // a runbook of Azure begins with a letter
        var taken = fit.Length == 0 || !char.IsAsciiLetter(fit[0]) || fit.StartsWith("aws", StringComparison.OrdinalIgnoreCase)
            || fit.StartsWith("amazon", StringComparison.OrdinalIgnoreCase) || fit.StartsWith("amzn", StringComparison.OrdinalIgnoreCase);
        return taken ? $"summit-{fit}".TrimEnd('-') : fit;
    }
}
