namespace Summit.Ops.Nginx.Semantics;

/// <summary>An <c>upstream</c> block: the servers that a name in <c>proxy_pass</c> stands for.</summary>
internal sealed class UpstreamGroup : Scope
{
    public UpstreamGroup(ConfigFileSet files, Scope parent, DirectiveRef origin)
        : base(ScopeKind.Other, files, parent, origin)
    {
        Name = origin.Argument(0);
        Walk(directive =>
        {
            if (directive is { Id: Syntax.DirectiveName.Server, ArgumentCount: > 0, Node.IsBlock: false }) Servers.Add(directive);
            else if (directive is { Id: Syntax.DirectiveName.Keepalive }) HasKeepalive = true;
        });
    }

    public string Name { get; }

    public List<DirectiveRef> Servers { get; } = [];

    /// <summary>Whether idle connections to its servers are kept.</summary>
    public bool HasKeepalive { get; private set; }
}
