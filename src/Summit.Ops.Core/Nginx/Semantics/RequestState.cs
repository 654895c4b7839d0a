namespace Summit.Ops.Nginx.Semantics;

/// <summary>A request on its way: what nginx keeps in <c>ngx_http_request_t</c> and changes as it goes.</summary>
internal sealed class RequestState(NginxRequest request, NginxModel model, Choices choices)
{
    public NginxRequest Request { get; } = request;

    public NginxModel Model { get; } = model;

    public Choices Choices { get; } = choices;

    /// <summary>Host without port, lower case: nginx's <c>$host</c>.</summary>
    public string Host { get; set; } = "";

    public required RequestUri Original { get; init; }

    /// <summary>The method; an <c>error_page</c> that leads to a URI makes it GET.</summary>
    public string Method { get; set; } = request.Method;

    public string Uri { get; set; } = "";

    public string Args { get; set; } = "";

    /// <summary>Whether the path came percent-encoded.</summary>
    public bool Quoted { get; set; }

    /// <summary>
    /// Whether a rewrite or an internal redirect happened: then <c>internal</c> locations open, and the URI is escaped for a backend.
    /// </summary>
    public bool Internal { get; set; }

    /// <summary>Whether the location's prefix still stands in the URI (no <c>rewrite … break</c>).</summary>
    public bool ValidLocation { get; set; } = true;

    /// <summary>Whether the client's own text of the URI may still be passed on.</summary>
    public bool ValidUnparsedUri { get; set; } = true;

    public bool UriChanged { get; set; }

    /// <summary>Whether a <c>set</c> escapes captures: in each script until a rewrite has matched (nginx's <c>e->quote</c>).</summary>
    public bool QuotesCaptures { get; set; }

    /// <summary>Whether the route goes on because a file, which only the host can see, is taken as missing.</summary>
    public bool TakesFilesAsMissing { get; set; }

    /// <summary>Whether an <c>if</c> that held ended the request with an error.</summary>
    public bool RefusedByIf { get; set; }

    /// <summary>The text of the <c>return</c> that answered; empty where it has none.</summary>
    public string AnswerText { get; set; } = "";

    /// <summary>nginx allows ten changes.</summary>
    public int UriChangesLeft { get; set; } = 11;

    /// <summary>The status that an <c>error_page</c> puts in place of the answer's own; 0 for none (nginx's <c>err_status</c>).</summary>
    public int ForcedStatus { get; set; }

    public ServerScope Server { get; set; } = null!;

    /// <summary>The level whose directives hold: server, location, or an <c>if</c> or <c>limit_except</c> in it.</summary>
    public Scope Level { get; set; } = null!;

    public LocationScope? Location { get; set; }

    /// <summary>The handler of an <c>if</c> that held, which nginx keeps though a later <c>if</c> takes the settings over.</summary>
    public DirectiveRef? LeftHandler { get; set; }

    /// <summary>The last regex's captures, 0 the whole.</summary>
    public string?[] Captures { get; set; } = [];

    /// <summary>What <c>set</c> and named groups have stored.</summary>
    public Dictionary<string, TextValue> Variables { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Map results, which nginx works out once a request.</summary>
    public Dictionary<string, TextValue> Cached { get; } = new(StringComparer.OrdinalIgnoreCase);

    public List<string> Steps { get; } = [];

    /// <summary>nginx keeps the captures of the last regex that was asked, and a named group as a variable.</summary>
    public void Keep(NginxMatch match)
    {
        Captures = match.Success ? match.Captures : [];
        if (!match.Success) return;
        foreach (var (name, number) in match.Names) Variables[name] = match.Captures[number] ?? "";
    }
}

/// <summary>
/// Answers for questions that the configuration alone does not decide; a route is walked once for each combination and must
/// come out the same to be known.
/// </summary>
internal sealed class Choices
{
    /// <summary>More open questions than this and the route is not known.</summary>
    private const int Most = 6;
    private readonly List<bool> _answers = [];
    private int _next;

    /// <summary>The questions of the present walk.</summary>
    public List<string> Questions { get; } = [];

    public bool TooMany { get; private set; }

    public bool Decide(string question)
    {
        if (_next == _answers.Count)
        {
            if (_answers.Count == Most)
            {
                TooMany = true;
                return false;
            }

            _answers.Add(false);
        }

        Questions.Add(question);
        return _answers[_next++];
    }

    /// <summary>Goes to the next combination; false where all were walked.</summary>
    public bool Advance()
    {
        _answers.RemoveRange(_next, _answers.Count - _next);
        while (_answers.Count > 0 && _answers[^1]) _answers.RemoveAt(_answers.Count - 1);
        _next = 0;
        Questions.Clear();
        if (_answers.Count == 0) return false;
        _answers[^1] = true;
        return true;
    }
}
