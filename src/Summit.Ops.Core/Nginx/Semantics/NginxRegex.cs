using System.Text.RegularExpressions;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>What a regex said about a text.</summary>
/// <param name="Success">Whether it matched.</param>
/// <param name="Captures">The groups by number, 0 the whole; null for one that took no part.</param>
/// <param name="Names">The named groups' numbers.</param>
/// <param name="Problem">Why it could not be asked; empty where it could.</param>
internal sealed record NginxMatch(bool Success, string?[] Captures, IReadOnlyDictionary<string, int> Names, string Problem = "");

/// <summary>A PCRE pattern as nginx uses it, on text of one char a byte.</summary>
internal sealed class NginxRegex
{
    private const string TooSlow = "the pattern takes too long on this text";
    private static readonly Dictionary<string, int> NoNames = [];
    private static readonly NginxMatch NoMatch = new(Success: false, [], NoNames);
    private readonly RegexBudget _budget;
    private readonly IReadOnlyDictionary<string, int> _names;
    private readonly int _groups;
    private Regex? _regex;
    private bool _isSlow;

    private NginxRegex(string pattern, Regex? regex, RegexBudget budget, IReadOnlyDictionary<string, int> names, int groups, string problem)
    {
        Pattern = pattern;
        _regex = regex;
        _budget = budget;
        _names = names;
        _groups = groups;
        Problem = problem;
    }

    public string Pattern { get; }

    /// <summary>Why the pattern cannot be used here; empty where it can.</summary>
    public string Problem { get; }

    /// <param name="pattern">The pattern.</param>
    /// <param name="caseless">Whether case makes no difference.</param>
    /// <param name="budget">The time that the patterns of one configuration share.</param>
    public static NginxRegex Compile(string pattern, bool caseless, RegexBudget budget)
    {
        var translated = PcreTranslator.Translate(pattern);
        if (translated.Problem.Length > 0) return new NginxRegex(pattern, regex: null, budget, NoNames, 0, translated.Problem);
        try
        {
            var options = RegexOptions.CultureInvariant | (caseless ? RegexOptions.IgnoreCase : RegexOptions.None);
            return new NginxRegex(
                pattern, new Regex(translated.Pattern, options, RegexBudget.Each), budget, translated.Names, translated.Groups, "");
        }
        catch (ArgumentException error)
        {
            return new NginxRegex(pattern, regex: null, budget, NoNames, 0, $"the pattern is not understood here: {error.Message}");
        }
    }

    /// <summary>Asks the pattern; a match that cannot be decided is no success and has a problem.</summary>
    public NginxMatch Match(string text)
    {
        if (_regex is null) return new NginxMatch(Success: false, [], NoNames, Problem.Length > 0 ? Problem : TooSlow);
        if (!_isSlow && !_budget.IsSpent)
        {
            try
            {
                return Match(_regex, text);
            }
            catch (RegexMatchTimeoutException)
            {
                _budget.Spend();
            }
        }

        // from here on by an engine that takes time in proportion to the text, where the pattern can be had in it
        if (_budget.IsLinearSpent) return new NginxMatch(Success: false, [], NoNames, TooSlow);
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            if (!_isSlow) _regex = RegexBudget.Linear(_regex);
            _isSlow = true;
            return _regex is null ? new NginxMatch(Success: false, [], NoNames, TooSlow) : Match(_regex, text);
        }
        catch (RegexMatchTimeoutException)
        {
            return new NginxMatch(Success: false, [], NoNames, TooSlow);
        }
        finally
        {
            _budget.SpendLinear(started);
        }
    }

    private NginxMatch Match(Regex regex, string text)
    {
        var match = regex.Match(PcreTranslator.Subject(text));
        if (!match.Success) return NoMatch;
        var captures = new string?[_groups + 1];
        for (var i = 0; i < captures.Length; i++)
        {
            if (match.Groups[i] is { Success: true } group) captures[i] = text.Substring(group.Index, group.Length);
        }

        return new NginxMatch(Success: true, captures, _names);
    }
}
