using System.Text;
using System.Text.RegularExpressions;

namespace Summit.Ops.Text;

/// <summary>Masks what is secret in text that somebody else wrote: a log, a command's output, a configuration, a message.</summary>
/// <remarks>
/// Nobody told us the values, so they are found by their shape and their place. This is the one list of rules: what a log line shows,
/// what a check says, the evidence file and each report pass through it, so that none of them knows less than another. A masked
/// configuration is still one that can be read.
/// </remarks>
internal static partial class TextRedaction
{
    private const int LooksGenerated = 16;
    private const int LongToken = 20;

    // milliseconds; each rule takes time in proportion to the text, so only a text that finds a gap in that takes as long
    private const int Patience = 20_000;

    private static readonly TimeSpan LongestByLine = TimeSpan.FromSeconds(60);

    private static readonly (Regex Pattern, MatchEvaluator Masked)[] BeforeAddresses =
    [
        (Directive(), match => match.Groups["before"].Value + Secrets.Mask),
        (QuotedHeader(), match => match.Groups["before"].Value + Secrets.Mask),
        (Header(), match => match.Groups["before"].Value + Secrets.Mask),
        (SubProtocols(), match => match.Groups["before"].Value + OfSubProtocols(match.Groups["value"].Value)),
    ];

    private static readonly (Regex Pattern, MatchEvaluator Masked)[] AfterAddresses =
    [
        (Credentials(), match => IsCredential(match) ? match.Groups["before"].Value + Secrets.Mask : match.Value),
        (Account(), match => match.Groups["before"].Value + Secrets.Mask),
        (Quoted(), match => match.Groups["before"].Value + Secrets.Mask),
        (Named(), Bare),
        (Said(), Spoken),
    ];

    /// <summary>The text with each secret masked.</summary>
    public static string Of(string text)
    {
        if (text.Length < 3) return text;
        text = SecretShapes.Mask(text);
        try
        {
            return ByRules(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return ByLines(text);
        }
    }

    private static string ByRules(string text)
    {
        foreach (var (pattern, masked) in BeforeAddresses) text = pattern.Replace(text, masked);
        text = AddressesInText.Redact(text);
        foreach (var (pattern, masked) in AfterAddresses) text = pattern.Replace(text, masked);
        return text;
    }

    /// <summary>Line by line: one that cannot be searched in time is masked whole and says so, and hides no other.</summary>
    private static string ByLines(string text)
    {
        var started = TimeProvider.System.GetTimestamp();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            try
            {
                lines[i] = TimeProvider.System.GetElapsedTime(started) < LongestByLine ? ByRules(lines[i]) : UnreadText.Unsearched;
            }
            catch (RegexMatchTimeoutException)
            {
                lines[i] = UnreadText.Unsearched;
            }
        }

        return string.Join('\n', lines);
    }

    /// <summary>The value of a header: masked whole where the header's name says that it is secret.</summary>
    public static string OfHeader(string name, string value) =>
        value.Length > 0 && IsSecretHeader(name) ? Secrets.Mask
        : name.Equals("Sec-WebSocket-Protocol", StringComparison.OrdinalIgnoreCase) ? OfSubProtocols(value)
        : Of(value);

    /// <summary>A list of subprotocols: browsers send a token as one of them, behind a name that says so.</summary>
    public static string OfSubProtocols(string value)
    {
        var items = value.Split(',');
        for (var i = 0; i < items.Length; i++)
        {
            var item = items[i].Trim();
            var bearer = item.IndexOf(".bearer.authorization.", StringComparison.OrdinalIgnoreCase);
            var clean = bearer >= 0 && item.LastIndexOf('.') is var dot && dot > bearer + 1 ? item[..(dot + 1)] + Secrets.Mask
                : i > 0 && TokenName().IsMatch(items[i - 1].Trim()) ? Secrets.Mask
                : item.Length >= LongToken && IsMixed(item) ? Secrets.Mask
                : Of(item);
            if (item.Length > 0 && clean != item) items[i] = items[i].Replace(item, clean, StringComparison.Ordinal);
        }

        return string.Join(',', items);
    }

    // letters and digits without the dots and words of a protocol's name
    private static bool IsMixed(string item) =>
        !item.Contains('.', StringComparison.Ordinal) && item.Any(char.IsAsciiDigit) && item.Any(char.IsAsciiLetter);

    /// <summary>Whether a header's name says that its value is secret; what a handshake is judged by never is.</summary>
    public static bool IsSecretHeader(string name) =>
        (UriRedaction.IsSecret(name) || name.EndsWith("cookie", StringComparison.OrdinalIgnoreCase)) && !Harmless().IsMatch(name);

