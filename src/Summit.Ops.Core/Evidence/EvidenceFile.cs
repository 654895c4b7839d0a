using System.Text.Json;
using System.Text.Json.Serialization;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Evidence;

/// <summary>Evidence as a JSON file: redacted when it is written, judged again when it is read.</summary>
public static class EvidenceFile
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        IgnoreReadOnlyProperties = false,
        Converters = { new JsonStringEnumConverter(), new AddressConverter() },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes it, whole or not at all, readable by its owner only; tokens, passwords and authorization values are redacted.</summary>
    /// <exception cref="SummitFileException">It cannot be written.</exception>
    public static void Write(SiteEvidence evidence, string path)
    {
        try
        {
            WholeFile.Write(path, EvidenceRedaction.Of(evidence, Options).ToJsonString(Options) + "\n", ownerOnly: true);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new SummitFileException("EvidenceNotWritten", SummitErrorKind.PermissionDenied, $"The evidence cannot be written to {path}: {error.Message}", path, $"ls -ld {ShellWord.Quote(Path.GetDirectoryName(Path.GetFullPath(path)) ?? path)}", error);
        }
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="SummitFileException">The file is missing, unreadable, or no evidence.</exception>
    public static SiteEvidence Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<SiteEvidence>(File.ReadAllText(path), Options) ?? throw new JsonException("the file is empty");
        }
        catch (JsonException error)
        {
            throw new SummitFileException("EvidenceInvalid", SummitErrorKind.InvalidData, $"{path} holds no evidence: {error.Message}", path, "Invoke-SummitDiagnostic -SaveEvidence ./evidence.json", error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SummitFileException("EvidenceNotFound", SummitErrorKind.NotFound, $"There is no evidence file {path}.", path, "Invoke-SummitDiagnostic -SaveEvidence ./evidence.json", error);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new SummitFileException("EvidenceUnreadable", SummitErrorKind.PermissionDenied, $"{path} cannot be read: {error.Message}", path, $"ls -l {ShellWord.Quote(path)}", error);
        }
    }
}
