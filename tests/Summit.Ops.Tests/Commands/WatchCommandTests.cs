using System.Management.Automation;
using System.Security;
using Summit.Ops.Lab.Aws;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Commands;

/// <summary>What ends a watch, and what does not.</summary>
public sealed class WatchCommandTests : IAsyncLifetime
{
    private const string Id = "i-0123456789abcdef0";
    private readonly string _record = Path.Combine(Path.GetTempPath(), $"summit-watch-{Guid.NewGuid():N}.jsonl");
    private readonly EngineSession _session = EngineSession.Create();
    private readonly AwsEndpoint _aws = AwsEndpoint.Start();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _session.SetVariable("file", _record);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _aws.DisposeAsync();
        File.Delete(_record);
    }

    [Fact]
    public async Task Control_C_shows_the_summary_and_ends_the_record_with_it()
    {
        using var control = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var watching = _session.InvokeAsync(
            "Watch-SummitWebSocket ws://127.0.0.1:1/ws, ws://127.0.0.1:2/ws -Interval 0.1 -OutFile $file", control.Token);
        // the head, and the first change of each
        while (!File.Exists(_record) || Lines().Count < 3) await Task.Delay(50, Stop);
        await control.CancelAsync();
        var result = await watching;

        Assert.True(result.Stopped);
        Assert.Contains("ws://127.0.0.1:1/ws: Down", result.HostText, StringComparison.Ordinal);
        Assert.Contains("ws://127.0.0.1:2/ws: Down", result.HostText, StringComparison.Ordinal);
        Assert.Equal(2, Lines().Count(line => line.StartsWith("{\"Type\":\"SummitWatchSummary\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Credentials_that_have_expired_cost_the_diagnosis_and_not_the_watch()
    {
        _aws.Fleet.Put(new LabMachine { InstanceId = Id });
        var secret = new SecureString();
        foreach (var c in _aws.SecretAccessKey) secret.AppendChar(c);
        _session.SetVariable("url", _aws.Url);
        _session.SetVariable("key", new PSCredential(_aws.AccessKeyId, secret));
        _aws.Knobs.Errors["ssm:SendCommand"] = new AwsErrorException(
            "ExpiredTokenException", "The security token included in the request is expired", 400);

        var result = await _session.InvokeAsync(
            $$"""
            $target = Get-SummitTarget {{Id}} -Region eu-west-1 -EndpointUrl $url -Credential $key
            Watch-SummitWebSocket -Site (New-SummitSite -ServerName 127.0.0.1 -Port 1) -Target $target -Interval 0.2 -Duration 3
            """, Stop);

        Assert.Empty(result.Errors);
        var down = Assert.Single(result.Of<SummitWebSocketTransition>());
        Assert.Equal((SummitWatchState.Down, SummitCause.NginxNotRunning), (down.State, down.Cause));
        Assert.Null(down.Diagnosis);
        Assert.Contains("expired", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.True(Assert.Single(result.Of<SummitWatchSummary>()).Probes > 2);
    }

    private List<string> Lines()
    {
        using var file = new FileStream(_record, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
