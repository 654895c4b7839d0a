using System.Globalization;
using Summit.Ops.Probing.Frames;
using Summit.Ops.Text;

namespace Summit.Ops.Probing.Explaining;

/// <summary>What it means when an open WebSocket ends, or says something it should not.</summary>
internal static class SessionFailures
{
    // nginx counts whole seconds from the last byte either way; a measured cut-off is within this of the configured one
    private static readonly TimeSpan CutOffTolerance = TimeSpan.FromSeconds(1.5);

    private static readonly (int Seconds, string What)[] KnownCutOffs =
    [
        (60, "nginx's default proxy_read_timeout, and an AWS Application Load Balancer's default idle time-out"),
        (75, "nginx's default keepalive_timeout"),
        (100, "a CDN's usual limit"),
        (230, "an Azure load balancer's limit"),
        (300, "a proxy_read_timeout of 5 minutes"),
        (350, "an AWS Network Load Balancer's idle time-out"),
        (3600, "a proxy_read_timeout of one hour"),
    ];

    public static LayerFailedException Violation(SummitProbeStage stage, string what, ProbePlan plan) =>
        new(
            stage,
            SummitCause.WebSocketProtocolError,
            $"The WebSocket opened, and then the server broke RFC 6455: {what}. The application, or something between that rewrites the "
                + "stream, is at fault; nginx passes frames through untouched.",
            Log(plan));

    public static LayerFailedException NotExpected(ProbeTrace trace)
    {
        var pattern = trace.Plan.Request.ExpectMessage;
        return trace.Messages == 0
            ? new(
                SummitProbeStage.Message, SummitCause.BackendTimeout,
                $"The WebSocket opened, and no message came within the time; one that matches '{pattern}' was expected.",
                Log(trace.Plan))
            : new(
                SummitProbeStage.Message, SummitCause.Unknown,
                $"The WebSocket opened and {Count(trace.Messages)} came, none of which matches '{pattern}'.",
                Log(trace.Plan));
    }

    /// <summary>The peer's Close before anything went wrong otherwise; null where it is in good order and nothing more was asked.</summary>
    public static LayerFailedException? Closed(CloseEvent close, ProbeTrace trace)
    {
        if (close.Code is 1000 or 1005 && trace.Plan.Expect is null && trace.Plan.Request.Hold == TimeSpan.Zero) return null;
        return new(
            SummitProbeStage.Message, CloseCodes.Cause(close.Code, close.Reason),
            $"The WebSocket opened and the server closed it with {Describe(close)}. {CloseCodes.Sense(close.Code)}",
            Fix(close, trace.Plan));
    }

    public static LayerFailedException ClosedInHold(CloseEvent close, TimeSpan held, ProbeTrace trace) =>
        new(
            SummitProbeStage.Hold, CloseCodes.Cause(close.Code, close.Reason),
            $"The server closed it after {Seconds(held)} with {Describe(close)}. {CloseCodes.Sense(close.Code)}",
            Fix(close, trace.Plan));

    /// <summary>The end of the stream right after the 101: 1006.</summary>
    public static LayerFailedException EndedEarly(StreamEnd how, TimeSpan after, ProbeTrace trace) =>
        new(
            SummitProbeStage.Message,
            SummitCause.BackendError,
            $"1006: the WebSocket opened and {How(how, trace)} {Seconds(after)} later, without a Close frame. "
                + "nginx upgraded the connection, so its configuration is not the reason: the backend dropped it (a crash, "
                + "an exception in its connection handler).",
            Log(trace.Plan));

    /// <summary>The end of the stream while it was held idle: 1006, and most often an idle time-out.</summary>
    public static LayerFailedException Dropped(StreamEnd how, TimeSpan held, TimeSpan idle, ProbeTrace trace)
    {
        var timer = idle >= TimeSpan.FromSeconds(0.9) && how is StreamEnd.Closed or StreamEnd.Reset;
        var text =
            $"1006: {How(how, trace)} after {Seconds(held)}, {Seconds(idle)} after the last byte{KnownAs(idle)}, without a Close frame.";
        text += timer
            ? " An idle time-out on the way cut it: let the application send a ping more often than every "
                + $"{Math.Max(1, (int)(idle.TotalSeconds / 2)).ToString(CultureInfo.InvariantCulture)} s, or raise proxy_read_timeout."
            : " It was not idle for long, so this is no idle time-out: the backend or a worker went away.";
        return timer
            ? new(SummitProbeStage.Hold, SummitCause.NginxIdleTimeout, text, $"Test-SummitNginxConfig{NextCommand.Site(trace.Plan.Uri)}")
            : new(SummitProbeStage.Hold, SummitCause.BackendError, text, Log(trace.Plan));
    }

    /// <summary>Whose time-out a measured cut-off looks like, in brackets; empty where it looks like none that is known.</summary>
    public static string KnownAs(TimeSpan idle)
    {
        var known = Array.Find(KnownCutOffs, cutOff => (idle - TimeSpan.FromSeconds(cutOff.Seconds)).Duration() <= CutOffTolerance);
        return known.What is null ? "" : $" ({known.What})";
    }

    private static string How(StreamEnd how, ProbeTrace trace) => how switch
    {
        StreamEnd.Reset => "the connection was reset (TCP RST)",
        StreamEnd.Cut => "the stream ended in the middle of a frame",
        _ => trace.Plan.Uri.Tls ? "the server closed the TLS stream" : "the server closed the TCP stream",
    };

    private static string Describe(CloseEvent close)
    {
        var name = CloseCodes.Find(close.Code)?.Name;
        return $"{close.Code.ToString(CultureInfo.InvariantCulture)}{(name is null ? "" : $" ({name})")}"
            + $"{(close.Reason.Length == 0 ? "" : $" '{close.Reason}'")}";
    }

    private static string Fix(CloseEvent close, ProbePlan plan) =>
        CloseCodes.Cause(close.Code, close.Reason) == SummitCause.AuthenticationFailed
            ? $"Test-SummitWebSocket -Uri {PowerShellWord.Quote(plan.Shown.Split('?')[0])} -Token (Read-Host -AsSecureString)"
            : Log(plan);

    private static string Log(ProbePlan plan) => NextCommand.Backend(plan.Uri);

    private static string Seconds(TimeSpan span) =>
        span.TotalSeconds < 1 ? $"{span.TotalMilliseconds:0} ms" : $"{span.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s";

    private static string Count(int messages) =>
        messages == 1 ? "one message" : $"{messages.ToString(CultureInfo.InvariantCulture)} messages";
}
