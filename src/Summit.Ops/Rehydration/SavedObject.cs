using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Summit.Ops.Errors;
using Summit.Ops.Nginx;

namespace Summit.Ops.Rehydration;

/// <summary>
/// An object of this module as PowerShell serialized it: its properties by name, its type's name behind <c>Deserialized.</c>
/// </summary>
internal static class SavedObject
{
    private const string Prefix = "Deserialized.";
    private const BindingFlags Open = BindingFlags.Public | BindingFlags.Instance;

    /// <summary>Whether it is one of this type.</summary>
    public static bool IsOf(object? value, Type type) => value is PSObject saved && saved.TypeNames.Contains(Prefix + type.FullName);

    /// <summary>The object that was saved, where it is one of these types; else the value as it is.</summary>
    /// <exception cref="InvalidCastException">A value that the type needs is missing, or makes no sense.</exception>
    public static object Live(PSObject value, IEnumerable<Type> types) =>
        types.FirstOrDefault(type => IsOf(value, type)) is { } type ? Restore(value, type) : value.BaseObject;

    /// <summary>The object that was saved.</summary>
    /// <exception cref="InvalidCastException">A value that the type needs is missing, or makes no sense.</exception>
    public static object Restore(PSObject saved, Type type)
    {
        if (type == typeof(SummitNginxConfig)) return Config(saved);
        var constructor = type.GetConstructors().Single();
        var given = constructor.GetParameters();
        var made = constructor.Invoke([.. given.Select(
            parameter => Convert(Value(saved, parameter.Name!) ?? throw Missing(type, parameter.Name!), parameter.ParameterType))]);
        var settable = type.GetProperties(Open).Where(property => property.SetMethod is { IsPublic: true });
        foreach (var property in settable.Where(property => given.All(parameter => parameter.Name != property.Name)))
        {
            if (Value(saved, property.Name) is { } value) property.SetValue(made, Convert(value, property.PropertyType));
            else if (property.IsDefined(typeof(RequiredMemberAttribute))) throw Missing(type, property.Name);
        }

        return made;
    }

    private static object? Value(PSObject saved, string name) =>
        saved.Properties[name]?.Value is var value && Bare(value) is null ? null : value;

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static object Convert(object value, Type type)
    {
        var wanted = Nullable.GetUnderlyingType(type) ?? type;
        var bare = Bare(value)!;
        if (wanted.IsInstanceOfType(bare)) return bare;
        if (wanted.IsGenericType && wanted.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            return List(bare, wanted.GetGenericArguments()[0]);
        }

        if (value is PSObject saved)
        {
            if (wanted == typeof(DateTimeOffset)) return Moment(saved);
            if (wanted == typeof(DateOnly)) return new DateOnly(Number(saved, "Year"), Number(saved, "Month"), Number(saved, "Day"));
            if (wanted.Assembly == typeof(SummitSite).Assembly && wanted.IsClass)
            {
                return IsOf(saved, wanted) ? Restore(saved, wanted) : throw NotOf(bare, wanted);
            }
        }

        try
        {
            return LanguagePrimitives.ConvertTo(bare, wanted, CultureInfo.InvariantCulture);
        }
        catch (PSInvalidCastException error)
        {
            throw new InvalidCastException(error.Message, error);
        }
    }

    private static Array List(object bare, Type element)
    {
        object?[] items = [.. LanguagePrimitives.GetEnumerable(bare)?.Cast<object?>() ?? [bare]];
        var list = Array.CreateInstance(element, items.Length);
        for (var i = 0; i < items.Length; i++) list.SetValue(items[i] is { } item ? Convert(item, element) : null, i);
        return list;
    }

    private static DateTimeOffset Moment(PSObject saved) =>
        (Bare(saved.Properties["UtcDateTime"]?.Value), Bare(saved.Properties["Offset"]?.Value)) is (DateTime moment, TimeSpan offset)
        ? new DateTimeOffset(DateTime.SpecifyKind(moment, DateTimeKind.Utc)).ToOffset(offset)
        : throw NotOf(saved, typeof(DateTimeOffset));

    private static int Number(PSObject saved, string name) =>
        Bare(saved.Properties[name]?.Value) is int number ? number : throw NotOf(saved, typeof(DateOnly));

    /// <summary>A configuration, read again from the text of its files; it is refused where that is not what was read before.</summary>
    private static SummitNginxConfig Config(PSObject saved)
    {
        var path = Value(saved, nameof(SummitNginxConfig.Path))?.ToString()
            ?? throw Missing(typeof(SummitNginxConfig), nameof(SummitNginxConfig.Path));
        var target = Value(saved, nameof(SummitNginxConfig.Target)) is { } host ? (SummitTarget)Convert(host, typeof(SummitTarget)) : null;
        var list = Value(saved, nameof(SummitNginxConfig.Files))
            ?? throw Missing(typeof(SummitNginxConfig), nameof(SummitNginxConfig.Files));
        var files = (IReadOnlyList<SummitNginxFile>)Convert(list, typeof(IReadOnlyList<SummitNginxFile>));
        try
        {
            var read = files is [var only] && only.Path == path
                ? NginxConfigReader.FromBytes(path, Encoding.UTF8.GetBytes(only.Text), target)
                : NginxConfigReader.FromDump(
                    string.Concat(files.Select(file => $"# configuration file {file.Path}:\n{file.Text}\n")), target);
            if (read.Path == path && read.Files.Select(file => file.Sha256).SequenceEqual(files.Select(file => file.Sha256))) return read;
        }
        catch (SummitException error)
        {
            throw new InvalidCastException(error.Message, error);
        }

        throw new InvalidCastException($"The configuration {path} cannot be made again from its text: "
            + "its bytes were not all UTF-8. Read it again with Get-SummitNginxConfig.");
    }

    private static InvalidCastException Missing(Type type, string name) => new($"What was saved of this {type.Name} has no {name}.");

    private static InvalidCastException NotOf(object value, Type type) => new($"'{value}' is no {type.Name}.");
}
