using Summit.Ops.Probing.Connecting;
using Summit.Ops.Probing.Explaining;
using Summit.Ops.Probing.Redirecting;
using Summit.Ops.Probing.Tls;
using Summit.Ops.Probing.Upgrading;

namespace Summit.Ops.Probing;

/// <summary>One look at a WebSocket endpoint, layer by layer: DNS, TCP, proxy, TLS, HTTP upgrade, first message, hold, close.</summary>
/// <remarks>
/// It has its own socket, handshake (RFC 6455, section 4) and frame reader (section 5), because the framework's WebSocket hides what a
/// diagnosis needs: the body of a refusal, a malformed Close, the round trip of a ping, the end of the stream against a Close frame.
/// </remarks>
public sealed class WebSocketProbe
{
    // an error page that trickles in is not waited for
    private static readonly TimeSpan BodyWait = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly Dialler _dialler;
    private readonly RecentHandshakes _handshakes = new();

    /// <summary>Makes a probe; it may run any number of requests, also at the same time.</summary>
    /// <param name="time">The clock that judges certificates and measures; null for the system's.</param>
    public WebSocketProbe(TimeProvider? time = null)
        : this(time, Dialler.SystemResolver)
    {
    }

    internal WebSocketProbe(TimeProvider? time, Resolver resolver) =>
        (_time, _dialler) = (time ?? TimeProvider.System, new Dialler(resolver));

    /// <summary>Probes one endpoint. A diagnosed problem is a result, never an exception.</summary>
    /// <param name="request">What and how.</param>
    /// <param name="cancellation">Ends it at once.</param>
    /// <returns>What was seen, and what it means.</returns>
    /// <exception cref="Errors.SummitArgumentException">The request makes no sense.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public Task<SummitWebSocketResult> RunAsync(ProbeRequest request, CancellationToken cancellation = default) =>
        RunAsync(request, tlsOnly: false, cancellation);

    /// <summary>Probes as far as TLS: no request is sent.</summary>
    internal Task<SummitWebSocketResult> RunTlsAsync(ProbeRequest request, CancellationToken cancellation) =>
        RunAsync(request, tlsOnly: true, cancellation);

    private async Task<SummitWebSocketResult> RunAsync(ProbeRequest request, bool tlsOnly, CancellationToken cancellation)
    {
        var plan = ProbePlan.From(request);
        var trace = new ProbeTrace(plan, _time);
        using var budget = new ProbeBudget(request.Timeout, _time, cancellation);
        while (true)
        {
            try
            {
                await RunAsync(trace, budget, tlsOnly);
                return trace.Succeeded();
            }
            catch (LayerFailedException failure)
            {
                cancellation.ThrowIfCancellationRequested();
                if (Next(trace, ref failure) is not { } next) return trace.Failed(failure);
                trace = next;
            }
            catch (OperationCanceledException) when (budget.Spent)
            {
                return trace.Failed(TimeoutFailures.For(trace));
            }
        }
    }

    private static ProbeTrace? Next(ProbeTrace trace, ref LayerFailedException failure)
    {
        try
        {
            return Redirection.Follow(trace);
        }
        catch (LayerFailedException notFollowed)
        {
            failure = notFollowed;
            return null;
        }
    }

    private async Task RunAsync(ProbeTrace trace, ProbeBudget budget, bool tlsOnly)
    {
        await using var connection = await ConnectAsync(trace, budget);
        if (tlsOnly) return;
        await UpgradeAsync(connection, trace, budget);
        await new Session(connection, trace, budget).RunAsync();
    }

    /// <summary>Everything up to the 101; the caller goes on with the connection.</summary>
    /// <exception cref="LayerFailedException">A layer failed.</exception>
    internal async Task<ProbeConnection> OpenAsync(ProbeTrace trace, ProbeBudget budget)
    {
        var connection = await ConnectAsync(trace, budget);
        try
        {
            await UpgradeAsync(connection, trace, budget);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>DNS, TCP, proxy and TLS.</summary>
    private async Task<ProbeConnection> ConnectAsync(ProbeTrace trace, ProbeBudget budget)
    {
        var connection = await DialAsync(trace, budget);
        if (!trace.Plan.Uri.Tls) return connection;
        try
        {
            if (await TlsLayer.PassAsync(connection, trace, budget, _handshakes, _handshakes.Find(trace))) return connection;
            await connection.DisposeAsync();
            connection = await DialAsync(trace, budget);
            await TlsLayer.PassAsync(connection, trace, budget, _handshakes, recent: null);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<ProbeConnection> DialAsync(ProbeTrace trace, ProbeBudget budget)
    {
        trace.Addresses.Clear();
        trace.Attempts.Clear();
        return trace.Plan.Proxy is { } proxy
            ? await ProxyTunnel.OpenAsync(_dialler, proxy, trace, budget.Token)
            : new ProbeConnection(await _dialler.ConnectAsync(trace.Plan.DialHost, trace.Plan.DialPort, trace, budget.Token));
    }

    internal static async Task UpgradeAsync(ProbeConnection connection, ProbeTrace trace, ProbeBudget budget, string? sentKey = null)
    {
        trace.Stage = SummitProbeStage.Upgrade;
        var plan = trace.Plan;
        var upgrade = UpgradeRequest.For(plan, sentKey);
        var began = trace.Time.GetTimestamp();
        UpgradeResponse response;
        try
        {
            await SendAsync(connection, upgrade.Bytes, budget.Token);
            response = await ResponseReader.ReadAsync(connection, budget.Token);
        }
        catch (BadResponseException error)
        {
            if (error.Kind == BadResponseKind.Empty && await IsTlsPortAsync()) throw UpgradeFailures.TlsOnPlainPort(trace);
            throw UpgradeFailures.Broken(error, trace);
        }
        catch (IOException error)
        {
            if (connection.Received == 0 && await IsTlsPortAsync()) throw UpgradeFailures.TlsOnPlainPort(trace);
            throw UpgradeFailures.Disconnected(error, connection.Received, trace);
        }

        trace.Upgrade = trace.Since(began);
        (trace.HttpStatus, trace.HttpReason, trace.ResponseHeaders) = (response.Status, response.Reason, response.Headers);
        if (response.Status != 101)
        {
            using var enough = ProbeBudget.Part(BodyWait, budget.Token);
            trace.BodyHead = await ResponseBody.ReadHeadAsync(connection, response, enough.Token);
            trace.AnsweredBy = AnswerJudge.AnsweredBy(response, trace.BodyHead);
            throw AnswerJudge.Failure(response, trace.BodyHead, plan);
        }

        trace.AnsweredBy = AnswerJudge.AnsweredBy(response, "");
        if (HandshakeJudge.Violation(response, upgrade, plan.SubProtocols) is { } violation)
        {
            throw UpgradeFailures.NoWebSocket(violation, trace);
        }

        trace.SubProtocol = response.Value("Sec-WebSocket-Protocol");

        async Task<bool> IsTlsPortAsync() => !plan.Uri.Tls && await SecondLook.SpeaksTlsAsync(trace, budget);
    }

    // a server that refuses early may close before the whole request is through: its answer is still worth reading
    private static async Task SendAsync(ProbeConnection connection, byte[] request, CancellationToken cancellation)
    {
        try
        {
            await connection.WriteAsync(request, cancellation);
        }
        catch (IOException)
        {
            // the read that follows says what happened
        }
    }
}
