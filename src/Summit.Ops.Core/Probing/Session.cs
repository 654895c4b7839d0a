using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Summit.Ops.Probing.Explaining;
using Summit.Ops.Probing.Frames;

namespace Summit.Ops.Probing;

/// <summary>The life of a WebSocket after its 101: messages, hold, ping, close.</summary>
internal sealed class Session
{
    // how long a peer may take to answer a Close: its answer is worth a remark, not a failed deployment
    private static readonly TimeSpan CloseWait = TimeSpan.FromSeconds(1);
    private static readonly byte[] PingPayload = Encoding.ASCII.GetBytes("summit");

    private readonly ProbeConnection _connection;
    private readonly ProbeTrace _trace;
    private readonly ProbeBudget _budget;
    private readonly FrameReader _reader;
    private readonly long _opened;
    private long _lastTraffic;

    public Session(ProbeConnection connection, ProbeTrace trace, ProbeBudget budget)
    {
        (_connection, _trace, _budget) = (connection, trace, budget);
        _reader = new FrameReader(connection);
        _opened = _lastTraffic = trace.Time.GetTimestamp();
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="recorded">Whether the other side is a recording: it is listened to, and no answer is waited for.</param>
    /// <exception cref="LayerFailedException">It did not do what was asked of it.</exception>
    public async Task RunAsync(bool recorded = false)
    {
        try
        {
            _trace.Stage = SummitProbeStage.Message;
            if (!await MessagesAsync()) return;
            if (recorded)
            {
                _trace.ClosedBy = SummitClosedBy.Client;
                return;
            }

            if (_trace.Plan.Request.Hold > TimeSpan.Zero)
            {
                _trace.Stage = SummitProbeStage.Hold;
                await HoldAsync();
            }

            _trace.Stage = SummitProbeStage.Close;
            await CloseAsync();
        }
        catch (FrameViolationException violation)
        {
            await SayGoodbyeAsync(violation.CloseCode);
            (_trace.CloseCode, _trace.ClosedBy) = (violation.CloseCode, SummitClosedBy.Client);
            throw SessionFailures.Violation(_trace.Stage, violation.Message, _trace.Plan);
        }
    }

    // true while it is still open
    private async Task<bool> MessagesAsync()
    {
        var request = _trace.Plan.Request;
        if (request.Message is { } message) await SendAsync(FrameWriter.Text(message), _budget.Token);
        using var settle = _trace.Plan.Expect is null ? ProbeBudget.Part(request.Settle, _budget.Token) : null;
        var token = settle?.Token ?? _budget.Token;
        while (true)
        {
            WebSocketEvent next;
            try
            {
                // what has arrived is looked at even where there is no time to wait
                next = await _reader.ReadAsync(token);
            }
            catch (OperationCanceledException) when (settle is not null && !_budget.Token.IsCancellationRequested)
            {
                return true;
            }
            catch (OperationCanceledException) when (_budget.Spent && _trace.Plan.Expect is not null)
            {
                throw SessionFailures.NotExpected(_trace);
            }

            if (next is MessageEvent received)
            {
                if (Matches(received)) return true;
            }
            else if (await EndedAsync(next, _budget.Token))
            {
                return false;
            }
        }
    }

    private bool Matches(MessageEvent message)
    {
        var first = _trace.Messages++ == 0;
        if (first)
        {
            _trace.FirstMessage = message.Text;
            _trace.FirstMessageAfter = _trace.Since(_opened);
        }

        if (_trace.Plan.Expect is not { } expect) return true;
        bool matches;
        try
        {
            matches = expect.IsMatch(message.Text);
        }
        catch (RegexMatchTimeoutException)
        {
            matches = false;
            _trace.Remarks.Add("The pattern took too long on one message.");
        }

        if (matches && !first)
        {
            _trace.Remarks.Add($"Message {_trace.Messages.ToString(CultureInfo.InvariantCulture)} is the one that was expected.");
        }

        return matches;
    }

    private async Task HoldAsync()
    {
        var hold = _trace.Plan.Request.Hold;
        _budget.Pause();
        using var enough = ProbeBudget.Part(hold, _budget.Caller);
        var began = _trace.Time.GetTimestamp();
        try
        {
            while (true)
            {
                var next = await _reader.ReadAsync(enough.Token);
                if (next is EndEvent end)
                {
                    (_trace.CloseCode, _trace.ClosedBy) = (1006, SummitClosedBy.Transport);
                    throw SessionFailures.Dropped(end.How, _trace.Since(began), _trace.Since(_lastTraffic), _trace);
                }

                _lastTraffic = _trace.Time.GetTimestamp();
                if (next is CloseEvent close)
                {
                    Closed(close);
                    await SayGoodbyeAsync(close.Code == 1005 ? 1000 : close.Code);
                    throw SessionFailures.ClosedInHold(close, _trace.Since(began), _trace);
                }

                if (next is MessageEvent) _trace.Messages++;
                if (next is PingEvent ping) await SendAsync(FrameWriter.Pong(ping.Payload), enough.Token);
            }
        }
        catch (OperationCanceledException) when (!_budget.Caller.IsCancellationRequested)
        {
            _trace.Remarks.Add($"It stayed open for {hold.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s.");
        }

        _budget.Resume();
    }

    // ping and Close travel together: the pong on the way to the peer's Close is the round trip, and an idle hold stays idle
    private async Task CloseAsync()
    {
        using var enough = ProbeBudget.Part(CloseWait, _budget.Caller);
        _trace.ClosedBy = SummitClosedBy.Client;
        var asked = _trace.Time.GetTimestamp();
        try
        {
            await SendAsync([.. FrameWriter.Ping(PingPayload), .. FrameWriter.Close(1000)], enough.Token);
            while (true)
            {
                switch (await _reader.ReadAsync(enough.Token))
                {
                    case PongEvent pong when pong.Payload.AsSpan().SequenceEqual(PingPayload):
                        _trace.RoundTrip ??= _trace.Since(asked);
                        break;
                    case MessageEvent message:
                        if (_trace.Messages++ == 0) _trace.FirstMessage = message.Text;
                        break;
                    case CloseEvent close:
                        _trace.Close = _trace.Since(asked);
                        (_trace.CloseCode, _trace.CloseReason) = (close.Code == 1005 ? 1000 : close.Code, close.Reason);
                        return;
                    case EndEvent:
                        _trace.Remarks.Add("The server ended the connection without answering the Close frame.");
                        return;
                }
            }
        }
        catch (OperationCanceledException) when (!_budget.Caller.IsCancellationRequested)
        {
            _trace.Remarks.Add("The server did not answer the Close frame.");
        }
        catch (IOException)
        {
            _trace.Remarks.Add("The server ended the connection without answering the Close frame.");
        }
    }

    // true where the connection is over and that is no failure
    private async Task<bool> EndedAsync(WebSocketEvent next, CancellationToken cancellation)
    {
        switch (next)
        {
            case PingEvent ping:
                await SendAsync(FrameWriter.Pong(ping.Payload), cancellation);
                return false;
            case CloseEvent close:
                Closed(close);
                await SayGoodbyeAsync(close.Code == 1005 ? 1000 : close.Code);
                if (SessionFailures.Closed(close, _trace) is { } failure) throw failure;
                _trace.Remarks.Add("The server closed it right away, in good order (1000).");
                return true;
            case EndEvent end:
                (_trace.CloseCode, _trace.ClosedBy) = (1006, SummitClosedBy.Transport);
                throw SessionFailures.EndedEarly(end.How, _trace.Since(_opened), _trace);
            default:
                return false;
        }
    }

    private void Closed(CloseEvent close)
    {
        (_trace.CloseCode, _trace.CloseReason, _trace.ClosedBy) = (close.Code, close.Reason, SummitClosedBy.Peer);
    }

    private async Task SendAsync(byte[] frame, CancellationToken cancellation)
    {
        try
        {
            await _connection.WriteAsync(frame, cancellation);
            _lastTraffic = _trace.Time.GetTimestamp();
        }
        catch (IOException)
        {
            // the reader will say how it ended, and may still find the Close frame that explains it
        }
    }

    private async Task SayGoodbyeAsync(int code)
    {
        using var enough = ProbeBudget.Part(TimeSpan.FromMilliseconds(200), _budget.Caller);
        try
        {
            await _connection.WriteAsync(FrameWriter.Close(code), enough.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // it is over in any case
        }
    }
}
