namespace Summit.Ops.Evidence;

/// <summary>
/// More handshakes where nginx has more than one backend to choose from: one that opens says nothing of the other members.
/// </summary>
internal static class RepeatedProbes
{
    /// <summary>How many handshakes there are in all.</summary>
    public const int Handshakes = 8;

    /// <summary>The hop's result, with how many of the handshakes fail; a failing one speaks where there is any.</summary>
    /// <param name="evidence">What was gathered.</param>
    /// <param name="first">The first handshake.</param>
    /// <param name="probe">Makes more of them, as many as it is told; fewer where a limit of nginx's ends it.</param>
    public static async Task<SummitWebSocketResult> OverAsync(
        SiteEvidence evidence, SummitWebSocketResult first, Func<int, Task<IReadOnlyList<SummitWebSocketResult>>> probe)
    {
        if (evidence.Route is not { Upstreams.Count: > 1 } || first.HttpStatus is null) return first;
        SummitWebSocketResult[] all = [first, .. await probe(Handshakes - 1)];
        var failed = all.Where(result => !result.Success).ToList();
        if (failed.Count == 0) return first with { Handshakes = all.Length };
        var spoken = failed[0] with { Hop = first.Hop, Handshakes = all.Length, FailedHandshakes = failed.Count };
        return failed.Count == all.Length ? spoken : spoken with
        {
            Explanation = $"{failed.Count} of {all.Length} handshakes fail. "
                + $"nginx chooses between {string.Join(", ", evidence.Route.Upstreams)}. {spoken.Explanation}",
        };
    }
}
