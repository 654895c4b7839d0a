using System.Text.RegularExpressions;

namespace Summit.Ops.Checks.Host;

/// <summary>The first complaint in what <c>nginx -t</c> said.</summary>
/// <param name="Message">nginx's own words.</param>
/// <param name="File">The file it names, or null.</param>
/// <param name="Line">The line in it, or null.</param>
internal sealed partial record NginxComplaint(string Message, string? File, int? Line)
{
    /// <summary>It in nginx's own words.</summary>
    public override string ToString() => File is null ? Message : $"{Message} in {File}:{Line}";

    /// <summary>Finds it; null where nginx complains of nothing.</summary>
    public static NginxComplaint? In(string output)
    {
        // an alert about the compiled-in log file comes first on hosts where its folder is missing, and is no
        // reason to refuse a configuration
        var complaints = Complaint().Matches(output);
        var match = complaints.FirstOrDefault(found => found.Groups["level"].Value == "emerg")
            ?? complaints.FirstOrDefault(found => !found.Value.Contains("could not open error log file", StringComparison.Ordinal));
        if (match is null) return null;
        var message = match.Groups["message"].Value.Trim();
        var place = Place().Match(message);
        return place.Success
            ? new NginxComplaint(message[..place.Index], place.Groups["file"].Value, int.Parse(place.Groups["line"].ValueSpan))
            : new NginxComplaint(message, null, null);
    }

    [GeneratedRegex(
        @"^(?:nginx:|\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[(?<level>emerg|alert|crit)\] (?:\d+#\d+: )?(?<message>.+)$",
        RegexOptions.Multiline | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Complaint();

    [GeneratedRegex(@" in (?<file>/[^""]*):(?<line>\d+)$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();
}
