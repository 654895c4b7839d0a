using Summit.Ops.Probing;
using Summit.Ops.Text;

namespace Summit.Ops.Evidence.Replaying;

/// <summary>Judges what backends answered to replayed handshakes.</summary>
internal static class ReplayAnswers
{
    private const string NoTool = "the host has none of curl, python3, bash and openssl that could send it";

    /// <summary>The replays with their answers, in the order they were planned.</summary>
    /// <param name="planned">Everything that was planned.</param>
    /// <param name="sections">What the host said.</param>
    /// <param name="withoutToken">Whether the client has a token that was not sent: a refusal for want of one says nothing.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<IReadOnlyList<SummitReplay>> ReadAsync(
        IReadOnlyList<ReplayRequest> planned,
        IReadOnlyDictionary<string, EvidenceSection> sections,
        bool withoutToken, TimeProvider time, CancellationToken cancellation)
    {
        var replays = new List<SummitReplay>();
        var sent = Sent(planned);
        foreach (var request in planned)
        {
            if (!request.IsKnown) replays.Add(Of(request) with { NotTried = request.Why });
            else replays.Add(await JudgeAsync(request, sections, sent.FindIndex(request.SameAs), withoutToken, time, cancellation));
        }

        return replays;
    }

    /// <summary>What is sent: the known requests, and what two forms have in common once.</summary>
    public static List<ReplayRequest> Sent(IReadOnlyList<ReplayRequest> planned)
    {
        var sent = new List<ReplayRequest>();
        foreach (var request in planned)
        {
            if (request.IsKnown && !sent.Exists(request.SameAs)) sent.Add(request);
        }

        return sent;
    }

    /// <summary>The replays where the host could not be asked.</summary>
    public static IReadOnlyList<SummitReplay> NotTried(IReadOnlyList<ReplayRequest> planned, string why) =>
        [.. planned.Select(request => Of(request) with { NotTried = request.IsKnown ? why : request.Why })];

    private static async Task<SummitReplay> JudgeAsync(
        ReplayRequest request,
        IReadOnlyDictionary<string, EvidenceSection> sections,
        int number, bool withoutToken, TimeProvider time, CancellationToken cancellation)
    {
        var replay = Of(request);
        if (!sections.TryGetValue($"replay.{number}", out var section)) return replay with { NotTried = "the host did not send it" };
        var said = sections.GetValueOrDefault($"replay.{number}.said")?.Text ?? "";
        var answer = new RecordedAnswer(section.ToBytes(), section.ExitCode, said);
        if (!answer.SaysSomething)
        {
            return replay with { NotTried = section.ExitCode == 127
                ? NoTool
                : ForeignText.Visible(said.Trim()) is { Length: > 0 } words ? words : $"the host's tool ended with {section.ExitCode}" };
        }

        if (answer is { Bytes.Length: 0, ExitCode: 6 })
        {
            return replay with { NotTried = $"the host does not find the name {ForeignText.Visible(request.At.Host)}; "
                + "nginx may, where it runs in a network of its own" };
        }

        var judged = await RecordedHandshake.JudgeAsync(Asked(request), answer, time, cancellation);
        if (withoutToken && judged is { HttpStatus: 401 or 403 } or { CloseCode: 1008 or >= 3000 })
        {
            return replay with { NotTried = "it needs the token, which does not travel to the host" };
        }

        return replay with { Answer = judged with { Hop = "Replay" } };
    }

    private static ProbeRequest Asked(ReplayRequest request)
    {
        var scheme = request.At.Tls ? "wss" : "ws";
        IReadOnlyList<string> offered = (request.Header("Sec-WebSocket-Protocol")
            ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var authority = request.At.IsSocket ? "localhost" : request.At.At;
        try
        {
            return ProbeRequest.Create(
                $"{scheme}://{authority}{Secrets.RedactUri(request.Uri)}",
                new ProbeRequest { SkipCertificateCheck = true, SubProtocols = offered });
        }
        catch (Errors.SummitArgumentException)
        {
            // a path that a client could not ask for is sent all the same; only the words of the result name the backend's root
            return ProbeRequest.Create($"{scheme}://localhost/", new ProbeRequest { SkipCertificateCheck = true, SubProtocols = offered });
        }
    }

    private static SummitReplay Of(ReplayRequest request) => new()
    {
        Form = request.Form,
        Of = request.Of,
        Upstream = request.IsKnown ? $"{request.At}" : "",
        Request = request.IsKnown ? request.Shown : [],
    };
}
