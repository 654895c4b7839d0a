namespace Summit.Ops.Lab;

/// <summary>The files that the lab carries inside its assembly.</summary>
internal static class LabResources
{
    /// <summary>The text of one, by its file name.</summary>
    public static string Text(string name)
    {
        using var stream = typeof(LabResources).Assembly.GetManifestResourceStream("lab/" + name)
            ?? throw new FileNotFoundException($"The assembly carries no {name}.", name);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
