using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Summit.Ops.Probing.Connecting;
using Summit.Ops.Probing.Explaining;

namespace Summit.Ops.Probing;

/// <summary>What curl on a host received in answer to a WebSocket handshake.</summary>
/// <param name="Bytes">The answer, raw: head, body, frames.</param>
/// <param name="ExitCode">curl's exit code; 255 where it was ended while the connection stood.</param>
/// <param name="Said">The address that was connected to, the time until TLS stood, and what curl complained of.</param>
internal sealed record RecordedAnswer(byte[] Bytes, int ExitCode, string Said)
{
    // of what else curl ends by (an option that an old one does not know, say) nothing follows for the endpoint
    private static readonly int[] Telling = [0, 6, 7, 18, 28, 35, 52, 56, 255];

    /// <summary>Whether it says anything about the endpoint at all.</summary>
    public bool SaysSomething => Bytes.Length > 0 || Telling.Contains(ExitCode);
}

/// <summary>Judges a handshake that was made elsewhere, by the very code that judges a live one.</summary>
internal static class RecordedHandshake
{
    /// <summary>The key that such a handshake is made with.</summary>
    public const string Key = "c3VtbWl0LW9wcy1wcm9iZQ==";

    /// <summary>curl's exit codes, as far as they say in which layer it ended.</summary>
    private const int NameNotFound = 6, NotConnected = 7, TimedOut = 28, TlsFailed = 35, StillOpen = 255;

    private const int ReceiveFailed = 56;