    /// <summary>
    /// "Basic" is a word as well: credentials are Base64 of NAME:PASSWORD. A bearer's token is none of the words that prose goes on with.
    /// </summary>
    private static bool IsCredential(Match match)
    {
        var value = match.Groups["value"].Value;
        if (match.Groups["scheme"].ValueSpan[0] is 'B' or 'b' && match.Groups["scheme"].Length == "Bearer".Length)
        {
            return value.Length >= 2 * LooksGenerated || value.AsSpan().IndexOfAnyInRange('0', '9') >= 0
                || value.AsSpan(1).IndexOfAnyInRange('A', 'Z') >= 0;
        }

        var bytes = new byte[value.Length];
        var whole = value.TrimEnd('=');
        whole = whole[..(whole.Length - (whole.Length % 4 == 1 ? 1 : 0))];
        return Convert.TryFromBase64String(whole.PadRight((whole.Length + 3) / 4 * 4, '='), bytes, out var count)
            && bytes.AsSpan(0, count) is var plain && plain.Contains((byte)':') && plain.IndexOfAnyInRange((byte)0, (byte)31) < 0
            && IsText(plain);
    }

    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static string Bare(Match match)
    {
        var value = match.Groups["value"].ValueSpan;
        var mark = match.Groups["mark"].Value;

        // "token: expired" and "--token is" are prose, "token: 7f3a91c04d" is none
        if (mark is ":" or "" && !match.Groups["quote"].Success && value.Length < LooksGenerated && value.IndexOfAnyInRange('0', '9') < 0)
        {
            return match.Value;
        }

        // behind a name in quotes it is JSON, which has to stay JSON
        return match.Groups["before"].Value + (match.Groups["quote"].Success && mark == ":" ? $"\"{Secrets.Mask}\"" : Secrets.Mask);
    }

    /// <summary>"the secret is hunter2" and 'passphrase "hunter2"' tell one; "the password is wrong" tells none.</summary>
    private static string Spoken(Match match)
    {
        var value = match.Groups["value"].Value;
        var isToken = match.Groups["name"].ValueSpan.StartsWith("tok", StringComparison.OrdinalIgnoreCase);
        // a parser complains of an unexpected token as well
        var told = isToken ? value.Length >= ShortestSpoken && value.Any(char.IsAsciiDigit) : !Prose().IsMatch(value);
        return told ? match.Groups["before"].Value + Secrets.Mask : match.Value;
    }

    private const int ShortestSpoken = 8;

    private const string Name = @"(?:tokens?|secret|passw(?:or)?d|passphrase|pwd|api[_-]?key|access[_-]?key|private[_-]?key|jwt|"
        + @"credentials?|authorization|cookie|bind_?pw|(?<![a-z])sess(?:ion)?[_-]?id|(?:php|j)sess(?:ion)?id)(?>[\w-]{0,40})(?<!path|"
        + @"file|url|uri|endpoint|type|name|count|length|size|expires|expiry|expires_in|ttl|algorithm)";

    private const string HeaderName = @"(?>(?:(?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]{0,30}(?:key|token|secret))[:=][ "
        + @"\t]*(?:(?:bearer|basic|digest|aws4-hmac-sha256)[ \t]+)?)";

    // what nginx, a shell or a command puts in later is no secret
    private const string Variable = @"(?:\$(?:arg_|http_|cookie_|sent_http_|upstream_|request|remote_|ssl_|jwt_|auth_|host\b|uri\b|args\b|"
        + @"\{|[A-Z_]{2,}\b)|Read-Host\b|Get-Secret\b|ConvertTo-SecureString\b)";

