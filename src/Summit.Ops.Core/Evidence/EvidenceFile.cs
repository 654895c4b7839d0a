using System.Text.Json;
using System.Text.Json.Serialization;
using Summit.Ops.Errors;
using Summit.Ops.Sites;
using Summit.Ops.Text;

namespace Summit.Ops.Evidence;

/// <summary>Evidence as a JSON file: redacted when it is written, judged again when it is read.</summary>
public static class EvidenceFile
{
    private const long Longest = 256_000_000;

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        IgnoreReadOnlyProperties = false,
        Converters = { new JsonStringEnumConverter(), new AddressConverter() },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// Writes it, whole or not at all, readable by its owner only; tokens, passwords and authorization values are redacted.
    /// </summary>
    /// <exception cref="SummitFileException">It cannot be written.</exception>
    public static void Write(SiteEvidence evidence, string path)
    {
        try
        {
            WholeFile.Write(path, EvidenceRedaction.Of(evidence, Options).ToJsonString(Options) + "\n", ownerOnly: true);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new SummitFileException(
                "EvidenceNotWritten", SummitErrorKind.PermissionDenied, $"The evidence cannot be written to {path}: {error.Message}", path,
                $"ls -ld {ShellWord.Quote(Path.GetDirectoryName(Path.GetFullPath(path)) ?? path)}", error);
        }
    }

    /// <summary>The evidence, where everything is there that is read of it later.</summary>
    private static SiteEvidence Whole(SiteEvidence? evidence)
    {
        string? missing = evidence switch
        {
            null => "anything",
            { Site: null } => nameof(evidence.Site),
            { Target: null } => nameof(evidence.Target),
            { HostMissing: null } => nameof(evidence.HostMissing),
            { NetworkMissing: null } => nameof(evidence.NetworkMissing),
            { Hops: null } => nameof(evidence.Hops),
            { Host: { Target: null } or { Sections: null } } => "the host's Target or Sections",
            { Host: { } host } when host.Sections.Values.Any(section => section?.Text is null) => "the text of one of the host's Sections",
            _ when evidence.Hops.Any(hop => hop is null) => "one of the Hops",
            _ when evidence.Replays?.Any(replay => replay is null) is true => "one of the Replays",
            _ => null,
        };
        return missing is null ? evidence! : throw new JsonException($"it does not have {missing}");
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="SummitFileException">The file is missing, unreadable, or no evidence.</exception>
    public static SiteEvidence Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > Longest)
            {
                throw new JsonException($"it is longer than {Longest / 1_000_000} MB, and no evidence is");
            }

            var evidence = Whole(JsonSerializer.Deserialize<SiteEvidence>(File.ReadAllText(path), Options));
            // commands to paste are made of its fields
            SiteRules.Check(evidence.Site);
            return evidence;
        }
        catch (Exception error) when (error is JsonException or SummitArgumentException or NotSupportedException or ArgumentException
            or FormatException or InvalidOperationException)
        {
            throw new SummitFileException(
                "EvidenceInvalid", SummitErrorKind.InvalidData, $"{path} holds no evidence: {error.Message}", path,
                "Invoke-SummitDiagnostic -SaveEvidence ./evidence.json", error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SummitFileException(
                "EvidenceNotFound", SummitErrorKind.NotFound, $"There is no evidence file {path}.", path,
                "Invoke-SummitDiagnostic -SaveEvidence ./evidence.json", error);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new SummitFileException(
                "EvidenceUnreadable", SummitErrorKind.PermissionDenied, $"{path} cannot be read: {error.Message}", path,
                $"ls -l {ShellWord.Quote(path)}", error);
        }
    }
}
