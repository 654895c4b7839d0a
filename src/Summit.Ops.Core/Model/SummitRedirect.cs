namespace Summit.Ops;

/// <summary>One redirect that a probe followed.</summary>
/// <param name="From">Where it came from; secrets in it are redacted.</param>
/// <param name="Status">The status: 301, 302, 303, 307 or 308.</param>
/// <param name="To">Where it led, as the <c>ws</c> or <c>wss</c> URI that was opened next; secrets in it are redacted.</param>
/// <param name="Withheld">
/// What was not sent there because it is another origin: <c>token</c>, <c>credentials</c>, <c>headers</c>,
/// <c>message</c>; empty for nothing.
/// </param>
/// <param name="Elapsed">How long this hop took, from its first packet to its answer.</param>
public sealed record SummitRedirect(string From, int Status, string To, IReadOnlyList<string> Withheld, TimeSpan Elapsed)
{
    /// <summary>Status and both ends.</summary>
    public override string ToString() =>
        $"{Status}: {From} -> {To}{(Withheld.Count == 0 ? "" : $", without {string.Join(", ", Withheld)}")}";
}
