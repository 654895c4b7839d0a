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
                Read(FileArgument.Path(engineIntrinsics, path, "a site is an object of New-SummitSite or a file")),
            FileInfo file => Read(file.FullName),
            PSCustomObject when NamesServer && IsNoSite(wrapped!) => $"{inputData} (no site: it has no ServerName)",
            _ => inputData,
        };
    }

    private static bool IsNoSite(PSObject item) =>
        !item.TypeNames[0].StartsWith("Deserialized.", StringComparison.Ordinal) && item.Properties[nameof(SummitSite.ServerName)] is null;

    private static SummitSite Read(string path)
    {
        try
        {
            var site = SiteFile.Read(path, out var namesServer);
            return namesServer ? site : throw FileArgument.Refused(
                $"{path} has no ServerName, so the guide's default would be meant: {site.ServerName}. Add the site's own: "
                    + "\"ServerName\": \"HOST\".",
                null);
        }
        catch (SummitException error)
        {
            throw FileArgument.Refused(error);
        }
    }
}
