using System.Text.Json;
using System.Text.Json.Serialization;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Sites;

/// <summary>A site as a JSON file: what is written reads back as the same site.</summary>
public static class SiteFile
{
    private static readonly string[] Fields =
    [
        .. typeof(SummitSite).GetProperties().Where(property => property.CanWrite).Select(property => property.Name),
    ];

    private static readonly string[] Positions = [" Path: ", " LineNumber: "];

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
    public static SummitSite Read(string path) => Read(path, out _);

    /// <summary>Reads it, and tells whether the file names the server itself: a default there is somebody else's host.</summary>
    /// <exception cref="SummitFileException">The file is missing, unreadable, or no site.</exception>
    /// <exception cref="SummitArgumentException">A field makes no sense.</exception>
    internal static SummitSite Read(string path, out bool namesServer)
    {
        namesServer = false;
        if (Directory.Exists(path)) throw IsFolder(path, $"Get-ChildItem -Path {PowerShellWord.Quote(path)} -Filter *.json");
        try
        {
            var text = File.ReadAllText(path);
            if (string.IsNullOrWhiteSpace(text)) throw NoSite(path, "it is empty.", null);
            var root = JsonSerializer.Deserialize<JsonElement>(text, Options);
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw NoSite(path, $"it holds {(root.ValueKind == JsonValueKind.Array ? "a list" : "a single value")}, "
                    + "and a site is one object in braces.", null);
            }

            foreach (var field in root.EnumerateObject())
            {
                namesServer |= field.Name.Equals(nameof(SummitSite.ServerName), StringComparison.OrdinalIgnoreCase);
                if (!Fields.Contains(field.Name, StringComparer.OrdinalIgnoreCase))
                {
                    throw NoSite(
                        path, $"a site has no field '{ForeignText.Visible(field.Name)}'{Nearest.Suggestion(field.Name, Fields)}.", null);
                }
            }

            var site = JsonSerializer.Deserialize<SummitSite>(text, Options)!;
            // the empty list of the defaults, so that a site that was only stored equals the one it was
            return SiteRules.Check(site.Suppressions.Count == 0 ? site with { Suppressions = [] } : site);
        }
        catch (JsonException error)
        {
            throw NoSite(path, Said(error), error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SummitFileException(
                "SiteFileNotFound", SummitErrorKind.NotFound, $"There is no site file {path}.", path,
                $"Get-ChildItem -Path {PowerShellWord.Quote(Folder(path))} -Filter *.json   # is the name mistyped? A new one: "
                    + "New-SummitSite … | Export-SummitSite",
                error);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new SummitFileException(
                "SiteFileUnreadable", SummitErrorKind.PermissionDenied,
                $"The site file {path} cannot be read: {error.Message}",
                path, $"ls -l {ShellWord.Quote(path)}", error);
        }
    }

    /// <summary>Whether the file is there as it would be written.</summary>
    /// <exception cref="SummitFileException">
    /// It is there with another content, and may not be replaced; or it is a folder, or cannot be read.
    /// </exception>
    internal static bool Holds(string path, SummitSite site, bool force)
    {
        if (Directory.Exists(path))
        {
            throw IsFolder(path, $"Export-SummitSite -Path {PowerShellWord.Quote(Path.Join(path, "summit.site.json"))}");
        }

        try
        {
            if (!File.Exists(path)) return false;
            if (File.ReadAllText(path) == Text(site)) return true;
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new SummitFileException(
                "SiteFileUnreadable", SummitErrorKind.PermissionDenied,
                $"The file {path} is there and cannot be read: {error.Message}",
                path, $"ls -l {ShellWord.Quote(path)}", error);
        }

        return force ? false : throw new SummitFileException(
            "SiteFileExists", SummitErrorKind.OperationFailed,
            $"{path} is there with another content. Nothing was written.",
            path, "Export-SummitSite -Force   # replaces it");
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
            throw new SummitFileException(
                "SiteFileNotWritten", SummitErrorKind.PermissionDenied, $"The site file {path} cannot be written: {error.Message}", path,
                $"ls -ld {ShellWord.Quote(Path.GetDirectoryName(Path.GetFullPath(path)) ?? path)}", error);
        }
    }

    /// <summary>The text of such a file.</summary>
    internal static string Text(SummitSite site) => JsonSerializer.Serialize(site, Options) + "\n";

    /// <summary>
    /// What is wrong in words of the file: its lines count from 1, and the program's own types are no matter of its author.
    /// </summary>
    private static string Said(JsonException error)
    {
        var where = error.LineNumber is { } line ? $" (line {line + 1})" : "";
        if (error.InnerException is not JsonException && error.Path is { Length: > 2 } place)
        {
            return $"the value of {ForeignText.Visible(place[2..])} is not of its kind: "
                + $"text in quotes, a number, or a duration such as \"00:00:30\"{where}.";
        }

        // " Path: … | LineNumber: …" counts from 0
        var end = Positions.Select(part => error.Message.IndexOf(part, StringComparison.Ordinal))
            .Where(at => at > 0)
            .DefaultIfEmpty(error.Message.Length).Min();
        return $"it is not JSON{where}: {ForeignText.Visible(error.Message[..end])}";
    }

    private static SummitFileException IsFolder(string path, string next) =>
        new("SiteFileIsFolder", SummitErrorKind.InvalidArgument, $"{path} is a folder, and a site is a file.", path, next);

    private static string Folder(string path)
    {
        var folder = Path.GetDirectoryName(path);
        while (!string.IsNullOrEmpty(folder) && !Directory.Exists(folder)) folder = Path.GetDirectoryName(folder);
        return string.IsNullOrEmpty(folder) ? "." : folder;
    }

    private static SummitFileException NoSite(string path, string why, Exception? inner) =>
        new(
            "SiteFileInvalid", SummitErrorKind.InvalidData, $"{path} is no site file: {why}", path,
            "New-SummitSite | Export-SummitSite -Path ./site.json   # shows what one looks like", inner);
}
