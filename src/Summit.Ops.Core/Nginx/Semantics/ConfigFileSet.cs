using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>The files of a configuration, each read once, and which of them each include brings in.</summary>
internal sealed class ConfigFileSet
{
    private readonly Dictionary<(NginxDocument Document, int Node), IReadOnlyList<NginxDocument>> _includes = [];
    private readonly List<NginxDocument> _documents = [];
    private readonly List<SummitNginxDiagnostic> _diagnostics = [];
    private readonly HashSet<(NginxDocument Document, int Node)> _unread = [];
    private IConfigFiles? _source;

    /// <summary>The files in the order nginx opens them first.</summary>
    public IReadOnlyList<NginxDocument> Documents => _documents;

    public NginxDocument Main => _documents[0];

    /// <summary>What went wrong while files were looked for.</summary>
    public IReadOnlyList<SummitNginxDiagnostic> Diagnostics => _diagnostics;

    /// <summary>The time that the regular expressions of the configuration share.</summary>
    public RegexBudget Regexes { get; } = new();

    /// <summary>Whether nothing is included anywhere, so that a level's directives are its nodes.</summary>
    public bool IsFlat => _includes.Count == 0 && _unread.Count == 0;

    /// <summary>A file alone: what it includes is not looked for.</summary>
    public static ConfigFileSet Fragment(NginxDocument document)
    {
        var set = new ConfigFileSet();
        set._documents.Add(document);
        foreach (var node in IncludesOf(document))
        {
            set._unread.Add((document, node));
            set.Diagnose(SummitSeverity.Warning, $"include {Show(document, node)} was not read: this is one file alone", document, node);
        }

        return set;
    }

    /// <summary>A main file and everything it includes.</summary>
    /// <param name="main">The main file, read.</param>
    /// <param name="files">Where the others come from.</param>
    public static ConfigFileSet Follow(NginxDocument main, IConfigFiles files)
    {
        var set = new ConfigFileSet { _source = files };
        new Loader(set, files, Prefix(main.Path)).Load(main);
        return set;
    }

    /// <summary>
    /// The folder that relative includes start from: the main file's. A file of a folder that a main file includes is no main file,
    /// and the folder above is meant.
    /// </summary>
    private static string Prefix(string path)
    {
        var folder = path[..(path.LastIndexOf('/') + 1)];
        foreach (var included in (ReadOnlySpan<string>)["/sites-available/", "/sites-enabled/", "/conf.d/", "/vhosts.d/"])
        {
            if (folder.EndsWith(included, StringComparison.Ordinal)) return folder[..^(included.Length - 1)];
        }

        return folder;
    }

    /// <summary>The same files with another main file; a fragment stays one.</summary>
    public ConfigFileSet With(NginxDocument main)
    {
        if (_source is null) return Fragment(main);
        return Follow(main, _source);
    }

    /// <summary>
    /// The same files with other bytes at some paths, and with files at paths where there was none: a new one is seen by each
    /// include whose pattern takes it.
    /// </summary>
    public ConfigFileSet With(IReadOnlyDictionary<string, byte[]> bytes)
    {
        var main = bytes.TryGetValue(Main.Path, out var own) ? NginxParser.Parse(Main.Path, own) : Main;
        return _source is null ? Fragment(main) : Follow(main, new Overlay(_source, bytes));
    }

    /// <summary>The same files with other bytes at a path, which may be new.</summary>
    public ConfigFileSet With(string path, byte[] bytes) => With(new Dictionary<string, byte[]>(StringComparer.Ordinal) { [path] = bytes });

    /// <summary>What an include brings in, in order; null where it could not be read.</summary>
    public IReadOnlyList<NginxDocument>? Included(NginxDocument document, int node) =>
        _unread.Contains((document, node)) ? null : _includes.GetValueOrDefault((document, node), []);

