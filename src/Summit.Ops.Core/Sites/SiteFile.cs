using System.Text.Json;
using System.Text.Json.Serialization;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Sites;

/// <summary>A site as a JSON file: what is written reads back as the same site.</summary>
public static class SiteFile
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNameCaseInsensitive = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        IgnoreReadOnlyProperties = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads it.</summary>
    /// <exception cref="SummitFileException">The file is missing, unreadable, or no site.</exception>
    /// <exception cref="SummitArgumentException">A field makes no sense.</exception>
    public static SummitSite Read(string path)
    {
        try
        {
            var site = JsonSerializer.Deserialize<SummitSite>(File.ReadAllText(path), Options);
            if (site is null) throw NoSite(path, "it is empty", null);
            // the empty list of the defaults, so that a site that was only stored equals the one it was
            return SiteRules.Check(site.Suppressions.Count == 0 ? site with { Suppressions = [] } : site);
        }
        catch (JsonException error)
        {
            throw NoSite(path, error.Message, error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SummitFileException("SiteFileNotFound", SummitErrorKind.NotFound, $"There is no site file {path}.", path, $"New-SummitSite -ServerName host.example.com | Export-SummitSite -Path '{path}'", error);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new SummitFileException("SiteFileUnreadable", SummitErrorKind.PermissionDenied, $"The site file {path} cannot be read: {error.Message}", path, $"ls -l '{path}'", error);
        }
    }

    /// <summary>Writes it: whole, or not at all.</summary>
    /// <exception cref="SummitFileException">The file cannot be written.</exception>
    public static void Write(SummitSite site, string path)
    {
        try
        {
            WholeFile.Write(path, Text(site), ownerOnly: false);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new SummitFileException("SiteFileNotWritten", SummitErrorKind.PermissionDenied, $"The site file {path} cannot be written: {error.Message}", path, $"ls -ld '{Path.GetDirectoryName(path)}'", error);
        }
    }

    /// <summary>The text of such a file.</summary>
    internal static string Text(SummitSite site) => JsonSerializer.Serialize(site, Options) + "\n";

    private static SummitFileException NoSite(string path, string why, Exception? inner) =>
        new("SiteFileInvalid", SummitErrorKind.InvalidData, $"{path} is no site file: {why}", path, "New-SummitSite | Export-SummitSite -Path ./site.json   # shows what one looks like", inner);
}
