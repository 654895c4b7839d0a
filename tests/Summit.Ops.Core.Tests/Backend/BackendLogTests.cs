using Summit.Ops.Backend;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Text;

namespace Summit.Ops.Core.Tests.Backend;

[Trait("Category", "Lab")]
public sealed class BackendLogTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_files_of_a_real_pm2_are_read_put_together_and_rid_of_secrets()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } nginx) Assert.Skip(nginx);
        if (await LabRequirement.Pm2MissingAsync(Cancellation) is { } pm2) Assert.Skip(pm2);
        await using var lab = await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Healthy, Backend = LabBackendKind.Pm2 }, Cancellation);
        var errors = lab.Backend.LogPath.Replace("-out", "-error", StringComparison.Ordinal);
        await File.AppendAllTextAsync(
            lab.Backend.LogPath,
            "2031-01-01T00:00:00.000Z GET /ws?token=tok-4711 \u001b[31mred\u0007\n2031-01-01T00:00:02Z nothing to see\n",
            Cancellation);
        await File.AppendAllTextAsync(errors, "2031-01-01T00:00:01Z Error: boom\n    at server.js:1\n", Cancellation);
        var log = new BackendLog(new LocalHost());

        var all = (await log.ReadAsync(lab.Site, 100, since: null, webSocketOnly: false, Cancellation)).Lines;
        Assert.Contains(all, line => line.Text.Contains("listening on 127.0.0.1:", StringComparison.Ordinal)
            && line is { Stream: SummitLogStream.Output, Time: not null });
        Assert.Equal(
            [
                "2031-01-01T00:00:00.000Z GET /ws?token=*** \\x1b[31mred\\x07", "2031-01-01T00:00:01Z Error: boom", "    at server.js:1",
                "2031-01-01T00:00:02Z nothing to see",
            ],
            all.TakeLast(4).Select(line => line.Text));
        Assert.Equal((SummitLogStream.Error, errors, null), (all[^2].Stream, all[^2].Source, all[^2].Time));

        var since = (await log.ReadAsync(
            lab.Site, 100, new DateTimeOffset(2031, 1, 1, 0, 0, 1, TimeSpan.Zero), webSocketOnly: false, Cancellation)).Lines;
        Assert.Equal(
            ["2031-01-01T00:00:01Z Error: boom", "    at server.js:1", "2031-01-01T00:00:02Z nothing to see"],
            since.Select(line => line.Text));
        var sockets = (await log.ReadAsync(lab.Site, 1, since: null, webSocketOnly: true, Cancellation)).Lines;
        Assert.StartsWith("2031-01-01T00:00:00.000Z GET /ws", Assert.Single(sockets).Text);

        var error = await Assert.ThrowsAsync<SummitHostException>(
            () => log.ReadAsync(lab.Site with { ProcessName = "nobody knows" }, 1, null, false, Cancellation));
        Assert.Equal("BackendLogNotFound", error.ErrorId);
    }

    [Fact]
    public void The_journal_s_own_times_and_bytes_are_read()
    {
        const string Json = """
            {"__REALTIME_TIMESTAMP":"1700000000000000","MESSAGE":"WebSocket connected\ntwice"}
            -- No entries --
            {"__REALTIME_TIMESTAMP":"1700000001000000","MESSAGE":[104,105,27]}
            {"__REALTIME_TIMESTAMP":"1700000001000000","MESSAGE":["one",[116,119,111]]}
            {"__REALTIME_TIMESTAMP":"1700000001000000","MESSAGE":[300,null]}
            """;
        var lines = LogLines.FromJournal(Json, new SummitSite(), SummitTarget.Local).ToList();
        Assert.Equal(["WebSocket connected", "twice", "hi\\x1b", "one", "two", ""], lines.Select(line => line.Text));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000001), lines[2].Time);
    }

    [Theory]
    [InlineData("GET /ws?token=abc&x=1 101", "GET /ws?token=***&x=1 101")]
    [InlineData("remote: https://bot:s3cr3t@example.com/a.git", "remote: https://***@example.com/a.git")]
    [InlineData("authorization: Bearer eyJhbGciOi.J9.x", "authorization: Bearer ***")]
    [InlineData("{\"password\":\"hunter\"}", "{\"password\":\"***\"}")]
    [InlineData("API_KEY=abcdef", "API_KEY=***")]
    [InlineData("Error: invalid token: expired", "Error: invalid token: expired")]
    [InlineData("WebSocket closed: #3 1006, code: 1006", "WebSocket closed: #3 1006, code: 1006")]
    public void A_secret_is_told_by_its_place(string line, string shown) => Assert.Equal(shown, TextRedaction.Of(line));
}
