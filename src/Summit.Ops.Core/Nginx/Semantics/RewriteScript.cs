using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>An answer that nginx gives itself.</summary>
/// <param name="Status">The status.</param>
/// <param name="RedirectTo">Where a redirect leads.</param>
/// <param name="HasText">
/// Whether the answer goes out as it is (a text, or a status below 400 that is no redirect), so that <c>error_page</c> is not asked.
/// </param>
/// <param name="By">The directive, for people.</param>
internal sealed record OwnAnswer(int Status, TextValue RedirectTo, bool HasText, string By);

/// <summary>
/// Runs <c>set</c>, <c>if</c>, <c>rewrite</c>, <c>return</c> and <c>break</c> of one level in their order
/// (<c>ngx_http_rewrite_handler</c>).
/// </summary>
internal static class RewriteScript
{
    private enum Flow
    {
        On,
        End,
    }

    /// <summary>Runs the level's script; an answer ends the request.</summary>
    public static OwnAnswer? Run(Scope scope, RequestState state)
    {
        OwnAnswer? answer = null;
        state.QuotesCaptures = true;
        Run(scope, state, ref answer);
        return answer;
    }

    private static Flow Run(Scope scope, RequestState state, ref OwnAnswer? answer)
    {
        foreach (var directive in scope.Directives)
        {
            switch (directive.Id)
            {
                case DirectiveName.Set when directive.ArgumentCount == 2:
                    state.Variables[directive.Argument(0).TrimStart('$')] = Variables.Decisive(
                        directive.Argument(1), state, state.QuotesCaptures);
                    break;
                case DirectiveName.If when directive.Node.IsBlock:
                    if (!IfCondition.Holds(directive, state)) break;
                    state.Steps.Add($"if {directive.ShowArguments()} holds ({directive.File}:{directive.Line})");
                    var inner = scope.Child(directive, ScopeKind.If);
                    // in a server block an if changes no settings; in a location the if's own settings take over
                    if (state.Location is not null)
                    {
                        state.Level = inner;
                        if (inner.Directives.FirstOrDefault(each => ContentHandlers.Handles(each.Id)) is { Document: not null } handler)
                        {
                            state.LeftHandler = handler;
                        }
                    }

                    if (Run(inner, state, ref answer) == Flow.End)
                    {
                        state.RefusedByIf |= answer is { Status: >= 400 };
                        return Flow.End;
                    }

                    break;
                case DirectiveName.Return:
                    answer = Return(directive, state);
                    return Flow.End;
                case DirectiveName.Break:
                    if (state.UriChanged)
                    {
                        state.ValidLocation = false;
                        state.UriChanged = false;
                    }

                    return Flow.End;
                case DirectiveName.Rewrite when directive.ArgumentCount is 2 or 3:
                    if (Rewrite(directive, state, ref answer) == Flow.End) return Flow.End;
                    break;
                case DirectiveName.SetByLua or DirectiveName.SetByLuaBlock or DirectiveName.SetByLuaFile:
                    state.Variables[directive.Argument(0).TrimStart('$')] = TextValue.Unknown(
                        $"Lua code at {directive.File}:{directive.Line}");
                    break;
            }
        }

        return Flow.On;
    }

    private static OwnAnswer Return(DirectiveRef directive, RequestState state)
    {
        var first = directive.Argument(0);
        var by = $"return {directive.ShowArguments()} ({directive.File}:{directive.Line})";
        if (!int.TryParse(first, out var status)) return new OwnAnswer(302, VariableText.Evaluate(first, state), HasText: false, by);
        var redirects = status is 301 or 302 or 303 or 307 or 308;
        if (directive.ArgumentCount < 2) return new OwnAnswer(status, "", HasText: status < 400 && !redirects, by);
        var text = VariableText.Evaluate(directive.Argument(1), state);
        state.AnswerText = redirects ? "" : text.Text ?? "";
        return redirects
            ? new OwnAnswer(status, text, HasText: false, by)
            : new OwnAnswer(status, "", HasText: text.Text is not "" || status < 400, by);
    }

    private static Flow Rewrite(DirectiveRef directive, RequestState state, ref OwnAnswer? answer)
    {
        var match = state.Model.Regex(directive.Argument(0), caseless: false).Match(state.Uri);
        var by = $"rewrite {directive.ShowArguments()} ({directive.File}:{directive.Line})";
        if (match.Problem.Length > 0)
        {
            if (!state.Choices.Decide($"{by}: {match.Problem}")) return Flow.On;
            answer = new OwnAnswer(0, TextValue.Unknown(match.Problem), HasText: true, by);
            return Flow.End;
        }

        state.Keep(match);
        if (!match.Success) return Flow.On;
        var replacement = directive.Argument(1);
        var addArgs = !replacement.EndsWith('?');
        if (!addArgs) replacement = replacement[..^1];
        var flag = directive.Argument(2);
        var redirects = flag is "redirect" or "permanent"
            || replacement.StartsWith("http://", StringComparison.Ordinal) || replacement.StartsWith("https://", StringComparison.Ordinal)
            || replacement.StartsWith("$scheme", StringComparison.Ordinal);
        if (redirects)
        {
            var target = VariableText.Evaluate(replacement, state, escapeCaptures: true);
            if (target.IsKnown) target = UriEscape.DecodeRedirect(target.Text!);
            if (target.IsKnown && addArgs && state.Args.Length > 0)
            {
                target = target.Text + (replacement.Contains('?', StringComparison.Ordinal) ? "&" : "?") + state.Args;
            }

            answer = new OwnAnswer(flag == "permanent" ? 301 : 302, target, HasText: false, by);
            return Flow.End;
        }

        state.QuotesCaptures = false;
        state.Internal = true;
        state.ValidUnparsedUri = false;
        state.UriChanged = flag != "break";
        if (flag == "break") state.ValidLocation = false;
        if (!Replace(replacement, addArgs, state, out var why))
        {
            answer = why.Length == 0
                ? new OwnAnswer(500, "", HasText: false, $"{by} makes an empty URI")
                : new OwnAnswer(0, TextValue.Unknown(why), HasText: true, by);
            return Flow.End;
        }

        state.Steps.Add($"{by}: the URI is now {NginxText.Show(state.Uri)}");
        return flag is "last" or "break" ? Flow.End : Flow.On;
    }

    private static bool Replace(string replacement, bool addArgs, RequestState state, out string why)
    {
        var question = LiteralQuestion(replacement);
        var uri = VariableText.Evaluate(question < 0 ? replacement : replacement[..question], state);
        var args = question < 0 ? "" : VariableText.Evaluate(replacement[(question + 1)..], state, escapeCaptures: true);
        why = uri.IsKnown ? args.Why : uri.Why;
        if (!uri.IsKnown || !args.IsKnown) return false;
        state.Uri = uri.Text!;
        if (question >= 0) state.Args = addArgs && state.Args.Length > 0 ? args.Text + "&" + state.Args : args.Text!;
        else if (!addArgs) state.Args = "";
        return state.Uri.Length > 0;
    }

    private static int LiteralQuestion(string replacement) => replacement.IndexOf('?', StringComparison.Ordinal);
}
