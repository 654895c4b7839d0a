namespace Summit.Ops.Core.Tests.PublicCases;

/// <summary>Whether an edit or a reload on the host can make a case work.</summary>
internal enum Remedy
{
    /// <summary>Nothing on this host that is safe: nothing may be changed.</summary>
    No,

    /// <summary>Perhaps: a repair that does not make it work must leave nothing behind.</summary>
    Maybe,

    /// <summary>A small edit of a file.</summary>
    Edit,

    /// <summary>A reload alone.</summary>
    Reload,
}

/// <summary>A trouble from a public thread, made again in small: a file of <c>tests/PublicCases</c>.</summary>
/// <remarks>
/// The file begins with lines <c>#: key value</c> and goes on with the nginx configuration; <c>=== name</c> begins another file.
/// What has no server block of its own is put into the usual one. Words between <c>@</c> signs stand for ports and folders.
/// </remarks>
internal sealed record PublicCase
{
    private const string Mark = "#: ", Next = "=== ";

    /// <summary>The file's name without its ending.</summary>
    public required string Name { get; init; }

    /// <summary>The thread.</summary>
    public required string Source { get; init; }

    /// <summary>What was seen there.</summary>
    public required string Seen { get; init; }

    /// <summary>What the client asks for.</summary>
    public string Path { get; init; } = "/ws";

    /// <summary>What the site's description says of the path at the backend; empty for the same one.</summary>
    public string BackendPath { get; init; } = "";

    /// <summary>How the backend on the site's port behaves; see <see cref="BackendRules"/>.</summary>
    public string Backend { get; init; } = "path=/ws";

    /// <summary>How a second one behaves, where there is one.</summary>
    public string Backend2 { get; init; } = "";

    /// <summary>The causes that a reader of the thread would accept; <c>None</c> for a configuration that works.</summary>
    public IReadOnlyList<string> Causes { get; init; } = [];

    /// <summary>What can make it work.</summary>
    public Remedy Remedy { get; init; }

    /// <summary>How many handshakes the client makes; all of them have to open.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>Kept aside while the product is worked on.</summary>
    public bool Held { get; init; }

    /// <summary>Why the verdict is not the right one yet; empty where it has to be.</summary>
    public string Unsolved { get; init; } = "";

    /// <summary>
    /// The files by their names; <c>site</c> is the site's, <c>http</c> stands before it in the main file, <c>running</c> is what nginx
    /// runs with while the site's is on the disk.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>Whether it works as it is.</summary>
    public bool Works => Causes is ["None"];

    /// <summary>All cases, by name.</summary>
    public static IReadOnlyList<PublicCase> All { get; } =
    [
        .. Directory.GetFiles(System.IO.Path.Combine(Root(), "tests", "PublicCases"), "*.conf").Order(StringComparer.Ordinal).Select(Read),
    ];

    /// <summary>The repository's folder.</summary>
    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Summit.Ops.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }

    public override string ToString() => Name;

    private static PublicCase Read(string path)
    {
        var lines = File.ReadAllLines(path);
        var keys = lines.TakeWhile(line => line.StartsWith(Mark, StringComparison.Ordinal))
            .Select(line => line[Mark.Length..].Split(' ', 2))
            .ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1].Trim() : "", StringComparer.Ordinal);
        var files = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var file = files["site"] = [];
        foreach (var line in lines.Skip(keys.Count))
        {
            if (line.StartsWith(Next, StringComparison.Ordinal)) file = files[line[Next.Length..].Trim()] = [];
            else file.Add(line);
        }

        return new PublicCase
        {
            Name = System.IO.Path.GetFileNameWithoutExtension(path),
            Source = keys["source"],
            Seen = keys["seen"],
            Path = keys.GetValueOrDefault("path", "/ws"),
            BackendPath = keys.GetValueOrDefault("backendpath", ""),
            Backend = keys.GetValueOrDefault("backend", "path=/ws"),
            Backend2 = keys.GetValueOrDefault("backend2", ""),
            Causes = keys["causes"].Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Remedy = Enum.Parse<Remedy>(keys.GetValueOrDefault("remedy", "no"), ignoreCase: true),
            Attempts = int.Parse(keys.GetValueOrDefault("attempts", "1")),
            Held = keys.ContainsKey("held"),
            Unsolved = keys.GetValueOrDefault("unsolved", ""),
            Files = files.ToDictionary(
                entry => entry.Key, entry => string.Join('\n', entry.Value).Trim('\n') + "\n", StringComparer.Ordinal),
        };
    }
}
