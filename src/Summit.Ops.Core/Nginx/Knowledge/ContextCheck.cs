using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Knowledge;

/// <summary>
/// Checks each directive's place, block and number of arguments as <c>ngx_conf_handler</c> does, with its messages. A directive that
/// nginx's own modules do not have is a warning: another module may.
/// </summary>
internal sealed class ContextCheck
{
    /// <summary>Deeper than anybody nests; a guard for the stack.</summary>
    private const int MaxDepth = 200;

    private const int MaxIncludes = 20_000;

    private readonly ConfigFileSet _files;
    private readonly List<SummitNginxDiagnostic> _found = [];

    private readonly Version? _version;
    private int _followed;

    private ContextCheck(ConfigFileSet files, Version? version)
    {
        _files = files;
        _version = version;
    }

    /// <summary>Checks a configuration.</summary>
    /// <param name="model">It.</param>
    /// <param name="version">nginx's version; null to let through what any version from 1.22.1 on takes.</param>
    public static IReadOnlyList<SummitNginxDiagnostic> Run(NginxModel model, Version? version = null)
    {
        var check = new ContextCheck(model.Files, version);
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
                if (++_followed > MaxIncludes) return;
                foreach (var included in _files.Included(document, i) ?? []) Walk(included, 0, included.NodeCount, context, depth + 1);
                continue;
            }

            if (Check(document, i, context) && node.IsBlock && (node.Flags & NodeFlags.ForeignBody) == NodeFlags.None
                && Inside(context, document.NameOf(i)) is { } inner)
            {
                Walk(document, i + 1, node.Next, inner, depth + 1);
            }
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

        if (_version is not null && !entries.Any(entry => entry.IsIn(_version)))
        {
            Add(SummitSeverity.Error, $"unknown directive \"{name}\" in nginx {_version}: {Lifetime(entries)}", document, index);
            return false;
        }

        foreach (var entry in entries)
        {
            if (!entry.IsIn(_version) || !entry.StandsIn(context, _version)) continue;
            if (!entry.IsBlock && node.IsBlock)
            {
                Add(SummitSeverity.Error, $"directive \"{name}\" is not terminated by \";\"", document, index);
            }
            // where the text broke off the parser has said so
            else if (!node.IsBlock && (node.Flags & NodeFlags.Unterminated) != NodeFlags.None)
            {
                return false;
            }
            else if (entry.IsBlock && !node.IsBlock)
            {
                Add(SummitSeverity.Error, $"directive \"{name}\" has no opening \"{{\"", document, index);
            }
            else if (!entry.Takes(document.ArgumentCount(index), _version))
            {
                Add(SummitSeverity.Error, $"invalid number of arguments in \"{name}\" directive", document, index);
            }
            else if (_version is not null && !entry.IsBlock)
            {
                CheckValues(document, index, name, _version);
            }

            return entry.IsBlock;
        }

        Add(SummitSeverity.Error, $"\"{name}\" directive is not allowed here", document, index);
        return false;
    }

    /// <summary>The parameters that nginx has had for some time only.</summary>
    private void CheckValues(NginxDocument document, int index, string name, Version version)
    {
        foreach (var value in DirectiveKnowledge.Values(name))
        {
            for (var i = 0; i < document.ArgumentCount(index); i++)
            {
                if (value.IsIn(version) || !value.Is(document.Argument(index, i))) continue;
                Add(SummitSeverity.Error, $"\"{name}\" does not take \"{NginxText.Show(document.Argument(index, i))}\" in nginx {version}: "
                    + $"{Lifetime(value.Since, value.Until)}", document, index);
            }
        }
    }

    private static string Lifetime(IReadOnlyList<DirectiveEntry> entries) =>
        string.Join(
            ", ", entries.Select(entry => $"{Lifetime(entry.Since, entry.Until)} ({entry.Module})").Distinct(StringComparer.Ordinal));

    private static string Lifetime(Version since, Version? until) =>
        until is null ? $"it came with {since}" : $"it came with {since} and went with {until}";

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
        _found.Add(new SummitNginxDiagnostic(
            severity, message, document.Path, document.Node(index).Line, document.Column(document.Node(index).Start)));
}
