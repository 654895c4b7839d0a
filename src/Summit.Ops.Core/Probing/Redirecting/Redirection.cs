using Summit.Ops.Errors;
using Summit.Ops.Probing.Explaining;

namespace Summit.Ops.Probing.Redirecting;

/// <summary>
/// The next hop of a probe that was redirected, where it was asked to follow; what is secret stays with the origin it was given for.
/// </summary>
internal static class Redirection
{
    /// <summary>
    /// Whether a status sends a client elsewhere with the same method (RFC 9110, section 15.4): the handshake is a GET, so 303 does too.
    /// </summary>
    public static bool IsRedirect(int? status) => status is 301 or 302 or 303 or 307 or 308;

    /// <summary>The trace of the next hop; null where the probe ended in something else, or is not to follow.</summary>
    /// <exception cref="LayerFailedException">It cannot or must not be followed.</exception>
    public static ProbeTrace? Follow(ProbeTrace trace)
    {
        var plan = trace.Plan;
        var request = plan.Request;
        if (request.MaximumRedirection == 0 || !IsRedirect(trace.HttpStatus) || trace.Stage != SummitProbeStage.Upgrade) return null;
        var locations = trace.ResponseHeaders.Where(header => header.Name.Equals("Location", StringComparison.OrdinalIgnoreCase))
            .Select(header => header.Value).Distinct(StringComparer.Ordinal).ToList();
        if (locations.Count > 1)
        {
            throw RedirectFailures.NotFollowed(trace, locations[0], "there is more than one Location header, and they differ");
        }

        var location = locations.Count == 0 ? "" : locations[0];
        if (trace.Redirects.Count >= request.MaximumRedirection) throw RedirectFailures.TooMany(trace, location);
        if (Location.Resolve(plan.Uri, location, out var problem) is not { } to)
        {
            throw RedirectFailures.NotFollowed(trace, location, problem!);
        }

        if (plan.Uri.Tls && !to.Tls) throw RedirectFailures.NotFollowed(trace, location, "it leads from TLS to a connection without");

        var same = Location.Origin(to) == Location.Origin(plan.Uri);
        var (next, withheld) = same ? (SameOrigin(request, plan.Uri, to), []) : OtherOrigin(trace, to, location);
        ProbePlan nextPlan;
        try
        {
            nextPlan = ProbePlan.From(next, plan.Secrets);
        }
        catch (SummitArgumentException error)
        {
            throw RedirectFailures.NotFollowed(trace, location, error.Message.TrimEnd('.'));
        }

        if (trace.Visited.Contains(nextPlan.Request.Uri)) throw RedirectFailures.Circle(trace, location);
        return trace.Redirected(nextPlan, withheld);
    }

    // a token in the query belongs to the URI, and the redirect names another: only what travels in headers is sent again
    private static ProbeRequest SameOrigin(ProbeRequest request, ProbeUri from, ProbeUri to) => request with
    {
        Uri = Text(to.WithUserInfo(from.UserInfo)),
        Token = string.IsNullOrEmpty(request.TokenHeader) ? null : request.Token,
    };

    private static (ProbeRequest Request, IReadOnlyList<string> Withheld) OtherOrigin(ProbeTrace trace, ProbeUri to, string location)
    {
        var (plan, request) = (trace.Plan, trace.Plan.Request);
        var withheld = new List<string>();
        var clean = WithoutSecrets(to, plan);
        if (!string.IsNullOrEmpty(request.Token) || clean.Target != to.Target) withheld.Add("token");
        if (plan.Uri.UserInfo.Length > 0) withheld.Add("credentials");
        if (request.Headers.Count > 0) withheld.Add("headers");
        if (request.Message is not null) withheld.Add("message");
        var uri = Text(clean);
        if (HoldsSecret(uri, plan))
        {
            throw RedirectFailures.NotFollowed(
                trace, location, "it leads to another origin, and its address repeats the token or a credential");
        }

        return (request with { Uri = uri, Token = null, TokenHeader = null, Headers = [], Message = null, ConnectTo = null }, withheld);
    }

    // nginx's own redirects repeat the whole query, and with it the token
    private static ProbeUri WithoutSecrets(ProbeUri to, ProbePlan plan)
    {
        var query = to.Target.IndexOf('?', StringComparison.Ordinal);
        if (query < 0) return to;
        var kept = to.Target[(query + 1)..].Split('&').Where(part => !HoldsSecret(part, plan)).ToList();
        return to.WithTarget(to.Target[..query] + (kept.Count == 0 ? "" : "?" + string.Join('&', kept)));
    }

    private static bool HoldsSecret(string text, ProbePlan plan)
    {
        // a token of three characters is not searched for, but it stands behind its name
        var value = text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..];
        for (var depth = 0; depth < 3; depth++)
        {
            if (plan.Secrets.Redact(text) != text || (plan.Request.Token is { Length: > 0 } token && value == token)) return true;
            (text, value) = (Uri.UnescapeDataString(text), Uri.UnescapeDataString(value));
        }

        return false;
    }

    private static string Text(ProbeUri uri)
    {
        var origin = Location.Origin(uri);
        var scheme = origin.IndexOf("://", StringComparison.Ordinal) + 3;
        return $"{origin[..scheme]}{(uri.UserInfo.Length == 0 ? "" : uri.UserInfo + "@")}{origin[scheme..]}{uri.Target}";
    }
}
