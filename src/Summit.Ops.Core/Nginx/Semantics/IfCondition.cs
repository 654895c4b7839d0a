using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>The condition of an <c>if</c> (<c>ngx_http_rewrite_if_condition</c>).</summary>
internal static class IfCondition
{
    /// <summary>Whether the condition holds; what the configuration does not decide is asked of the state's choices.</summary>
    public static bool Holds(DirectiveRef directive, RequestState state)
    {
        var words = Words(directive);
        if (words.Count == 0) return Ask("the condition cannot be read", directive, state);
        if (words[0].Length > 1 && words[0][0] == '$')
        {
            var left = Variables.Decisive(words[0], state);
            if (words.Count == 1) return left.IsKnown ? left.Text is not ("" or "0") : Ask(left.Why, directive, state);
            return words.Count == 3
                ? Compare(left, words[1], words[2], directive, state)
                : Ask("the condition cannot be read", directive, state);
        }

        return Ask(
            words.Count == 2 ? $"whether the file {NginxText.Show(words[1])} is on the server's disk" : "the condition cannot be read",
            directive, state);
    }

    private static bool Compare(TextValue left, string comparison, string right, DirectiveRef directive, RequestState state)
    {
        var negative = comparison.StartsWith('!');
        switch (comparison)
        {
            case "=" or "!=":
                var value = VariableText.Evaluate(right, state);
                if (!left.IsKnown || !value.IsKnown) return Ask(left.IsKnown ? value.Why : left.Why, directive, state);
                return string.Equals(left.Text, value.Text, StringComparison.Ordinal) != negative;
            case "~" or "~*" or "!~" or "!~*":
                if (!left.IsKnown) return Ask(left.Why, directive, state);
                var match = state.Model.Regex(right, comparison.EndsWith('*')).Match(left.Text!);
                if (match.Problem.Length > 0) return Ask(match.Problem, directive, state);
                state.Keep(match);
                return match.Success != negative;
            default:
                return Ask("the condition cannot be read", directive, state);
        }
    }

    private static bool Ask(string why, DirectiveRef directive, RequestState state) =>
        state.Choices.Decide($"if {directive.ShowArguments()} at {directive.File}:{directive.Line} depends on {why}");

    /// <summary>The words between the parentheses, which may stand alone or touch a word.</summary>
    private static List<string> Words(DirectiveRef directive)
    {
        var words = directive.Arguments().ToList();
        if (words.Count == 0 || !words[0].StartsWith('(') || !words[^1].EndsWith(')')) return [];
        words[0] = words[0][1..];
        words[^1] = words[^1][..^1];
        if (words[0].Length == 0) words.RemoveAt(0);
        if (words.Count > 0 && words[^1].Length == 0) words.RemoveAt(words.Count - 1);
        return words;
    }
}
