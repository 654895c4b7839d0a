namespace Summit.Ops.Probing.Upgrading;

/// <summary>The head of an HTTP/1 answer as it came.</summary>
/// <param name="Version">The version after <c>HTTP/</c>.</param>
/// <param name="Status">The status code.</param>
/// <param name="Reason">The reason phrase.</param>
/// <param name="Headers">The header lines in their order; a folded line is joined.</param>
internal sealed record UpgradeResponse(string Version, int Status, string Reason, IReadOnlyList<SummitHeader> Headers)
{
    /// <summary>All values of a header, whatever its case.</summary>
    public IEnumerable<string> Values(string name) =>
        Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value);

    /// <summary>The first value of a header, or empty.</summary>
    public string Value(string name) => Values(name).FirstOrDefault() ?? "";

    /// <summary>Whether one of the comma-separated values of a header is this one.</summary>
    public bool Lists(string name, string token) =>
        Values(name).SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries))
            .Any(value => value.Equals(token, StringComparison.OrdinalIgnoreCase));
}

/// <summary>What came is no HTTP answer.</summary>
/// <param name="kind">In what way.</param>
/// <param name="message">In words, to stand after "the answer is broken:".</param>
internal sealed class BadResponseException(BadResponseKind kind, string message) : Exception(message)
{
    public BadResponseKind Kind { get; } = kind;
}

/// <summary>In what way an answer is no HTTP answer.</summary>
internal enum BadResponseKind
{
    /// <summary>The stream ended before the first byte.</summary>
    Empty,

    /// <summary>The stream ended in the middle of the head.</summary>
    Cut,

    /// <summary>The first bytes are those of TLS.</summary>
    Tls,

    /// <summary>The first bytes are those of some other protocol.</summary>
    NotHttp,

    /// <summary>The head is longer than anything sensible.</summary>
    TooLong,

    /// <summary>A line of the head is no header.</summary>
    Malformed,
}