    /// <summary>Judges it.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="answer">What came.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<SummitWebSocketResult> JudgeAsync(
        ProbeRequest request, RecordedAnswer answer, TimeProvider time, CancellationToken cancellation)
    {
        // what has arrived is all there is: nothing is waited for
        var plan = ProbePlan.From(request with { Settle = TimeSpan.Zero });
        var trace = new ProbeTrace(plan, time);
        using var budget = new ProbeBudget(request.Timeout, time, cancellation);
        return (await JudgeAsync(
            trace, answer, budget)) with { Address = Address(plan), Addresses = [], Attempts = [], Timings = new SummitProbeTimings() };
    }

    private static async Task<SummitWebSocketResult> JudgeAsync(ProbeTrace trace, RecordedAnswer answer, ProbeBudget budget)
    {
        try
        {
            if (answer.Bytes.Length == 0) Connected(trace, answer);
            // the host looked a second time, as a probe does
            if (answer.Bytes.Length == 0 && answer.Said.Contains("summit: speaks TLS", StringComparison.Ordinal))
            {
                trace.Stage = SummitProbeStage.Upgrade;
                throw UpgradeFailures.TlsOnPlainPort(trace);
            }

            // its head did not come whole in the time that it had
            if (answer.ExitCode == StillOpen && answer.Bytes.Length > 0 && !HasHead(answer))
            {
                trace.Stage = SummitProbeStage.Upgrade;
                throw TimeoutFailures.For(trace);
            }

            await using var connection = new ProbeConnection(new RecordedStream(
                answer.Bytes, IsOpen(answer), answer.ExitCode == ReceiveFailed));
            await WebSocketProbe.UpgradeAsync(connection, trace, budget, Key);
            await new Session(connection, trace, budget).RunAsync(recorded: true);
            return trace.Succeeded();
        }
        catch (LayerFailedException failure)
        {
            return trace.Failed(failure);
        }
    }

    /// <summary>Whether the connection stood at the end: it was ended, or its time was over, after a whole 101.</summary>
    private static bool IsOpen(RecordedAnswer answer) => answer.ExitCode == StillOpen
        || (answer.ExitCode == TimedOut && answer.Bytes.AsSpan().StartsWith("HTTP/1."u8) && answer.Bytes.AsSpan(8).StartsWith(" 101"u8)
            && HasHead(answer));

    private static bool HasHead(RecordedAnswer answer) => answer.Bytes.AsSpan().IndexOf("\r\n\r\n"u8) > 0;

    /// <summary>Passes where a connection stood, with TLS where that was asked for.</summary>
    private static void Connected(ProbeTrace trace, RecordedAnswer answer)
    {
        var plan = trace.Plan;
        switch (answer.ExitCode)
        {
            case NameNotFound:
                trace.Stage = SummitProbeStage.Dns;
                throw ConnectFailures.Name(plan.DialHost, error: null, plan);
            case NotConnected:
                trace.Stage = SummitProbeStage.Tcp;
                var address = IPAddress.TryParse(Address(plan), out var parsed) ? parsed : IPAddress.Loopback;
                throw ConnectFailures.Connection(
                    [(address, new SocketException((int)Error(answer.Said)))], plan.DialHost, plan.DialPort, plan);
            case TimedOut:
                trace.Addresses.Add(Address(plan));
                var (tcp, tls) = Times(answer.Said);
                trace.Stage = !tcp ? SummitProbeStage.Tcp : plan.Uri.Tls && !tls ? SummitProbeStage.Tls : SummitProbeStage.Upgrade;
                throw TimeoutFailures.For(trace);
            case TlsFailed:
                trace.Stage = SummitProbeStage.Tls;
                var plain = answer.Said.Contains("wrong version number", StringComparison.OrdinalIgnoreCase)
                    || answer.Said.Contains("packet length too long", StringComparison.OrdinalIgnoreCase);
                string[] cut = ["SSL_ERROR_SYSCALL", "unexpected eof", "reset by peer"];
                if (Array.Exists(cut, mark => answer.Said.Contains(mark, StringComparison.OrdinalIgnoreCase)))
                {
                    throw new LayerFailedException(
                        SummitProbeStage.Tls, SummitCause.Unknown,
                        "The connection was cut in answer to the TLS greeting, without a word: "
                            + $"{Text.ForeignText.Visible(Complaint(answer.Said))}.",
                        NextCommand.Diagnose(plan.Uri));
                }

                if (answer.Said.Contains("unrecognized name", StringComparison.OrdinalIgnoreCase)) throw Tls.TlsFailures.NameRefused(plan);
                throw new LayerFailedException(
                    SummitProbeStage.Tls,
                    plain ? SummitCause.PlainHttpOnTlsPort : SummitCause.TlsProtocolMismatch,
                    plain
                        ? $"Port {plan.DialPort.ToString(CultureInfo.InvariantCulture)} answers in plain HTTP: "
                            + "its listen line has no 'ssl', or this is the backend's own port."
                        : $"The TLS handshake on the host failed: {Text.ForeignText.Visible(Complaint(answer.Said))}.",
                    NextCommand.Diagnose(plan.Uri));
        }
    }

    private static SocketError Error(string said) =>
        said.Contains("refused", StringComparison.OrdinalIgnoreCase) ? SocketError.ConnectionRefused
        : said.Contains("No route", StringComparison.OrdinalIgnoreCase) ? SocketError.HostUnreachable
        : said.Contains("Network is unreachable", StringComparison.OrdinalIgnoreCase) ? SocketError.NetworkUnreachable
        : said.Contains("timed out", StringComparison.OrdinalIgnoreCase) ? SocketError.TimedOut
        // curl 7 without a reason it names is mostly that: nobody listens on any address of the name
        : SocketError.ConnectionRefused;

    /// <summary>Whether TCP and TLS stood: the address that was connected to, or the time it took, and the time until TLS stood.</summary>
    /// <remarks>curl gives no time of connecting where the TLS handshake behind it did not end.</remarks>
    private static (bool Tcp, bool Tls) Times(string said)
    {
        var words = said.Split('\n', 2)[0].Split(' ');
        return (words[0].Length > 0 && !IsZero(words[0]), words.Length > 1 && words[1].Length > 0 && !IsZero(words[1]));

        static bool IsZero(string word) =>
            double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds <= 0;
    }

    private static string Complaint(string said) =>
        said.Split('\n').LastOrDefault(line => line.StartsWith("curl:", StringComparison.Ordinal)) ?? said.Trim();

    private static string Address(ProbePlan plan) => plan.DialHost == "localhost" ? "127.0.0.1" : plan.DialHost;
}
