using System.Globalization;
using System.Management.Automation;
using Summit.Ops.Errors;
using Summit.Ops.Probing;
using Summit.Ops.Probing.Measuring;

namespace Summit.Ops.Commands;

/// <summary>Opens many WebSockets at a rate, holds them, and measures latency, drops and the idle cut-off.</summary>
/// <remarks>
/// <para>Measure-SummitWebSocket opens -Count connections, -Rate a second, and holds them for -Duration after the last was begun. Each
/// sends a ping every -Interval, or -Message where that is given. The result has the percentiles of opening and of the round trips over all
/// connections, what did not open and why, and what ended early, by second and cause.</para>
/// <para>A round trip is counted from the moment its ping was due, so that a stall is not hidden by the pings that it held up. A few
/// connections are opened first and not counted (-WarmUp).</para>
/// <para>With -Interval 0 nothing is sent: what cuts idle connections is found, and after how long. nginx does so after
/// proxy_read_timeout, 60 s by default.</para>
/// <para>What this machine itself could not do (sockets, CPU) stands in Limits and is not blamed on the server. Measure only what
/// is yours: this is load.</para>
/// </remarks>
/// <example>
/// <title>A hundred clients for ten seconds</title>
/// <code>Measure-SummitWebSocket -Uri 'wss://summit-api.codingeverest.com/ws' -Count 100 -Rate 20 -Duration 10</code>
/// <para>Shows the percentiles, the drops and a histogram of the round trips.</para>
/// </example>
/// <example>
/// <title>Find the idle cut-off</title>
/// <code>(Measure-SummitWebSocket -Uri 'wss://summit-api.codingeverest.com/ws' -Count 3 -Interval 0 -Duration 90).IdleCutOff</code>
/// <para>Holds three silent connections; the time after which they were cut is proxy_read_timeout, or a load
/// balancer's idle time-out.</para>
/// </example>
/// <example>
/// <title>A gate on latency</title>
/// <code>$load = Measure-SummitWebSocket -Uri 'wss://summit-api.codingeverest.com/ws' -Message 'ping'
/// if ($load.RoundTrip.P99.TotalMilliseconds -gt 100) { exit 1 }</code>
/// <para>Sends a message a second on each connection and takes the next message for its answer.</para>
/// </example>
/// <seealso cref="TestSummitWebSocketCommand"/>
[Cmdlet(VerbsDiagnostic.Measure, "SummitWebSocket", DefaultParameterSetName = "Uri")]
[OutputType(typeof(SummitWebSocketMeasurement))]
public sealed class MeasureSummitWebSocketCommand : ProbeCmdlet
{
    private const string Activity = "Measuring WebSockets";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>How many connections.</summary>
    [Parameter]
    public int Count { get; set; } = 100;

    /// <summary>How many connections are opened a second.</summary>
    [Parameter]
    public double Rate { get; set; } = 50;

    /// <summary>How long they are held once the last was begun; a number is seconds.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often each connection sends a ping, or -Message; a number is seconds, 0 is never.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A text message to send instead of a ping; the next message that comes counts as its answer.</summary>
    [Parameter]
    public string? Message { get; set; }

    /// <summary>How many connections are opened and closed first, uncounted.</summary>
    [Parameter]
    public int WarmUp { get; set; } = 5;

    /// <inheritdoc/>
    private protected override ProbeRequest Options => base.Options with { Message = Message };

    private MeasureRequest Asked => new() { Connections = Count, Rate = Rate, Hold = Duration, Interval = Interval, WarmUp = WarmUp };

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        try
        {
            Asked.Check();
        }
        catch (SummitArgumentException error)
        {
            Throw(error);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // one endpoint after the other: two measurements at once would measure each other
        foreach (var request in Requests()) Pump(queue => MeasureAsync(request, queue));
    }

    private async Task MeasureAsync(ProbeRequest request, PipelineQueue queue)
    {
        queue.Verbose($"Measuring {request}: {Count} connections, {Rate} a second, held for {Duration.TotalSeconds} s.");
        var measurement = new WebSocketMeasurement(request, Asked);
        var running = measurement.RunAsync(StopToken);
        var whole = TimeSpan.FromSeconds(Count / Rate) + Duration;
        var elapsed = TimeSpan.Zero;
        while (await Task.WhenAny(running, Task.Delay(Pause, StopToken)) != running && !StopToken.IsCancellationRequested)
        {
            elapsed += Pause;
            queue.Progress(new ProgressRecord(0, Activity, string.Create(
                CultureInfo.InvariantCulture,
                $"{request}: {measurement.Open} open, {measurement.Failed} failed, {measurement.Dropped} dropped"))
            {
                PercentComplete = (int)Math.Min(99, elapsed / whole * 100),
                SecondsRemaining = (int)Math.Max(0, (whole - elapsed).TotalSeconds),
            });
        }

        if (elapsed > TimeSpan.Zero) queue.Progress(new ProgressRecord(0, Activity, "Done") { RecordType = ProgressRecordType.Completed });
        queue.Write(await running);
    }
}
