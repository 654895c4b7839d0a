using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary><c>allow</c> and <c>deny</c>, as far as they hold for every client.</summary>
internal static class AccessRules
{
    /// <summary>The directives that ask a client who it is, each of which <c>off</c> ends.</summary>
    public static IReadOnlyList<DirectiveName> Questions { get; } =
    [
        DirectiveName.AuthBasic, DirectiveName.AuthRequest, DirectiveName.AuthJwt,
        DirectiveName.AccessByLua, DirectiveName.AccessByLuaBlock, DirectiveName.AccessByLuaFile, DirectiveName.JsAccess,
    ];

    /// <summary>The 403 where nobody gets in; null where somebody may.</summary>
    public static OwnAnswer? Denies(RequestState state)
    {
        if (EffectiveDirectives.Value(state.Level, DirectiveName.Satisfy) == "any") return null;
        foreach (var rule in Rules(state.Level))
        {
            var all = rule.Argument(0) == "all";
            if (rule.Id == DirectiveName.Allow && all) return null;
            if (rule.Id == DirectiveName.Deny && all) return new OwnAnswer(403, "", HasText: false, $"deny all ({rule.File}:{rule.Line})");
            if (rule.Id != DirectiveName.Allow) continue;
            state.Steps.Add($"{rule.Name} {rule.ShowArguments()} ({rule.File}:{rule.Line}): who gets in depends on the client's address");
            return null;
        }

        return null;
    }

    /// <summary>The rules that hold, in order: the nearest level that has any.</summary>
    public static IReadOnlyList<DirectiveRef> Rules(Scope level)
    {
        foreach (var scope in EffectiveDirectives.Levels(level))
        {
            List<DirectiveRef>? found = null;
            foreach (var directive in scope.Directives)
            {
                if (directive.Id is DirectiveName.Allow or DirectiveName.Deny) (found ??= []).Add(directive);
            }

            if (found is not null) return found;
        }

        return [];
    }
}
