using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>A block that makes a variable: <c>map</c>, <c>geo</c>, <c>split_clients</c>.</summary>
internal abstract class VariableBlock(ConfigFileSet files, Scope parent, DirectiveRef origin)
    : Scope(ScopeKind.Other, files, parent, origin)
{
    /// <summary>The variable, without its dollar sign.</summary>
    public string Name { get; } = origin.Argument(origin.ArgumentCount - 1).TrimStart('$');

    /// <summary>What the variable is made from, as written; empty for the client's address of a <c>geo</c>.</summary>
    public abstract string Source { get; }

    /// <summary>Whether it is worked out anew each time.</summary>
    public bool IsVolatile { get; protected init; }

    /// <summary>The variable's value for this request.</summary>
    public abstract TextValue Evaluate(RequestState state);

    /// <summary>The block that a directive of the http level opens; null for one that makes no variable.</summary>
    public static VariableBlock? Read(NginxModel model, DirectiveRef directive) => (directive.Id, directive.ArgumentCount) switch
    {
        (DirectiveName.Map, > 1) => new MapBlock(model.Files, model.Http, directive),
        (DirectiveName.SplitClients, > 1) => new SplitClientsBlock(model.Files, model.Http, directive),
        (DirectiveName.Geo, > 0) => new GeoBlock(model.Files, model.Http, directive),
        _ => null,
    };

    /// <summary>What is not known because a part of the block was not read; null where all was.</summary>
    protected TextValue? NotRead() => Unread.Count == 0
        ? (TextValue?)null
        : TextValue.Unknown($"a {NginxText.Show(Origin.Name)} whose include {Unread[0].ShowArguments()} was not read");
}
