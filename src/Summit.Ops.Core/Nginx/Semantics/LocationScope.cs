using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>How a location matches.</summary>
internal enum LocationKind : byte
{
    Prefix,
    Exact,
    PrefixNoRegex,
    Regex,
    RegexCaseless,
    Named,
}

/// <summary>A location block.</summary>
internal sealed class LocationScope : Scope
{
    private SummitNginxLocation? _public;
    private NginxRegex? _regex;
    private LocationIndex? _index;

    public LocationScope(ConfigFileSet files, Scope parent, DirectiveRef origin)
        : base(ScopeKind.Location, files, parent, origin)
    {
        (MatchKind, Path) = ReadName(origin);
        Walk(directive =>
        {
            if (directive.Id == DirectiveName.Location && directive.Node.IsBlock)
            {
                (Locations ??= []).Add(new LocationScope(files, this, directive));
            }
        });
    }

    public LocationKind MatchKind { get; }

    /// <summary>Prefix, pattern or name (with its @), one char a byte.</summary>
    public string Path { get; }

    /// <summary>The locations directly in it; null where there are none.</summary>
    public List<LocationScope>? Locations { get; private set; }

    public bool IsRegex => MatchKind is LocationKind.Regex or LocationKind.RegexCaseless;

    /// <summary>The pattern, ready to be used; only for a regex location.</summary>
    public NginxRegex Regex => _regex ??= NginxRegex.Compile(Path, MatchKind == LocationKind.RegexCaseless, Files.Regexes);

    public LocationIndex Index => _index ??= new LocationIndex(Locations ?? []);

    public string Modifier => MatchKind switch
    {
        LocationKind.Exact => "=",
        LocationKind.PrefixNoRegex => "^~",
        LocationKind.Regex => "~",
        LocationKind.RegexCaseless => "~*",
        LocationKind.Named => "@",
        _ => "",
    };

    public SummitNginxLocation Public => _public ??= new SummitNginxLocation
    {
        Modifier = Modifier,
        Path = NginxText.Show(MatchKind == LocationKind.Named ? Path[1..] : Path),
        Locations = Locations is null ? [] : new LazyList<LocationScope, SummitNginxLocation>(Locations, location => location.Public),
        Directives = new LazyList<DirectiveRef, SummitNginxDirective>(() => Directives, directive => directive.ToPublic()),
        File = File,
        Line = Line,
    };

    public override string Describe() => Public.ToString();

    /// <summary>A modifier may stand alone or be glued to the path, and nginx takes both.</summary>
    private static (LocationKind Kind, string Path) ReadName(DirectiveRef origin)
    {
        var first = origin.Argument(0);
        if (origin.ArgumentCount >= 2)
        {
            var path = origin.Argument(1);
            return first switch
            {
                "=" => (LocationKind.Exact, path),
                "^~" => (LocationKind.PrefixNoRegex, path),
                "~" => (LocationKind.Regex, path),
                "~*" => (LocationKind.RegexCaseless, path),
                _ => (LocationKind.Prefix, first),
            };
        }

        if (first.StartsWith('=')) return (LocationKind.Exact, first[1..]);
        if (first.StartsWith("^~", StringComparison.Ordinal)) return (LocationKind.PrefixNoRegex, first[2..]);
        if (first.StartsWith("~*", StringComparison.Ordinal)) return (LocationKind.RegexCaseless, first[2..]);
        if (first.StartsWith('~')) return (LocationKind.Regex, first[1..]);
        return first.StartsWith('@') ? (LocationKind.Named, first) : (LocationKind.Prefix, first);
    }
}
