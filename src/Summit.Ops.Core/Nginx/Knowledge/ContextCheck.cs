using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Knowledge;

/// <summary>Checks each directive's place, block and number of arguments as <c>ngx_conf_handler</c> does, with its messages. A directive that nginx's own modules do not have is a warning: another module may.</summary>
internal sealed class ContextCheck
{
    /// <summary>Deeper than anybody nests; a guard for the stack.</summary>
    private const int MaxDepth = 200;

    private readonly ConfigFileSet _files;
    private readonly List<SummitNginxDiagnostic> _found = [];

    private ContextCheck(ConfigFileSet files) => _files = files;

    public static IReadOnlyList<SummitNginxDiagnostic> Run(NginxModel model)
    {
        var check = new ContextCheck(model.Files);
        var main = model.Files.Main;
        check.Walk(main, 0, main.NodeCount, model.IsFragment && !HasMainLevel(main) ? "http" : "main", 0);
        return check._found;
    }

    /// <summary>A file with events or a stream is a main file though it has no http.</summary>
    private static bool HasMainLevel(NginxDocument main)
    {
        for (var i = 0; i < main.NodeCount; i = main.Node(i).Next)
        {
            if (main.Node(i).Name is DirectiveName.Events or DirectiveName.Stream or DirectiveName.Mail) return true;
        }

        return false;
    }

    private void Walk(NginxDocument document, int first, int end, string context, int depth)
    {
        if (depth > MaxDepth) return;
        for (var i = first; i < end; i = document.Node(i).Next)
        {
            ref readonly var node = ref document.Node(i);
            if (node.WordCount == 0) continue;
            if (node.Name == DirectiveName.Include && node.WordCount == 2 && !node.IsBlock)
            {
                foreach (var included in _files.Included(document, i) ?? []) Walk(included, 0, included.NodeCount, context, depth + 1);
                continue;
            }

            if (Check(document, i, context) && node.IsBlock && (node.Flags & NodeFlags.ForeignBody) == NodeFlags.None && Inside(context, document.NameOf(i)) is { } inner) Walk(document, i + 1, node.Next, inner, depth + 1);
        }
    }

    /// <summary>Whether the directive is one whose body can be checked.</summary>
    private bool Check(NginxDocument document, int index, string context)
    {
        ref readonly var node = ref document.Node(index);
        var name = document.NameOf(index);
        var entries = DirectiveKnowledge.Find(name);
        if (entries.Count == 0)
        {
            Add(SummitSeverity.Warning, $"unknown directive \"{NginxText.Show(name)}\"", document, index);
            return false;
        }

        foreach (var entry in entries)
        {
            if (!entry.StandsIn(context)) continue;
            if (!entry.IsBlock && node.IsBlock) Add(SummitSeverity.Error, $"directive \"{name}\" is not terminated by \";\"", document, index);
            // where the text broke off the parser has said so
            else if (!node.IsBlock && (node.Flags & NodeFlags.Unterminated) != NodeFlags.None) return false;
            else if (entry.IsBlock && !node.IsBlock) Add(SummitSeverity.Error, $"directive \"{name}\" has no opening \"{{\"", document, index);
            else if (!entry.Takes(document.ArgumentCount(index))) Add(SummitSeverity.Error, $"invalid number of arguments in \"{name}\" directive", document, index);
            return entry.IsBlock;
        }

        Add(SummitSeverity.Error, $"\"{name}\" directive is not allowed here", document, index);
        return false;
    }

    /// <summary>The context inside a block; null where its body is no list of directives.</summary>
    private static string? Inside(string context, string name) => (context, name) switch
    {
        ("main", "http" or "events" or "stream" or "mail") => name,
        ("http", "server" or "upstream") => name,
        ("server" or "location", "location") => "location",
        ("server", "if") => "if in server",
        ("location", "if") => "if in location",
        ("location", "limit_except") => "limit_except",
        ("stream", "server" or "upstream") => "stream " + name,
        ("mail", "server") => "mail server",
        _ => null,
    };

    private void Add(SummitSeverity severity, string message, NginxDocument document, int index) =>
        _found.Add(new SummitNginxDiagnostic(severity, message, document.Path, document.Node(index).Line, document.Column(document.Node(index).Start)));
}
