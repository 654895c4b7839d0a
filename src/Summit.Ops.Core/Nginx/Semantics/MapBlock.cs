namespace Summit.Ops.Nginx.Semantics;

/// <summary>A <c>map</c>: a variable that is made from another one.</summary>
internal sealed class MapBlock : VariableBlock
{
    private readonly WildcardNames<string> _values = new();
    private readonly List<(NginxRegex Regex, string Value)> _regexes = [];
    private readonly string _default = "";
    private readonly bool _hostNames;

    public MapBlock(ConfigFileSet files, Scope parent, DirectiveRef origin)
        : base(files, parent, origin)
    {
        foreach (var entry in Directives)
        {
            var key = entry.Name;
            if (entry.ArgumentCount == 0)
            {
                _hostNames |= key == "hostnames";
                IsVolatile |= key == "volatile";
                continue;
            }

            var value = entry.Argument(0);
            if (key == "default")
            {
                _default = value;
            }
            else if (key.StartsWith("~*", StringComparison.Ordinal))
            {
                _regexes.Add((NginxRegex.Compile(key[2..], caseless: true, files.Regexes), value));
            }
            else if (key.StartsWith('~'))
            {
                _regexes.Add((NginxRegex.Compile(key[1..], caseless: false, files.Regexes), value));
            }
            else
            {
                _values.Add(ServerNameTable.Lower(key.StartsWith('\\') ? key[1..] : key), value, _hostNames);
            }
        }
    }

    public override string Source => Origin.Argument(0);

    public override TextValue Evaluate(RequestState state)
    {
        var source = Variables.Decisive(Source, state);
        if (!source.IsKnown) return source;
        if (NotRead() is { } unknown) return unknown;
        var text = source.Text!;
        if (_hostNames && text.EndsWith('.')) text = text[..^1];
        if (_values.Find(ServerNameTable.Lower(text), out _) is { } value) return VariableText.Evaluate(value, state);
        foreach (var (regex, result) in _regexes)
        {
            if (text.Length == 0) break;
            var match = regex.Match(text);
            if (match.Problem.Length > 0) return TextValue.Unknown(match.Problem);
            if (!match.Success) continue;
            state.Keep(match);
            return VariableText.Evaluate(result, state);
        }

        return VariableText.Evaluate(_default, state);
    }
}
