using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>A server block.</summary>
internal sealed class ServerScope : Scope
{
    private SummitNginxServer? _public;
    private LocationIndex? _index;

    public ServerScope(ConfigFileSet files, Scope parent, DirectiveRef origin)
        : base(ScopeKind.Server, files, parent, origin)
    {
        Walk(directive =>
        {
            switch (directive.Id)
            {
                case DirectiveName.Location when directive.Node.IsBlock:
                    Locations.Add(new LocationScope(files, this, directive));
                    break;
                case DirectiveName.Listen when directive.ArgumentCount > 0:
                    Listens.Add(ListenAddress.Read(directive));
                    break;
                case DirectiveName.ServerName:
                    Names.AddRange(directive.Arguments());
                    break;
                case DirectiveName.Ssl:
                    // the old way, gone with 1.25.1: every listen of the server speaks TLS
                    SslOn |= directive.Argument(0) == "on";
                    break;
            }
        });
    }

    public List<LocationScope> Locations { get; } = [];

    public List<ListenAddress> Listens { get; } = [];

    /// <summary>The names as written, one char a byte.</summary>
    public List<string> Names { get; } = [];

    public bool SslOn { get; private set; }

    public LocationIndex Index => _index ??= new LocationIndex(Locations);

    public SummitNginxServer Public => _public ??= new SummitNginxServer
    {
        Listen = Listens.Count == 0 ? ["80"] : [.. Listens.Select(listen => listen.Text)],
        ServerNames = [.. Names.Select(NginxText.Show)],
        Locations = new LazyList<LocationScope, SummitNginxLocation>(Locations, location => location.Public),
        Directives = new LazyList<DirectiveRef, SummitNginxDirective>(() => Directives, directive => directive.ToPublic()),
        File = File,
        Line = Line,
    };

    public override string Describe() => $"server {(Names.Count > 0 ? NginxText.Show(Names[0]) : Public.Listen[0])}";
}
