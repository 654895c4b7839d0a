using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>One directive: the file and its place in it.</summary>
internal readonly record struct DirectiveRef(NginxDocument Document, int Index)
{
    public ref readonly DirectiveNode Node => ref Document.Node(Index);

    public DirectiveName Id => Document.Node(Index).Name;

    /// <summary>The name, one char a byte.</summary>
    public string Name => Document.NameOf(Index);

    public int Line => Document.Node(Index).Line;

    public string File => Document.Path;

    public int ArgumentCount => Document.ArgumentCount(Index);

    /// <summary>Argument from 0, one char a byte; empty where there is none.</summary>
    public string Argument(int argument) => argument < ArgumentCount ? Document.Argument(Index, argument) : "";

    public IEnumerable<string> Arguments()
    {
        for (var i = 0; i < ArgumentCount; i++) yield return Document.Argument(Index, i);
    }

    /// <summary>The arguments for people, as written.</summary>
    public string ShowArguments(int from = 0)
    {
        if (ArgumentCount == from + 1) return NginxText.Show(Argument(from));
        return NginxText.Show(string.Join(' ', Arguments().Skip(from)));
    }

    public SummitNginxDirective ToPublic() => new(NginxText.Show(Name), [.. Arguments().Select(NginxText.Show)], File, Line);
}
