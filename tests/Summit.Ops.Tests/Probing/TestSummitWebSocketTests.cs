using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using Summit.Ops.Errors;
using Summit.Ops.Tests.Engine;
using Summit.Ops.Lab.Peers;
using Summit.Ops.Tests.Conformance;

namespace Summit.Ops.Tests.Probing;

public sealed class TestSummitWebSocketTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static PeerBehaviour Answer(string status, string more = "") => async (connection, stop) =>
    {
        await connection.ReadRequestAsync(stop);
        await connection.SendAsync($"HTTP/1.1 {status}\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n", stop);
    };

    [Fact]
    public async Task It_emits_one_result_for_each_endpoint_and_a_failure_is_no_error()
    {
        await using var good = Peer.Start(GoodPeers.Greet("connected"));
        await using var bad = Peer.Start(Answer("502 Bad Gateway", "Server: nginx/1.22.1\r\n"));
        var result = await engine.InvokeAsync($"'{good.Uri()}', '{bad.Uri()}' | Test-SummitWebSocket -Settle 2");
        Assert.Empty(result.Errors);
        var all = result.Of<SummitWebSocketResult>().ToDictionary(one => one.RemotePort);
        Assert.Equal("connected", all[good.Port].FirstMessage);
        Assert.Equal(SummitCause.BackendNotListening, all[bad.Port].Cause);
    }

    [Fact]
    public async Task It_takes_uris_by_property_name_and_sites()
    {
        await using var peer = Peer.Start(GoodPeers.Greet("connected"));
        var result = await engine.InvokeAsync(
            $"[pscustomobject]@{{ Uri = '{peer.Uri("/x")}' }} | Test-SummitWebSocket -Quiet; Test-SummitWebSocket '{peer.Uri()}' -Quiet");
        Assert.Empty(result.Errors);
        Assert.Equal([true, true], result.Of<bool>());
        engine.Session.SetVariable("site", new SummitSite { ServerName = "no-such-name.invalid", WebSocketPath = "/socket" });
        result = await engine.InvokeAsync("$site | Test-SummitWebSocket; Test-SummitWebSocket -Site $site");
        Assert.Empty(result.Errors);
        Assert.All(
            result.Of<SummitWebSocketResult>(),
            one => Assert.Equal(("wss://no-such-name.invalid/socket", SummitCause.DnsNameNotFound), (one.Uri, one.Cause)));
        Assert.Equal(2, result.Of<SummitWebSocketResult>().Count);
    }

    [Theory]
    [InlineData("ftp://host/ws?token=s3cret", "UriSchemeInvalid")]
    [InlineData("wss://host:70000/ws?token=s3cret", "UriPortInvalid")]
    [InlineData("wss://ann:s3cret@host:0/ws", "UriPortInvalid")]
    [InlineData("wss://host/w s?token=s3cret", "UriHasSpace")]
    [InlineData("wss:///ws?token=s3cret", "UriHostMissing")]
    [InlineData("host/ws?token=s3cret", "UriSchemeMissing")]
    [InlineData("https://host/ws?token=s3cret", "UriSchemeInvalid")]
    [InlineData("wss://host/ws#s3cret", "UriHasFragment")]
    [InlineData("", "UriEmpty")]
    [InlineData("wss://ho<st/ws?token=s3cret", "UriHostInvalid")]
    [InlineData("wss://[::1/ws?token=s3cret", "UriHostInvalid")]
    public async Task A_bad_uri_is_one_clear_error_that_shows_no_secret_and_does_not_end_the_pipeline(string uri, string errorId)
    {
        await using var peer = Peer.Start(GoodPeers.Greet("connected"));
        engine.Session.SetVariable("uris", new[] { uri, peer.Uri() });
        var result = await engine.InvokeAsync("$uris | Test-SummitWebSocket");
        var error = Assert.Single(result.Errors);
        Assert.Null(result.Terminating);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId);
        Assert.IsType<SummitArgumentException>(error.Exception);
        Assert.StartsWith("Test-SummitWebSocket -Uri '", error.ErrorDetails.RecommendedAction);
        Assert.Empty(ExampleCode.Problems(error.ErrorDetails.RecommendedAction));
        Assert.True(Assert.Single(result.Of<SummitWebSocketResult>()).Success);
        if (!uri.Contains('#', StringComparison.Ordinal))
        {
            Assert.DoesNotContain("s3cret", error.ToString() + error.TargetObject + error.ErrorDetails.RecommendedAction);
        }
    }

    [Theory]
    [InlineData("-ConnectTo 'host:70000'", "ConnectToInvalid")]
    [InlineData("-ExpectMessage '('", "ExpectMessageInvalid")]
    [InlineData("-CertificateAuthority './no-such-file.pem'", "CertificateAuthorityNotFound")]
    [InlineData("-CertificateAuthority '/'", "CertificateAuthorityInvalid")]
    [InlineData("-Proxy 'socks5://host:1'", "ProxyInvalid")]
    [InlineData("-Header @{ 'Sec-WebSocket-Key' = 'x' }", "HeaderReserved")]
    [InlineData("-Header @{ 'X' = \"a`r`nb\" }", "HeaderValueInvalid")]
    [InlineData("-SubProtocol 'a b'", "SubProtocolInvalid")]
    [InlineData("-Hold -5", "HoldInvalid")]
    [InlineData("-Settle -5", "SettleInvalid")]
    [InlineData("-RetryInterval -5", "RetryIntervalInvalid")]
    [InlineData("-TimeoutSec 0", "TimeoutInvalid")]
    [InlineData("-RetryCount -1", "RetryCountInvalid")]
    [InlineData("-ThrottleLimit 0", "ThrottleLimitInvalid")]
    [InlineData("-MaximumRedirection -1", "MaximumRedirectionInvalid")]
    [InlineData("-Token ([securestring]::new()) -TokenHeader 'X'", "TokenEmpty")]
    public async Task A_bad_option_ends_it_before_anything_is_sent(string options, string errorId)
    {
        await using var peer = Peer.Start(GoodPeers.Greet("connected"));
        var result = await engine.InvokeAsync($"'{peer.Uri()}', '{peer.Uri()}' | Test-SummitWebSocket {options}");
        var error = Assert.Single(result.Errors);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId);
        Assert.IsType<SummitArgumentException>(error.Exception);
        Assert.StartsWith("Test-SummitWebSocket -", error.ErrorDetails.RecommendedAction);
        Assert.Empty(ExampleCode.Problems(error.ErrorDetails.RecommendedAction));
        Assert.Empty(result.Output);
        Assert.Equal(0, peer.Connections);
    }

    [Fact]
    public async Task Results_stream_as_they_finish_and_the_slow_do_not_hold_up_the_fast()
    {
        using var release = new SemaphoreSlim(0);
        await using var slow = Peer.Start(async (connection, stop) =>
        {
            await connection.ReadRequestAsync(stop);
            await release.WaitAsync(stop);
            await connection.SendAsync(connection.Switching(), stop);
            await connection.ServeAsync(stop);
        });
        await using var fast = Peer.Start(GoodPeers.Greet("connected"));
        engine.Session.SetVariable("seen", new Action<object>(_ => release.Release()));
        var result = await engine.InvokeAsync(
            $"'{slow.Uri()}', '{fast.Uri()}' | Test-SummitWebSocket -TimeoutSec 20 | ForEach-Object {{ $seen.Invoke($_); $_ }}");
        Assert.Empty(result.Errors);
        Assert.Equal([fast.Port, slow.Port], result.Of<SummitWebSocketResult>().Select(one => one.RemotePort));
    }

    [Fact]
    public async Task No_more_than_the_limit_run_at_once()
    {
        int now = 0, most = 0;
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            var count = Interlocked.Increment(ref now);
            InterlockedMax(ref most, count);
            await connection.OpenAsync(stop);
            await Task.Delay(30, stop);
            Interlocked.Decrement(ref now);
            await connection.SendAsync(PeerConnection.Text("hello"), stop);
            await connection.ServeAsync(stop);
        });
        var result = await engine.InvokeAsync(
            $"1..12 | ForEach-Object {{ '{peer.Uri()}' }} | Test-SummitWebSocket -ThrottleLimit 3 -Settle 2 -Quiet");
        Assert.Equal(12, result.Of<bool>().Count(success => success));
        Assert.InRange(most, 2, 3);

        static void InterlockedMax(ref int target, int value)
        {
            for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
            {
                if (Interlocked.CompareExchange(ref target, value, seen) == seen) return;
            }
        }
    }

    [Fact]
    public async Task Stopping_ends_all_of_them_at_once()
    {
        await using var peer = Peer.Start(GoodPeers.Silent);
        using var cancel = new CancellationTokenSource();
        var running = engine.InvokeAsync(
            $"1..40 | ForEach-Object {{ '{peer.Uri()}' }} | Test-SummitWebSocket -TimeoutSec 60", cancel.Token);
        while (peer.Connections < 30 && !running.IsCompleted) await Task.Delay(10);
        var watch = Stopwatch.StartNew();
        await cancel.CancelAsync();
        Assert.True((await running).Stopped);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), watch.Elapsed.ToString());
    }

    [Fact]
    public async Task Select_First_ends_the_rest()
    {
        await using var peer = Peer.Start(GoodPeers.Greet("connected"));
        await using var silent = Peer.Start(GoodPeers.Silent);
        var watch = Stopwatch.StartNew();
        var result = await engine.InvokeAsync(
            $"'{silent.Uri()}', '{peer.Uri()}' | Test-SummitWebSocket -TimeoutSec 60 | & {{ process {{ $_; break }} }}");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), watch.Elapsed.ToString());
        Assert.DoesNotContain(result.Of<SummitWebSocketResult>(), one => one.RemotePort == silent.Port);
    }

    [Fact]
    public async Task It_tries_again_until_it_works()
    {
        var count = 0;
        await using var peer = Peer.Start((connection, stop) => Interlocked.Increment(ref count) < 3
            ? Answer("502 Bad Gateway")(connection, stop)
            : GoodPeers.Greet("connected")(connection, stop));
        var result = await engine.InvokeAsync($"Test-SummitWebSocket '{peer.Uri()}' -RetryCount 5 -RetryInterval 0.02 -Verbose");
        var probe = Assert.Single(result.Of<SummitWebSocketResult>());
        Assert.True(probe.Success);
        Assert.Equal(3, probe.Tries);
        Assert.Contains(result.Verbose, line => line.Contains("try 3 of 6", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_last_try_is_shown_where_none_works()
    {
        await using var peer = Peer.Start(Answer("502 Bad Gateway"));
        var result = await engine.InvokeAsync(
            $"Test-SummitWebSocket '{peer.Uri()}' -RetryCount 1 -RetryInterval 0; Test-SummitWebSocket '{peer.Uri()}' -Quiet");
        Assert.Equal(2, ((SummitWebSocketResult)result.Output[0].BaseObject).Tries);
        Assert.False((bool)result.Output[1].BaseObject);
    }

    [Fact]
    public async Task A_bare_number_is_seconds()
    {
        await using var peer = Peer.Start(GoodPeers.Serve);
        var watch = Stopwatch.StartNew();
        var result = await engine.InvokeAsync($"Test-SummitWebSocket '{peer.Uri()}' -Settle 0 -Hold 0.5");
        Assert.True(Assert.Single(result.Of<SummitWebSocketResult>()).Success);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.45, 20);
    }

    [Fact]
    public async Task Progress_shows_done_and_failed_and_is_completed()
    {
        await using var slow = Peer.Start(GoodPeers.Silent);
        await using var bad = Peer.Start(Answer("404 Not Found"));
        var result = await engine.InvokeAsync($"'{bad.Uri()}', '{slow.Uri()}' | Test-SummitWebSocket -TimeoutSec 2");
        Assert.Contains(result.Progress, record => record.StatusDescription == "1 of 2 done, 1 failed" && record.SecondsRemaining >= 0);
        Assert.Equal(ProgressRecordType.Completed, result.Progress[^1].RecordType);
    }

    [Fact]
    public async Task The_secret_is_in_no_stream()
    {
        var sent = 0;
        await using var echo = Peer.Start(async (connection, stop) =>
        {
            var head = await connection.ReadRequestAsync(stop);
            if (head.Contains("T0pSecret", StringComparison.Ordinal)) Interlocked.Increment(ref sent);
            await connection.SendAsync(
                $"HTTP/1.1 302 Found\r\nLocation: https://host{head.Split(' ')[1]}\r\nX-Echo: {connection.Header("Authorization")}\r\n"
                    + $"Content-Length: {head.Length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n{head}",
                stop);
        });
        await using var refuse = Peer.Start(async (connection, stop) =>
        {
            await connection.OpenAsync(stop);
            await connection.SendAsync(PeerConnection.Text("your token is T0pSecret"), stop);
            await connection.SendAsync(PeerConnection.Close(1008, "no: T0pSecret"), stop);
        });
        // from one origin to the other and back, with everything that was asked repeated in the address
        await using var away = Peer.Start(async (connection, stop) =>
        {
            var target = (await connection.ReadRequestAsync(stop)).Split(' ')[1];
            await connection.SendAsync(
                $"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{echo.Port}{target}\r\nContent-Length: 0\r\n\r\n", stop);
        });
        await using var slow = Peer.Start(GoodPeers.Silent);
        engine.Session.SetVariable("token", new System.Net.NetworkCredential("", "T0pSecret").SecurePassword);
        var script = $$"""
            $VerbosePreference = $DebugPreference = 'Continue'
            '{{echo.Uri()}}', '{{echo.Uri(host: "ann:T0pSecret@127.0.0.1")}}', '{{refuse.Uri()}}' | Test-SummitWebSocket -Token $token
            '{{echo.Uri()}}', '{{refuse.Uri()}}' | Test-SummitWebSocket -Token $token -TokenHeader Authorization -ExpectMessage never
            '{{echo.Uri()}}', '{{refuse.Uri("/ws?token=T0pSecret")}}', 'wss://host:70000/?token=T0pSecret' |
                Test-SummitWebSocket -RetryCount 1 -RetryInterval 0
            Test-SummitWebSocket '{{echo.Uri()}}' -Proxy 'http://ann:T0pSecret@127.0.0.1:{{refuse.Port}}'
            Test-SummitWebSocket '{{echo.Uri("/ws?token=T0pSecret")}}' -Token $token
            '{{away.Uri()}}', '{{away.Uri("/ws?a=1", "ann:T0pSecret@127.0.0.1")}}', '{{away.Uri("/T0pSecret/ws")}}' |
                Test-SummitWebSocket -Token $token -MaximumRedirection 3
            '{{away.Uri()}}' |
                Test-SummitWebSocket -Token $token -TokenHeader Authorization -Header @{ Cookie = 'sid=T0pSecret' } -MaximumRedirection 3
            Test-SummitWebSocket '{{away.Uri("/ws?token=T0pSecret")}}' -MaximumRedirection -1
            '{{slow.Uri("/ws?token=T0pSecret")}}' | Test-SummitWebSocket -Token:$null -TimeoutSec 2
            Measure-SummitWebSocket '{{refuse.Uri()}}' -Token $token -Count 2 -Duration 0.7 -WarmUp 1
            Test-SummitCertificate '{{refuse.Uri("/ws?token=T0pSecret", scheme: "wss")}}' -TimeoutSec 1
            $VerbosePreference = $DebugPreference = 'SilentlyContinue'
            """;
        var result = await engine.RenderAsync(script);
        var again = await engine.InvokeAsync(script);
        Assert.Equal(13, again.Of<SummitWebSocketResult>().Count);
        Assert.Equal(3, again.Of<SummitWebSocketResult>().Count(one => one.Redirects.Count > 0));
        Assert.Equal(3, again.Errors.Count);
        Assert.NotEmpty(again.Progress);
        Assert.True(sent >= 6, $"{sent} requests carried it");
        string[] written =
        [
            result.HostText,
            .. again.Output.Select(one => System.Text.Json.JsonSerializer.Serialize(one.BaseObject)),
            .. again.Output.Select(one => one.ToString()),
            .. again.Errors.Select(error =>
                $"{error} {error.Exception} {error.TargetObject} {error.ErrorDetails?.RecommendedAction} {error.Exception.InnerException}"),
            .. again.Verbose, .. again.Debug, .. again.Warnings,
            .. again.Information.Select(record => record.ToString()),
            .. again.Progress.Select(record => $"{record.Activity} {record.StatusDescription} {record.CurrentOperation}"),
        ];
        Assert.NotEmpty(again.Verbose);
        engine.Session.SetVariable("results", again.Output.Select(one => one.BaseObject).ToArray());
        engine.Session.SetVariable("errors", again.Errors.ToArray());
        written = [.. written, (await engine.RenderAsync("$results | Format-List *; $results.Timings; "
            + "$results.Redirects; $results.ResponseHeaders; $errors | Format-List * -Force")).HostText];
        Assert.All(written, text => Assert.DoesNotContain("T0pSecret", text, StringComparison.OrdinalIgnoreCase));
        Assert.All(written, text => Assert.DoesNotContain(Convert.ToBase64String("ann:T0pSecret"u8), text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Escape_sequences_of_a_server_do_not_reach_the_console()
    {
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.ReadRequestAsync(stop);
            await connection.SendAsync("HTTP/1.1 403 \x1b[2JOK\r\nServer: \x1b]0;title\a\r\nContent-Length: 7\r\n\r\n\x1b[31mno", stop);
        });
        var result = await engine.RenderAsync($"Test-SummitWebSocket '{peer.Uri()}'");
        Assert.DoesNotContain('\x1b', result.HostText);
        Assert.DoesNotContain('\a', result.HostText);
    }
}
