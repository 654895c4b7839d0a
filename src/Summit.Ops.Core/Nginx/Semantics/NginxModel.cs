using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>What the engine works on: the included files joined, the http context's servers, upstream groups and maps.</summary>
internal sealed class NginxModel
{
    private ListenTable? _listens;
    private readonly Dictionary<(string Pattern, bool Caseless), NginxRegex> _regexes = [];
    private HashSet<string>? _setNames;

    public NginxModel(ConfigFileSet files)
    {
        Files = files;
        Main = new Scope(ScopeKind.Main, files, parent: null, origin: default);
        var http = Main.Directives.FirstOrDefault(directive => directive.Id == DirectiveName.Http && directive.Node.IsBlock);
        // a file of sites-available is the content of http
        IsFragment = http.Document is null;
        Http = IsFragment ? new Scope(ScopeKind.Http, files, parent: null, origin: default) : new Scope(ScopeKind.Http, files, Main, http);
        HttpReader.Read(this);
    }

    public ConfigFileSet Files { get; }

    public Scope Main { get; }

    public Scope Http { get; }

    /// <summary>Whether the main file has no http block: then it is read as what stands inside one.</summary>
    public bool IsFragment { get; }

    public List<ServerScope> Servers { get; } = [];

    public Dictionary<string, UpstreamGroup> Upstreams { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The blocks that make variables, by the variable.</summary>
    public Dictionary<string, VariableBlock> Maps { get; } = new(StringComparer.OrdinalIgnoreCase);

    public ListenTable Listens => _listens ??= new ListenTable(Servers);

    /// <summary>Every variable that some <c>set</c> makes: it is empty until one has run.</summary>
    public HashSet<string> SetNames => _setNames ??= FindSetNames();

    /// <summary>A pattern of a rewrite or an if, compiled once.</summary>
    public NginxRegex Regex(string pattern, bool caseless)
    {
        lock (_regexes)
        {
            if (!_regexes.TryGetValue((pattern, caseless), out var regex))
            {
                _regexes[(pattern, caseless)] = regex = NginxRegex.Compile(pattern, caseless, Files.Regexes);
            }

            return regex;
        }
    }

    private HashSet<string> FindSetNames()
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var document in Files.Documents)
        {
            for (var i = 0; i < document.NodeCount; i++)
            {
                if (document.Node(i).Name == DirectiveName.Set && document.ArgumentCount(i) == 2)
                {
                    names.Add(document.Argument(i, 0).TrimStart('$'));
                }
            }
        }

        return names;
    }

    /// <summary>Sorts out the http level.</summary>
    private sealed class HttpReader(NginxModel model) : Scope(ScopeKind.Http, model.Files, model.Http.Parent, model.Http.Origin)
    {
        public static void Read(NginxModel model) => new HttpReader(model).Run(model);

        private void Run(NginxModel model) => Walk(directive =>
        {
            if (!directive.Node.IsBlock) return;
            switch (directive.Id)
            {
                case DirectiveName.Server:
                    model.Servers.Add(new ServerScope(model.Files, model.Http, directive));
                    break;
                case DirectiveName.Upstream when directive.ArgumentCount > 0:
                    var group = new UpstreamGroup(model.Files, model.Http, directive);
                    model.Upstreams.TryAdd(group.Name, group);
                    break;
                default:
                    // the last block of a variable is the one that nginx asks
                    if (VariableBlock.Read(model, directive) is { } made) model.Maps[made.Name] = made;
                    break;
            }
        });
    }
}