    private static List<int> IncludesOf(NginxDocument document)
    {
        var nodes = document.Nodes;
        var found = new List<int>();
        for (var i = 0; i < nodes.Length; i++)
        {
            if (nodes[i].Name == DirectiveName.Include && nodes[i].WordCount == 2 && !nodes[i].IsBlock) found.Add(i);
        }

        return found;
    }

    private static string Show(NginxDocument document, int node) => NginxText.Show(document.Argument(node, 0));

    private void Diagnose(SummitSeverity severity, string message, NginxDocument document, int node) =>
        _diagnostics.Add(new SummitNginxDiagnostic(
            severity, message, document.Path, document.Node(node).Line, document.Column(document.Node(node).Start)));

    /// <summary>
    /// Opens files as nginx does; a cycle is a file that is on the way from the main file to the include, not one that was read before.
    /// </summary>
    private sealed class Loader(ConfigFileSet set, IConfigFiles files, string prefix)
    {
        // nobody's includes go as deep; it is the stack's limit, and not nginx's
        private const int MaxDepth = 100;

        private readonly Dictionary<string, NginxDocument> _read = [];
        private readonly HashSet<string> _open = [];

        public void Load(NginxDocument document)
        {
            set._documents.Add(document);
            _read[document.Path] = document;
            _open.Add(document.Path);
            foreach (var node in IncludesOf(document))
            {
                var pattern = NginxText.Utf8(document.Argument(node, 0));
                var full = pattern.StartsWith('/') ? pattern : prefix + pattern;
                if (Resolve(document, node, full) is { } included)
                {
                    if (included.Count > 0) set._includes[(document, node)] = included;
                }
                else
                {
                    set._unread.Add((document, node));
                }
            }

            _open.Remove(document.Path);
        }

        private List<NginxDocument>? Resolve(NginxDocument document, int node, string pattern)
        {
            var included = new List<NginxDocument>();
            var complete = true;
            foreach (var path in GlobPattern.IsGlob(pattern) ? files.Glob(pattern) : [pattern])
            {
                if (_open.Count > MaxDepth)
                {
                    set.Diagnose(
                        SummitSeverity.Error,
                        $"include of \"{path}\" is not read: {MaxDepth} files include one another on the way here",
                        document, node);
                    complete = false;
                }
                else if (_open.Contains(path))
                {
                    set.Diagnose(
                        SummitSeverity.Error,
                        $"include of \"{path}\" goes round in a circle: the file is open already on the way here",
                        document, node);
                }
                else if (Read(document, node, path) is { } next)
                {
                    included.Add(next);
                }
                else
                {
                    complete = false;
                }
            }

            return complete ? included : null;
        }

        private NginxDocument? Read(NginxDocument document, int node, string path)
        {
            if (_read.TryGetValue(path, out var known)) return known;
            string failure;
            try
            {
                var bytes = files.Read(path);
                if (!bytes.AsSpan().Contains((byte)0))
                {
                    var next = NginxParser.Parse(path, bytes);
                    Load(next);
                    return next;
                }

                failure = $"\"{path}\" is a binary file and no configuration";
            }
            catch (FileNotFoundException)
            {
                failure = $"open() \"{path}\" failed (2: No such file or directory)";
            }
            catch (UnauthorizedAccessException)
            {
                failure = $"open() \"{path}\" failed (13: Permission denied)";
            }
            catch (IOException error)
            {
                failure = $"open() \"{path}\" failed ({error.Message})";
            }

            set.Diagnose(SummitSeverity.Error, failure, document, node);
            return null;
        }
    }

    /// <summary>Files with some of them replaced or added.</summary>
    private sealed class Overlay(IConfigFiles files, IReadOnlyDictionary<string, byte[]> bytes) : IConfigFiles
    {
        public byte[] Read(string path) => bytes.TryGetValue(path, out var other) ? other : files.Read(path);

        public IReadOnlyList<string> Glob(string pattern) =>
            [.. files.Glob(pattern).Concat(bytes.Keys.Where(path => GlobPattern.MatchesPath(pattern, path)))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}
