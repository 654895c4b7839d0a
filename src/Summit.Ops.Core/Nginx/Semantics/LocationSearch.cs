namespace Summit.Ops.Nginx.Semantics;

/// <summary>Finds the location of a URI (<c>ngx_http_core_find_location</c>).</summary>
internal static class LocationSearch
{
    private enum Found
    {
        Nothing,
        Final,
        Redirect,
        Prefix,
    }

    /// <summary>Sets the state's location and level; true where only a slash is missing and nginx redirects.</summary>
    public static bool Run(RequestState state)
    {
        state.Location = null;
        state.Level = state.Server;
        return Find(state.Server.Index, state) == Found.Redirect;
    }

    private static Found Find(LocationIndex level, RequestState state)
    {
        var stopped = false;
        var result = Found.Nothing;
        switch (level.Find(state.Uri, out var location))
        {
            case StaticMatch.Exact:
                Take(location!, state, "exact");
                return Found.Final;
            case StaticMatch.MissingSlash:
                Take(location!, state, "only the slash at the end is missing, and nginx redirects there");
                return Found.Redirect;
            case StaticMatch.Prefix:
                Take(location!, state, "the longest prefix that matches");
                stopped = location!.MatchKind == LocationKind.PrefixNoRegex;
                result = Found.Prefix;
                if (location.Locations is not null)
                {
                    var nested = Find(location.Index, state);
                    if (nested is Found.Final or Found.Redirect) return nested;
                }

                break;
        }

        if (stopped)
        {
            if (level.Regexes.Count > 0) state.Steps.Add("^~ keeps the regex locations out");
            return result;
        }

        foreach (var regex in level.Regexes)
        {
            var match = regex.Regex.Match(state.Uri);
            if (match.Problem.Length > 0)
            {
                if (!state.Choices.Decide($"{regex.Describe()} at {regex.File}:{regex.Line}: {match.Problem}")) continue;
            }
            else
            {
                // here a pattern that does not match leaves the captures as they were; a rewrite's or an if's clears them
                if (!match.Success) continue;
                state.Keep(match);
            }

            Take(regex, state, state.Location is null
                ? "the first regex that matches"
                : $"the first regex that matches, and a regex goes before {state.Location.Describe()}");
            if (regex.Locations is not null) return Find(regex.Index, state) == Found.Redirect ? Found.Redirect : Found.Final;
            return Found.Final;
        }

        return result;
    }

    private static void Take(LocationScope location, RequestState state, string why)
    {
        state.Steps.Add($"{location.Describe()} ({location.File}:{location.Line}): {why}");
        state.Location = location;
        state.Level = location;
    }
}
