using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>The levels a directive can stand on.</summary>
internal enum ScopeKind
{
    Main,
    Http,
    Server,
    Location,
    If,
    LimitExcept,
    Other,
}

/// <summary>One level of the configuration: the directives directly on it, with every include followed.</summary>
internal class Scope
{
    private int _followed;
    private List<DirectiveRef>? _directives;
    private List<DirectiveRef>? _unread;
    private Dictionary<DirectiveRef, Scope>? _children;
    private IReadOnlyList<SummitNginxEffectiveDirective>?[]? _effective;

    public Scope(ScopeKind kind, ConfigFileSet files, Scope? parent, DirectiveRef origin)
    {
        Kind = kind;
        Files = files;
        Parent = parent;
        Origin = origin;
    }

    public ScopeKind Kind { get; }

    public ConfigFileSet Files { get; }

    public Scope? Parent { get; }

    /// <summary>The directive whose block this is; for <see cref="ScopeKind.Main"/> and an assumed level there is none.</summary>
    public DirectiveRef Origin { get; }

    /// <summary>The directives on this level, included ones in their place; server and location blocks left out.</summary>
    public IReadOnlyList<DirectiveRef> Directives => _directives ?? Collect()._directives!;

    /// <summary>The includes on this level that could not be read: what they hold is not known.</summary>
    public IReadOnlyList<DirectiveRef> Unread => _unread ?? Collect()._unread!;

    public string File => Origin.Document is null ? Files.Main.Path : Origin.File;

    public int Line => Origin.Document is null ? 1 : Origin.Line;

    /// <summary>The level's name for people.</summary>
    public virtual string Describe() => Kind switch
    {
        ScopeKind.Main => "main",
        ScopeKind.Http => "http",
        ScopeKind.If => $"if {Origin.ShowArguments()}",
        ScopeKind.LimitExcept => $"limit_except {Origin.ShowArguments()}",
        _ => NginxText.Show(Origin.Name),
    };

    /// <summary>The level that a block on this one opens, such as an <c>if</c>.</summary>
    public Scope Child(DirectiveRef block, ScopeKind kind)
    {
        _children ??= [];
        if (!_children.TryGetValue(block, out var child)) _children[block] = child = new Scope(kind, Files, this, block);
        return child;
    }

    /// <summary>What holds on this level for every request.</summary>
    /// <param name="proxied">Whether the proxy's defaults are wanted too.</param>
    /// <param name="modern">Whether nginx is 1.29.7 or later.</param>
    public IReadOnlyList<SummitNginxEffectiveDirective> Effective(bool proxied, bool modern)
    {
        _effective ??= new IReadOnlyList<SummitNginxEffectiveDirective>?[4];
        return _effective[(proxied ? 1 : 0) | (modern ? 2 : 0)] ??= EffectiveDirectives.For(this, proxied, modern);
    }

    /// <summary>The last directive of this name on the level, or null.</summary>
    public DirectiveRef? Find(DirectiveName name)
    {
        DirectiveRef? found = null;
        foreach (var directive in Directives)
        {
            if (directive.Id == name) found = directive;
        }

        return found;
    }

    /// <summary>Calls back for each directive of the level, includes followed.</summary>
    protected void Walk(Action<DirectiveRef> each, Action<DirectiveRef>? unread = null)
    {
        _followed = 0;
        if (Origin.Document is null)
        {
            Walk(Files.Main, 0, Files.Main.NodeCount, each, unread, depth: 0);
            return;
        }

        ref readonly var node = ref Origin.Node;
        Walk(Origin.Document, Origin.Index + 1, node.Next, each, unread, depth: 0);
    }

    private void Walk(NginxDocument document, int first, int end, Action<DirectiveRef> each, Action<DirectiveRef>? unread, int depth)
    {
        for (var i = first; i < end; i = document.Node(i).Next)
        {
            if (document.Node(i).Name != DirectiveName.Include || document.Node(i).WordCount != 2)
            {
                each(new DirectiveRef(document, i));
                continue;
            }

            var included = Files.Included(document, i);
            // a file that is included twice by one that is included twice … is read as often as nginx would, up to here
            if (included is null || depth > MaxIncludeDepth || ++_followed > MaxIncludes)
            {
                unread?.Invoke(new DirectiveRef(document, i));
                continue;
            }

            foreach (var next in included) Walk(next, 0, next.NodeCount, each, unread, depth + 1);
        }
    }

    /// <summary>Deeper than anybody's includes; a guard for the stack, not a rule of nginx's.</summary>
    private const int MaxIncludeDepth = 200;

    private const int MaxIncludes = 20_000;

    private Scope Collect()
    {
        var directives = new List<DirectiveRef>();
        var unread = new List<DirectiveRef>();
        Walk(
            directive =>
            {
                if (!directive.Node.IsBlock || directive.Id is not (DirectiveName.Location or DirectiveName.Server))
                {
                    directives.Add(directive);
                }
            },
            unread.Add);
        _unread = unread;
        _directives = directives;
        return this;
    }
}
