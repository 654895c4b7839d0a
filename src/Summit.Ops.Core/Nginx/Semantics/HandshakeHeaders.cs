using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>
/// The handshake's headers that nginx passes on by itself, unless the configuration keeps them back or puts others in their place.
/// </summary>
internal static class HandshakeHeaders
{
    private const string Version = "Sec-WebSocket-Version";

    private static readonly string[] Names = ["Sec-WebSocket-Key", Version];

    /// <summary>Those that the backend does not get as the client sent them.</summary>
    /// <param name="level">The level whose directives hold.</param>
    /// <param name="state">The request.</param>
    public static IReadOnlyList<string> Lost(Scope level, RequestState state)
    {
        List<string>? lost = null;
        foreach (var name in Names)
        {
            if (IsLost(name, level, state)) (lost ??= []).Add(name);
        }

        return lost ?? (IReadOnlyList<string>)[];
    }

    /// <summary>Whether a header is one of them.</summary>
    public static bool IsOne(string name) => Names.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether no header of the client is passed on unless it is set.</summary>
    public static bool AreHeldBack(Scope level) => EffectiveDirectives.Value(level, DirectiveName.ProxyPassRequestHeaders) == "off";

    private static bool IsLost(string name, Scope level, RequestState state)
    {
        if (EffectiveDirectives.ProxyHeader(level, name, modern: true) is not { } written) return AreHeldBack(level);
        if (VariableText.Evaluate(written, state) is not { IsKnown: true, Text: { } sent }) return false;
        return sent != (state.Request.Header(name) ?? (name == Version ? "13" : null));
    }
}
