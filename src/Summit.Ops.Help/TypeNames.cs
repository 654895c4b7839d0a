namespace Summit.Ops.Help;

/// <summary>Type names as PowerShell's help shows them.</summary>
internal static class TypeNames
{
    public static string Spoken(Type type)
    {
        if (type.IsArray) return Spoken(type.GetElementType()!) + "[]";
        if (!type.IsGenericType) return type.Name;
        return type.Name == "Nullable`1"
            ? Spoken(type.GetGenericArguments()[0])
            : $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Spoken))}>";
    }
}
