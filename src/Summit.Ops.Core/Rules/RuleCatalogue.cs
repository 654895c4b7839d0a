using Summit.Ops.Checks;
using Summit.Ops.Diagnosis;
using Summit.Ops.Probing.Certificates;
using Summit.Ops.Reporting;

namespace Summit.Ops.Rules;

/// <summary>Every check that this module makes, and what its page says of it.</summary>
public static class RuleCatalogue
{
    /// <summary>What each check says of itself: those of a diagnosis first, in its order.</summary>
    internal static IReadOnlyList<CheckDefinition> Definitions { get; } =
        [.. CheckList.Definitions, .. CertificateChecks.Definitions, Suppressions.Definition, .. ReportSubjects.Definitions];

    /// <summary>The checks, with their pages.</summary>
    public static IReadOnlyList<SummitRule> All => Rules.Value;

    private static readonly Lazy<IReadOnlyList<SummitRule>> Rules = new(() => [.. Definitions.Select(Of)]);

    /// <summary>The ids and titles alone; no page is read for them.</summary>
    public static IEnumerable<(string Id, string Title)> Names => Definitions.Select(each => (each.Id, each.GeneralTitle));

    private static SummitRule Of(CheckDefinition check)
    {
        var page = RuleDescription.Read(check.Id);
        return new SummitRule
        {
            Id = check.Id,
            Title = check.GeneralTitle,
            Severity = check.Severity,
            Sees = check.Sees,
            Causes = check.Causes,
            Restates = check.Restates ?? "",
            Description = page.Description,
            BadExample = page.Bad,
            GoodExample = page.Good,
            HelpUri = check.HelpUri,
        };
    }
}
