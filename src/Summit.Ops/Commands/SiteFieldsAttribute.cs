using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using Summit.Ops.Text;

namespace Summit.Ops.Commands;

/// <summary>
/// Makes a site of an object with a site's fields, such as a line of Import-Csv: an empty cell has its default,
/// and the files follow the name.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SiteFieldsAttribute : ArgumentTransformationAttribute
{
    private static readonly PropertyInfo[] Fields =
    [
        .. typeof(SummitSite).GetProperties().Where(field => field.SetMethod is { IsPublic: true }),
    ];

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData is PSObject { BaseObject: PSCustomObject } line
            && !line.TypeNames[0].StartsWith("Deserialized.", StringComparison.Ordinal) ? Site(line) : inputData;

    private static SummitSite Site(PSObject line)
    {
        var site = new SummitSite();
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var cell in line.Properties)
        {
            if (cell.Value is null or "" || cell.Name == nameof(SummitSite.Uri)) continue;
            var field = Fields.FirstOrDefault(known => known.Name.Equals(cell.Name, StringComparison.OrdinalIgnoreCase))
                ?? throw Refused($"A site has no field '{ForeignText.Visible(cell.Name)}'"
                    + $"{Nearest.Suggestion(cell.Name, Fields.Select(known => known.Name))}. Leave it out: "
                    + $"Select-Object -ExcludeProperty '{cell.Name}'");
            try
            {
                field.SetValue(site, LanguagePrimitives.ConvertTo(cell.Value, field.PropertyType, CultureInfo.InvariantCulture));
            }
            catch (PSInvalidCastException error)
            {
                throw Refused($"{field.Name} '{ForeignText.Visible(cell.Value.ToString() ?? "")}' is not of its kind "
                    + $"({field.PropertyType.Name}). {error.Message}");
            }

            given.Add(field.Name);
        }

        // as it is copied from a browser
        if (!given.Contains(nameof(SummitSite.WebSocketQuery)) && site.WebSocketPath.Split('?', 2) is [var path, var query])
        {
            site = site with { WebSocketPath = path, WebSocketQuery = query };
        }

        if (!given.Contains(nameof(SummitSite.Name))) return site;
        return site with
        {
            ConfigPath = given.Contains(nameof(SummitSite.ConfigPath)) ? site.ConfigPath : $"/etc/nginx/sites-available/{site.Name}",
            EnabledPath = given.Contains(nameof(SummitSite.EnabledPath)) ? site.EnabledPath : $"/etc/nginx/sites-enabled/{site.Name}",
        };
    }

    // without the cast's own exception in it: the engine would say only that the line binds to nothing
    private static ArgumentTransformationMetadataException Refused(string message) => new(message);
}
