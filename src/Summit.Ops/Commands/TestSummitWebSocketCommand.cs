using System.Management.Automation;
using Summit.Ops.Errors;
using Summit.Ops.Probing;

namespace Summit.Ops.Commands;

/// <summary>Opens a WebSocket and says which layer works, which does not, why, and what to run next.</summary>
/// <remarks>
/// <para>Test-SummitWebSocket passes the layers one after the other, times each, and stops at the first that fails: DNS, TCP, an HTTP
/// proxy, TLS with the whole served certificate chain, the HTTP upgrade, the first message, and the closing handshake. A failure is a
/// result, not an error: FailedStage and Cause name it, Explanation says it in plain words, and Fix holds the next command.</para>
/// <para>After the 101 it waits a moment (-Settle) for a first message or a Close frame, so that a token that is refused with 1008 is not
/// called a success. Nothing is sent but the handshake, -Message where it is given, and a ping and a Close at the end.</para>
/// <para>Tokens belong into -Token: what stands in -Uri is shown by the shell's history. Tokens and passwords appear in no
/// output of this command.</para>
/// <para>A token in the query, as the guide has it, is a part of the request line. nginx writes that line to its access log, and to its
/// error log when the request fails. -TokenHeader sends the token as a header, which nginx does not log.</para>
/// </remarks>
/// <example>
/// <title>Does it work, and if not, why?</title>
/// <code>Test-SummitWebSocket -Uri 'wss://summit-api.codingeverest.com/ws' -Token (Read-Host -AsSecureString)</code>
/// <para>The token is sent as ?token=…, as in the troubleshooting guide. Format-List shows all that was seen: headers, the head of an
/// error page, the certificate, the timing of each layer.</para>
/// </example>
/// <example>
/// <title>One server behind a name</title>
/// <code>Test-SummitWebSocket -Uri 'wss://summit-api.codingeverest.com/ws' -ConnectTo '127.0.0.1:443'</code>
/// <para>Run on the server itself: dials the address and keeps the name for SNI, Host and the certificate. If it works here and not from
/// outside, the network is at fault.</para>
/// </example>
/// <example>
/// <title>A gate after a deployment</title>
/// <code>$uri = 'wss://summit-api.codingeverest.com/ws'
/// if (-not (Test-SummitWebSocket $uri -ExpectMessage 'connected' -RetryCount 10 -RetryInterval 3 -Quiet)) { exit 1 }</code>
/// <para>Tries up to eleven times, three seconds apart, until a message that matches comes; -Quiet answers True or False only.</para>
/// </example>
/// <example>
/// <title>Does an idle connection stay open?</title>
/// <code>Test-SummitWebSocket -Uri 'wss://summit-api.codingeverest.com/ws' -Hold 70</code>
/// <para>Holds the connection idle for 70 s. nginx cuts it after proxy_read_timeout (60 s by default) without a Close frame; the result
/// names the cut-off that was measured.</para>
/// </example>
/// <example>
/// <title>Where does a redirect lead?</title>
/// <code>(Test-SummitWebSocket -Uri 'ws://summit-api.codingeverest.com/ws' -MaximumRedirection 5).Redirects</code>
/// <para>WebSocket clients do not follow redirects, so without -MaximumRedirection a redirect is the failure that is reported. With it each
/// hop is shown, and whether a WebSocket opens at the end.</para>
/// </example>
/// <example>
/// <title>Many endpoints</title>
/// <code>Get-Content ./endpoints.txt | Test-SummitWebSocket -ThrottleLimit 50 | Where-Object Success -EQ $false</code>
/// <para>Probes them at the same time; results come as they finish.</para>
/// </example>
/// <seealso cref="GetSummitCloseCodeCommand"/>
[Cmdlet(VerbsDiagnostic.Test, "SummitWebSocket", DefaultParameterSetName = "Uri")]
[OutputType(typeof(SummitWebSocketResult), typeof(bool))]
public sealed class TestSummitWebSocketCommand : ProbeCmdlet
{
    private readonly WebSocketProbe _probe = new();

    /// <summary>A text message to send once it is open.</summary>
    [Parameter]
    public string? Message { get; set; }

    /// <summary>A regular expression: the probe succeeds when a message matches it, and fails when none does within -TimeoutSec.</summary>
    [Parameter]
    public string? ExpectMessage { get; set; }

    /// <summary>How long to wait after the 101 for a first message or a Close frame; a number is seconds.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan Settle { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the connection must stay open, idle; a number is seconds. It comes on top of -TimeoutSec.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan Hold { get; set; }

    /// <summary>
    /// How many redirects to follow (301, 302, 303, 307, 308). Each one is in Redirects; the token, credentials, -Header and -Message stay
    /// with the origin they were given for, and TLS is never given up.
    /// </summary>
    [Parameter]
    public int MaximumRedirection { get; set; }

    /// <summary>How often to try again where it fails.</summary>
    [Parameter]
    public int RetryCount { get; set; }

    /// <summary>The pause between two tries; a number is seconds.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan RetryInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many endpoints are probed at the same time.</summary>
    [Parameter]
    public int ThrottleLimit { get; set; } = 32;

    /// <summary>Answer True or False for each endpoint, and nothing else.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    private protected override ProbeRequest Options => base.Options with
    {
        Message = Message, ExpectMessage = ExpectMessage, Settle = Settle, Hold = Hold, MaximumRedirection = MaximumRedirection,
    };

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Within(nameof(RetryCount), RetryCount, 0, 100_000, 10);
        if (RetryInterval < TimeSpan.Zero)
        {
            Throw(new SummitArgumentException(
                "RetryIntervalInvalid", "The pause between two tries cannot be negative.", RetryInterval,
                "Test-SummitWebSocket -RetryCount 10 -RetryInterval 2"));
        }

        WorkConcurrently("Probing WebSockets", Hold, ThrottleLimit);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Begin(ProbeAsync);

    private async Task ProbeAsync(ProbeRequest request, PipelineQueue queue, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            queue.Verbose(tries == 1 ? $"Probing {request}." : $"Probing {request} again, try {tries} of {RetryCount + 1}.");
            var result = await _probe.RunAsync(request, cancellation) with { Tries = tries };
            foreach (var redirect in result.Redirects) queue.Verbose($"Redirected, {redirect}.");
            queue.Verbose($"{result}, after {result.Timings.Total.TotalMilliseconds:0} ms. {result.Explanation}");
            if (result.Success || tries > RetryCount)
            {
                if (!result.Success) CountFailed(queue);
                queue.Write(Quiet ? result.Success : result);
                return;
            }

            await Task.Delay(RetryInterval, cancellation);
        }
    }
}