    // nginx directives that set a secret header or variable, or whose value is a secret
    [GeneratedRegex(
        """(?<before>\b(?:(?:proxy_set_header|grpc_set_header|add_header|more_set_headers|fastcgi_param|uwsgi_param)\s+['"]"""
            + """?[\w-]*(?:authorization|api[_-]?key|cookie|token|secret|passw(?:or)?d)['"]?|set\s+\$(?=\w*(?:token|secret|passw|"""
            + """api_?key))(?>\w+)|secure_link_secret|secure_link_md5|auth_jwt_key)\s+)(?!['"]?"""
            + Variable + """|\*\*\*)(?:"[^"\n]+"|'[^'\n]+'|[^;"'\n{}]+)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Directive();

    // a header as a log, a message or a command line shows it: to its quote where it stands in one, else to the end
    // of the line; the scheme may stay
    [GeneratedRegex(
        """(?<=(?<quote>["']))(?<before>""" + HeaderName + """)(?!\*\*\*|""" + Variable + """)(?:(?!\k<quote>)[^\r\n])+""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Patience)]
    private static partial Regex QuotedHeader();

    [GeneratedRegex(
        """(?<before>\b""" + HeaderName + """)(?!\*\*\*|""" + Variable + """)(?:(?!\\[rn])[^\r\n"'{}]|="[^"\r\n]*")+""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Patience)]
    private static partial Regex Header();

    // the header of a handshake in which a browser sends a token, having no other place for it; a second one in the line is its own
    [GeneratedRegex(
        """(?<before>\bsec-websocket-protocol["']?[ \t]*[:=][ \t]*["']?)(?<value>(?:(?!\bsec-websocket-protocol)[^\r\n"'{}])+)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Patience)]
    private static partial Regex SubProtocols();

    [GeneratedRegex(
        "^(?:access[_-]?|auth[_-]?|bearer[_-]?|id[_-]?)?(?:tokens?|jwt|bearer|authorization|auth|ticket|api[_-]?key|session)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        Patience)]
    private static partial Regex TokenName();

    // in a sentence
    [GeneratedRegex(
        """(?<before>\b(?<name>password|passphrase|passwd|secret|token|api[ _-]?key|bindpw)[ \t]{1,2}(?:(?:is|was)[ """
            + """\t]{1,2}["']?|["']))(?!\*\*\*)(?<value>[^\s"',;]+)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Patience)]
    private static partial Regex Said();

    // what a sentence about a password goes on with
    [GeneratedRegex(
        """^(?:a|an|the|in|on|of|for|from|to|too|no|not|now|never|only|also|at|by|with|without|this|that|here|there|wrong|right|correct|"""
            + """incorrect|valid|invalid|expired|missing|required|needed|empty|blank|null|none|undefined|unknown|unset|set|given|used|"""
            + """read|loaded|stored|sent|hidden|masked|rejected|refused|accepted|denied|weak|strong|short|long|old|new|true|false|ok|"""
            + """being|changed|mandatory|optional|protected|encrypted|plain|unreadable)\b[.:!?)]*$""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        Patience)]
    private static partial Regex Prose();

    [GeneratedRegex(
        @"(?<before>\b(?<scheme>bearer|basic)[ \t]+)(?!\*\*\*|[\w-]+=[""'])(?<value>[\w.~+/=-]{8,})",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Patience)]
    private static partial Regex Credentials();

    // curl -u name:password
    [GeneratedRegex(
        """(?<before>\s(?:-u|--user|--proxy-user)[ =]?["']?[^\s:"']+:)(?<=\bcurl\b[^\n]{0,600})[^\s"']+""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Patience)]
    private static partial Regex Account();

    // "token": "value", password='value', also where the quotes are escaped
    [GeneratedRegex(
        "(?<before>" + Name + """(?:\\?["'])?[ \t]{0,2}(?:=>|[=:])[ \t]{0,2}(?:\[[ \t]?)?(?<quote>\\?["']))(?!\*\*\*|""" + Variable
            + """)(?:(?!\k<quote>)(?:\\.|[^\n]))+""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Patience)]
    private static partial Regex Quoted();

    // token=value, password: value, --password value; not a comparison, and no word that says that there is none
    [GeneratedRegex("(?<before>(?:" + Name + """(?<quote>\\?["'])?[ \t]{0,2}(?<mark>=>|[=:])[ \t]{0,2}|(?<!-)--[\w-]{0,30}""" + Name
        + """(?<mark>)[ \t]+))(?!\*\*\*|[=*~]|bearer\b|basic\b|(?:true|false|yes|no|none|null|undefined|missing|invalid|expired|"""
        + """empty|required)\b|"""
        + Variable
        + """)(?<value>(?:[^\s"'&,;\\)]|\)(?![\s{;]|$)|&(?![\w.-]+=)|,(?![\s"']|[\w-]+[=:]|$)|;(?![\s}]|[\w ]+=|$)|\\(?![rntxu"']))+)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Named();

    // names that sound secret and are public: they are what a diagnosis is about
    [GeneratedRegex(
        "^(?:Sec-WebSocket-.*|WWW-Authenticate|Proxy-Authenticate|.*-Public-Key.*)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        Patience)]
    private static partial Regex Harmless();
}
