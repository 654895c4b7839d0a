using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Summit.Ops.Reporting;

/// <summary>
/// A report as SARIF 2.1.0 (OASIS): one run, a rule for each check, a result for each check that did not pass, at its file and line.
/// </summary>
/// <remarks>
/// A failure has its severity as level; what could not be looked at is a result of kind "review"; an accepted failure carries its
/// suppression; what was fixed since the baseline is "absent".
/// </remarks>
internal static class SarifReport
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    /// <summary>Writes it.</summary>
    public static string Write(Report report)
    {
        var rules = report.Subjects.SelectMany(subject => subject.Checks)
            .Concat(report.Baseline?.Fixed.Select(change => change.Check) ?? []).DistinctBy(check => check.Id).ToList();
        var index = rules.Select((rule, at) => (rule.Id, at)).ToDictionary(pair => pair.Id, pair => pair.at, StringComparer.Ordinal);
        var results = report.Subjects
            .SelectMany(subject => subject.Checks.Where(check => check.Status is SummitCheckStatus.Fail or SummitCheckStatus.Unknown)
                .Select(check => Result(
                    report, subject.Name, check, BaselineComparison.StateOf(report.Baseline, subject, check), index[check.Id])))
            .Concat((report.Baseline?.Fixed
                ?? []).Select(change => Result(report, change.Subject, change.Check, change.State, index[change.Check.Id])));
        return new JsonObject
        {
            ["$schema"] = Schema,
            ["version"] = "2.1.0",
            ["runs"] = new JsonArray(new JsonObject
            {
                ["tool"] = new JsonObject { ["driver"] = new JsonObject
                {
                    ["name"] = "Summit.Ops",
                    ["version"] = Report.Version,
                    ["rules"] = new JsonArray([.. rules.Select(Rule)]),
                } },
                ["columnKind"] = "utf16CodeUnits",
                ["invocations"] = new JsonArray(new JsonObject
                {
                    ["executionSuccessful"] = true,
                    ["endTimeUtc"] = report.Made.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                }),
                ["results"] = new JsonArray([.. results]),
            }),
        }.ToJsonString(JsonReport.Options) + "\n";
    }

    private static JsonObject Rule(SummitCheck check)
    {
        var page = RulePage.Of(check);
        var rule = new JsonObject
        {
            ["id"] = check.Id,
            ["name"] = check.Id.Replace(".", "", StringComparison.Ordinal),
            ["shortDescription"] = new JsonObject { ["text"] = check.Title },
            ["defaultConfiguration"] = new JsonObject { ["level"] = Level(check.Severity) },
        };
        if (page.Uri is { } uri) rule["helpUri"] = uri;
        if (page.Text is { } text) rule["help"] = new JsonObject { ["text"] = text, ["markdown"] = text };
        return rule;
    }

    private static JsonObject Result(Report report, string subject, SummitCheck check, SummitBaselineState? state, int rule)
    {
        var failed = check.Status == SummitCheckStatus.Fail;
        var why = ReportWords.WhyNot(check);
        string[] said = [check.Evidence, why, check.Fix.Length > 0 ? $"Run next: {check.Fix}" : ""];
        var result = new JsonObject
        {
            ["ruleId"] = check.Id,
            ["ruleIndex"] = rule,
            ["kind"] = failed ? "fail" : "review",
            ["level"] = !failed
                ? "none"
                : check.ExplainedBy != SummitCause.None || check.Severity < report.MinimumSeverity ? "note" : Level(check.Severity),
            ["message"] = new JsonObject { ["text"] = string.Join(' ', said.Where(part => part.Length > 0).Select(Sentence)) },
            ["locations"] = new JsonArray(Location(subject, check)),
            ["partialFingerprints"] = new JsonObject { ["summit/v2"] = Fingerprint(subject, check) },
            ["properties"] = new JsonObject
            {
                ["subject"] = subject,
                ["cause"] = check.Cause.ToString(),
                ["explainedBy"] = check.ExplainedBy.ToString(),
            },
        };
        if (check.Suppression is { } suppression)
        {
            result["suppressions"] = new JsonArray(
                new JsonObject { ["kind"] = "external", ["status"] = "accepted", ["justification"] = $"{suppression.Reason} "
                    + $"({suppression.Owner}, until {suppression.Expires.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)})" });
        }

        if (state is { } known)
        {
            result["baselineState"] =
                known switch { SummitBaselineState.New => "new", SummitBaselineState.Fixed => "absent", _ => "unchanged" };
        }

        return result;
    }

    private static JsonObject Location(string subject, SummitCheck check)
    {
        var location = new JsonObject { ["logicalLocations"] = new JsonArray(new JsonObject
        {
            ["fullyQualifiedName"] = check.Target.Length > 0 && check.Target != subject ? $"{subject}: {check.Target}" : subject,
        }) };
        if (check.File is not { Length: > 0 } file) return location;
        var physical = new JsonObject { ["artifactLocation"] = new JsonObject { ["uri"] = FileUri(file) } };
        if (check.Line is > 0) physical["region"] = new JsonObject { ["startLine"] = check.Line };
        location["physicalLocation"] = physical;
        return location;
    }

    /// <summary>
    /// An absolute path of a host as a URI; a relative one stays relative, so that code scanning finds it in the repository.
    /// </summary>
    private static string FileUri(string file)
    {
        var path = string.Join('/', file.Split('/').Select(Uri.EscapeDataString));
        return file.StartsWith('/') ? "file://" + path : path;
    }

    private static string Sentence(string text) =>
        text[^1] is '.' or '!' or '?' || text.StartsWith("Run next", StringComparison.Ordinal) ? text : text + ".";

    private static string Level(SummitSeverity severity) =>
        severity switch { SummitSeverity.Error => "error", SummitSeverity.Warning => "warning", _ => "note" };

    // the same finding on another day has the same fingerprint: no evidence in it, which holds times and ports. The file
    // tells the sites of one host apart
    private static string Fingerprint(string subject, SummitCheck check) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{subject}\n{check.Id}\n{check.Target}\n{check.File}")))
            .ToLowerInvariant();
}
