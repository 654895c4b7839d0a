using System.Text.RegularExpressions;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Sites;

/// <summary>What a suppression must say: which check, who answers for it, why, and until when.</summary>
internal static partial class SuppressionRules
{
    private const string Pages = "rules/";

    private static readonly Lazy<IReadOnlySet<string>> Known = new(() => typeof(SuppressionRules).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Pages, StringComparison.Ordinal))
        .Select(name => name[Pages.Length..])
        .ToHashSet(StringComparer.OrdinalIgnoreCase));

    private const string Example = "New-SummitSite -Suppressions @{ Id = 'Nginx.HostHeader'; "
        + "Owner = 'platform team'; Reason = 'the backend does not look at Origin'; Expires = '2027-01-31' }";

    /// <summary>Refuses one that says too little.</summary>
    /// <exception cref="SummitArgumentException">It does.</exception>
    public static void Check(SummitSuppression? suppression)
    {
        if (suppression is null) throw Bad("is null");
        if (suppression.Id is null || !Id().IsMatch(suppression.Id))
        {
            throw Bad(
                $"names the check '{ForeignText.Visible(suppression.Id ?? "")}', which is no check's id; ids look like Nginx.HostHeader");
        }

        if (suppression.Id.Equals(Diagnosis.Suppressions.Definition.Id, StringComparison.OrdinalIgnoreCase))
        {
            throw Bad($"is of {suppression.Id}: that an acceptance has ended cannot be accepted");
        }

        // one that is mistyped would accept nothing, and nobody would see why
        if (!Known.Value.Contains(suppression.Id))
        {
            throw Bad($"names the check {suppression.Id}, and there is none of that id{Nearest.Suggestion(suppression.Id, Known.Value)}");
        }

        if (!OneLine(suppression.Owner)) throw Bad($"of {suppression.Id} needs an Owner, on one line: somebody must answer for it");
        if (!OneLine(suppression.Reason)) throw Bad($"of {suppression.Id} needs a Reason, on one line");
        if (suppression.Target is null || suppression.Target.Any(char.IsControl))
        {
            throw Bad($"of {suppression.Id} has a Target with control characters, or none; leave it empty for everywhere");
        }

        if (suppression.Expires == default) throw Bad($"of {suppression.Id} needs Expires, the last day on which it holds, as 2027-01-31");
    }

    private static bool OneLine(string? text) => !string.IsNullOrWhiteSpace(text) && !text.Any(char.IsControl);

    private static SummitArgumentException Bad(string what) =>
        new("SuppressionInvalid", $"A suppression {what}{(what.EndsWith('?') ? "" : ".")}", nameof(SummitSite.Suppressions), Example);

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9]*\.[A-Za-z0-9.]+$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Id();
}
