using System.Globalization;
using System.Reflection;
using System.Xml.Linq;

namespace Summit.Ops.Help;

/// <summary>Reads the cmdlets of an assembly without running any of its code.</summary>
internal sealed class CmdletReader
{
    private const string Automation = "System.Management.Automation.";
    private const string Cmdlet = Automation + "CmdletAttribute";

    private readonly IReadOnlyList<Type> _cmdlets;
    private readonly XmlComments _comments;
    private readonly InitialValues _initial;

    private CmdletReader(Assembly assembly, string path)
    {
        _cmdlets = [.. assembly.GetTypes().Where(type => type is { IsPublic: true, IsAbstract: false } && Find(type, Cmdlet) is not null)];
        var names = _cmdlets.ToDictionary(type => "T:" + type.FullName, NameOf, StringComparer.Ordinal);
        _comments = new XmlComments(Path.ChangeExtension(path, ".xml"), id => Spoken(id, names));
        _initial = new InitialValues(path);
    }

    public static IReadOnlyList<CmdletPage> Read(string path, IEnumerable<string> references)
    {
        using var context = new MetadataLoadContext(new PathAssemblyResolver(references.Append(path)), "System.Runtime");
        var reader = new CmdletReader(context.LoadFromAssemblyPath(path), path);
        return [.. reader._cmdlets.Select(reader.Page).OrderBy(page => page.Noun, StringComparer.Ordinal)
            .ThenBy(page => page.Verb, StringComparer.Ordinal)];
    }

    private CmdletPage Page(Type type)
    {
        var id = "T:" + type.FullName;
        var cmdlet = Find(type, Cmdlet)!;
        var parameters = Parameters(type).ToList();
        if (Named(cmdlet, "SupportsShouldProcess") is true) parameters.AddRange(ShouldProcessParameters.All);
        var sets = parameters.SelectMany(parameter => parameter.Uses).Select(use => use.Set).Where(set => set != ParameterUse.AllSets);
        if (Named(cmdlet, "DefaultParameterSetName") is string first) sets = sets.Prepend(first);
        return new CmdletPage
        {
            Verb = (string)cmdlet.ConstructorArguments[0].Value!,
            Noun = (string)cmdlet.ConstructorArguments[1].Value!,
            Synopsis = _comments.Line(_comments.Find(id, "summary")),
            Description = _comments.Paragraphs(_comments.Find(id, "remarks")),
            Parameters = parameters,
            ParameterSets = [.. sets.Distinct(StringComparer.OrdinalIgnoreCase).DefaultIfEmpty(ParameterUse.AllSets)],
            Inputs = [.. parameters.Where(parameter => parameter.Uses.Any(use => use.ByValue)).Select(parameter => parameter.TypeName)
                .Distinct(StringComparer.Ordinal)],
            Outputs = [.. Outputs(type).Distinct(StringComparer.Ordinal)],
            Examples = [.. _comments.All(id, "example").Select(Example)],
            Links = [.. _comments.All(id, "seealso").Select(Link)],
        };
    }

    private IEnumerable<ParameterPage> Parameters(Type type)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var attributes = property.GetCustomAttributesData();
            var uses = attributes.Where(data => Is(data, "ParameterAttribute")).ToList();
            if (uses.Count == 0 || uses.TrueForAll(use => Named(use, "DontShow") is true)) continue;
            var declaring = property.DeclaringType!;
            var id = $"P:{declaring.FullName}.{property.Name}";
            var accepted = AcceptedValues(property.PropertyType, attributes);
            var description = _comments.Paragraphs(_comments.Find(id, "summary"));
            if (description.Count > 0)
            {
                if (accepted.Count > 0) description = [.. description, $"Accepted values: {string.Join(", ", accepted)}."];
                if (attributes.FirstOrDefault(data => Is(data, "ValidateRangeAttribute")) is { ConstructorArguments: { Count: 2 } range })
                    description = [.. description, $"Accepted range: {range[0].Value} to {range[1].Value}."];
            }

