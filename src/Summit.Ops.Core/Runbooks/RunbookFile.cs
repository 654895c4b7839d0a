using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Summit.Ops.Errors;
using Summit.Ops.Sites;

namespace Summit.Ops.Runbooks;

/// <summary>A file of a runbook.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">Its text.</param>
public sealed record RunbookFile(string Name, string Text)
{
    /// <summary>A document of Systems Manager, and a command with its parameters, is at most 64 KB.</summary>
    internal const int Largest = 64 * 1024;

    private static readonly JsonSerializerOptions Options =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The files of a kind, for a site.</summary>
    /// <exception cref="SummitArgumentException">A value of the site makes no sense, or cannot stand where it would have to.</exception>
    public static IReadOnlyList<RunbookFile> For(SummitSite site, SummitRunbookKind kind)
    {
        SiteRules.Check(site);
        return kind switch
        {
            SummitRunbookKind.RunCommandParameters => [.. RunCommandFiles.For(site)],
            SummitRunbookKind.CommandDocument => [.. CommandDocuments.For(site)],
            SummitRunbookKind.AutomationDocument => [AutomationDocument.For(site)],
            SummitRunbookKind.AzureRunbook => [AzureRunbook.For(site)],
            _ => throw new SummitArgumentException(
                "RunbookKindUnknown", $"There is no runbook of the kind {kind}.", kind, "Export-SummitRunbook -Kind CommandDocument"),
        };
    }

    /// <summary>A file of JSON, small enough for the service that takes it.</summary>
    internal static RunbookFile OfJson(string name, JsonObject content)
    {
        // no indentation: a script has many lines, and each blank counts against the limit
        var lines = content.ToJsonString(Options).ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimStart(' '));
        var text = string.Join('\n', lines) + "\n";
        var size = Encoding.UTF8.GetByteCount(text);
        return size <= Largest ? new RunbookFile(name, text) : throw new SummitArgumentException(
            "RunbookTooLarge",
            $"{name} would have {size:N0} bytes, and Systems Manager takes {Largest:N0}: a value of the site is too long.",
            name,
            "Deploy-SummitNginxConfig -InstanceId i-…   # brings a script of any size");
    }

    /// <summary>A script as a list of its lines, as Run Command takes it.</summary>
    internal static JsonArray Lines(string script) => new([.. script.TrimEnd('\n').Split('\n').Select(line => JsonValue.Create(line))]);
}
