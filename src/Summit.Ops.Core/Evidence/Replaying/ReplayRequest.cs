using System.Text;
using Summit.Ops.Nginx.Syntax;
using Summit.Ops.Text;

namespace Summit.Ops.Evidence.Replaying;

/// <summary>Where a request goes.</summary>
/// <param name="Host">The name or address, in brackets where it is IPv6; <c>unix:/path</c> for a socket.</param>
/// <param name="Port">The port; 0 for a socket.</param>
/// <param name="Tls">Whether it speaks TLS.</param>
/// <param name="Sni">The name in the TLS hello; empty for none, as nginx has it unless <c>proxy_ssl_server_name</c> is on.</param>
internal sealed record ReplayAddress(string Host, int Port, bool Tls, string Sni = "")
{
    /// <summary>As a script takes it.</summary>
    public string At => IsSocket ? Host : $"{Host}:{Port}";

    public bool IsSocket => Host.StartsWith("unix:", StringComparison.Ordinal);

    public override string ToString() => $"{(Tls ? "https" : "http")}://{ForeignText.Visible(At)}";
}

/// <summary>One handshake to replay at a backend, or the reason why it cannot be.</summary>
internal sealed record ReplayRequest(SummitReplayForm Form)
{
    public SummitReplayForm Of { get; init; } = SummitReplayForm.AsSent;

    public ReplayAddress At { get; init; } = new("", 0, Tls: false);

    /// <summary>Whether the address is one that the same nginx listens on.</summary>
    public bool IsToItself { get; init; }

    public string Method { get; init; } = "GET";

    public string Uri { get; init; } = "";

    /// <summary>1.0 or 1.1.</summary>
    public string Version { get; init; } = "1.1";

    /// <summary>The headers in nginx's order, one char a byte.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Why the request is not known, or is not sent; empty where it is.</summary>
    public string Why { get; init; } = "";

    public bool IsKnown => Why.Length == 0;

    /// <summary>Whether a header's value is a secret, as far as its name or its shape says so.</summary>
    public bool HasSecret =>
        Secrets.RedactUri(Uri) != Uri || Headers.Any(header => TextRedaction.OfHeader(header.Name, header.Value) != header.Value);

    /// <summary>The value of a header; null where it is not sent.</summary>
    public string? Header(string name) => Headers.Where(header => Is(header.Name, name)).Select(header => header.Value).FirstOrDefault();

    /// <summary>The same with a header set once, in its place or at the end; null takes it away.</summary>
    public ReplayRequest With(string name, string? value)
    {
        if (value is null) return this with { Headers = [.. Headers.Where(header => !Is(header.Name, name))] };
        return Header(name) is null
            ? this with { Headers = [.. Headers, (name, value)] }
            : this with { Headers = [.. Once(name, value)] };
    }

    private IEnumerable<(string Name, string Value)> Once(string name, string value)
    {
        var set = false;
        foreach (var header in Headers)
        {
            if (!Is(header.Name, name)) yield return header;
            else if (!set) yield return (header.Name, value);
            set |= Is(header.Name, name);
        }
    }

    /// <summary>The request as it travels.</summary>
    public byte[] ToBytes() => Encoding.Latin1.GetBytes(string.Concat(Lines.Select(line => line + "\r\n")) + "\r\n");

    /// <summary>Whether both travel alike to the same place.</summary>
    public bool SameAs(ReplayRequest other) => IsKnown && other.IsKnown && At == other.At && Lines.SequenceEqual(other.Lines);

    /// <summary>The request as it is shown: secrets masked, control characters visible.</summary>
    public IReadOnlyList<string> Shown =>
    [
        Visible($"{Method} {Secrets.RedactUri(Uri)} HTTP/{Version}"),
        .. Headers.Select(header => Visible($"{header.Name}: {TextRedaction.OfHeader(header.Name, header.Value)}")),
    ];

    private IReadOnlyList<string> Lines =>
        [$"{Method} {Uri} HTTP/{Version}", .. Headers.Select(header => $"{header.Name}: {header.Value}")];

    private static string Visible(string text) => NginxText.Show(text);

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