            yield return new ParameterPage
            {
                Name = property.Name,
                TypeName = TypeNames.Spoken(property.PropertyType),
                Description = description,
                DefaultValue = DefaultValue(property, id),
                Aliases = Strings(attributes, "AliasAttribute"),
                AcceptedValues = accepted,
                Wildcards = attributes.Any(data => Is(data, "SupportsWildcardsAttribute")),
                Uses = [.. uses.Select(Use)],
            };
        }
    }

    // the comment's <value> where the property's own initial value does not say it
    private string DefaultValue(PropertyInfo property, string id) =>
        _comments.Line(_comments.Find(id, "value")) is { Length: > 0 } said ? said
        : _initial.Of(property.DeclaringType!.FullName!, property.Name) is { } value ? Show(property.PropertyType, value)
        : property.PropertyType.IsEnum ? Show(property.PropertyType, 0) // an optimized build drops the initial value that is 0 anyway
        : TypeNames.Spoken(property.PropertyType) == "SwitchParameter" ? "False" : "None";

    private static string Show(Type type, object value)
    {
        var plain = type.IsGenericType ? type.GetGenericArguments()[0] : type;
        if (plain.Name == "Boolean") return value is 0 ? "False" : "True";
        if (!plain.IsEnum) return Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "None";
        return plain.GetFields(BindingFlags.Public | BindingFlags.Static)
            .First(field => Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture) == Convert.ToInt64(
                value, CultureInfo.InvariantCulture)).Name;
    }

    private ExamplePage Example(XElement example) => new(
        _comments.Line(example.Element("title")),
        XmlComments.Code(example.Element("code")),
        [.. example.Elements("para").SelectMany(_comments.Paragraphs)]);

    private RelatedLink Link(XElement link) => link.Attribute("cref") is { } cref
        ? new RelatedLink(_comments.NameOf(cref.Value), "")
        : new RelatedLink(_comments.Line(link), (string?)link.Attribute("href") ?? "");

    private static ParameterUse Use(CustomAttributeData data) => new(
        Named(data, "ParameterSetName") as string ?? ParameterUse.AllSets,
        Named(data, "Mandatory") is true,
        Named(data, "Position") as int?,
        Named(data, "ValueFromPipeline") is true,
        Named(data, "ValueFromPipelineByPropertyName") is true,
        Named(data, "ValueFromRemainingArguments") is true);

    private static List<string> AcceptedValues(Type type, IList<CustomAttributeData> attributes)
    {
        var set = Strings(attributes, "ValidateSetAttribute");
        if (set.Count > 0) return set;
        var plain = type.IsArray ? type.GetElementType()! : type.IsGenericType ? type.GetGenericArguments()[0] : type;
        return plain.IsEnum ? [.. plain.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.Name)] : [];
    }

    private static List<string> Strings(IList<CustomAttributeData> attributes, string name) =>
        [.. attributes.Where(data => Is(data, name)).SelectMany(data => data.ConstructorArguments).SelectMany(Flat).OfType<string>()];

    private static IEnumerable<string> Outputs(Type type) =>
        type.GetCustomAttributesData().Where(data => Is(data, "OutputTypeAttribute")).SelectMany(data => data.ConstructorArguments)
            .SelectMany(Flat)
            .Select(value => value as string ?? (value is Type output ? output.FullName! : "")).Where(name => name.Length > 0);

    private static IEnumerable<object?> Flat(CustomAttributeTypedArgument argument) =>
        argument.Value is IReadOnlyCollection<CustomAttributeTypedArgument> many ? many.Select(one => one.Value) : [argument.Value];

    private static string NameOf(Type type)
    {
        var cmdlet = Find(type, Cmdlet)!;
        return $"{cmdlet.ConstructorArguments[0].Value}-{cmdlet.ConstructorArguments[1].Value}";
    }

    // a cmdlet by its name, a parameter with its dash, anything else by the last part of its name
    private static string Spoken(string id, Dictionary<string, string> names)
    {
        if (names.TryGetValue(id, out var cmdlet)) return cmdlet;
        var path = id[(id.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('(')[0];
        var dot = path.LastIndexOf('.');
        var last = path[(dot + 1)..].Split('`')[0];
        return id.StartsWith("P:", StringComparison.Ordinal) && path.StartsWith("Summit.Ops.Commands.", StringComparison.Ordinal)
            ? "-" + last
            : last;
    }

    private static bool Is(CustomAttributeData data, string name) => data.AttributeType.FullName == Automation + name;

    private static CustomAttributeData? Find(Type type, string name) =>
        type.GetCustomAttributesData().FirstOrDefault(data => data.AttributeType.FullName == name);

    private static object? Named(CustomAttributeData data, string name) =>
        data.NamedArguments.FirstOrDefault(argument => argument.MemberName == name).TypedValue.Value;
}
