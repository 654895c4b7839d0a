using System.Management.Automation;
using Summit.Ops.Errors;
using Summit.Ops.Sites;

namespace Summit.Ops.Commands;

/// <summary>Lets a site be named by its file as well: <c>-Site ./chat.site.json</c>, or a file of Get-ChildItem.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SiteOrFileAttribute : ArgumentTransformationAttribute
{
    /// <summary>
    /// Whether an object with properties is a site only where it names its server: a line of Import-Csv with a Name may be an instance.
    /// </summary>
    public bool NamesServer { get; set; }

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var wrapped = inputData as PSObject;
        return (wrapped?.BaseObject ?? inputData) switch
        {
            // a URI in the pipeline of a probe is no path
            string path when !string.IsNullOrWhiteSpace(path) && !path.Contains("://", StringComparison.Ordinal) =>
                Read(FileSystemPath(engineIntrinsics, path)),
            FileInfo file => Read(file.FullName),
            PSCustomObject when NamesServer && IsNoSite(wrapped!) => $"{inputData} (no site: it has no ServerName)",
            _ => inputData,
        };
    }

    private static bool IsNoSite(PSObject item) =>
        !item.TypeNames[0].StartsWith("Deserialized.", StringComparison.Ordinal) && item.Properties[nameof(SummitSite.ServerName)] is null;

    private static string FileSystemPath(EngineIntrinsics engine, string path)
    {
        try
        {
            var full = engine.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return provider.Name == "FileSystem"
                ? full
                : throw Refused($"'{path}' is a path of {provider.Name}, and a site is an object of New-SummitSite or a file.", null);
        }
        catch (Exception error) when (error is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            throw Refused($"'{path}' is neither a site nor the path of a site file: {error.Message}", error);
        }
    }

    private static SummitSite Read(string path)
    {
        try
        {
            var site = SiteFile.Read(path, out var namesServer);
            return namesServer ? site : throw Refused(
                $"{path} has no ServerName, so the guide's default would be meant: {site.ServerName}. Add the site's own: "
                    + "\"ServerName\": \"HOST\".",
                null);
        }
        catch (SummitException error)
        {
            throw Refused($"{error.Message} Run next: {error.RecommendedAction}", error);
        }
    }

    // the engine then tries the object's properties, where it comes through the pipeline
    private static ArgumentTransformationMetadataException Refused(string message, Exception? inner) =>
        new(message, new PSInvalidCastException(message, inner));
}
