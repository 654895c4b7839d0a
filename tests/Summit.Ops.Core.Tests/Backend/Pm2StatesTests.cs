using System.Net;
using System.Net.Sockets;
using Summit.Ops.Checks.Backend;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;

namespace Summit.Ops.Core.Tests.Backend;

/// <summary>A real pm2 with a real node backend that is ill in each of the ways that users meet; each is told from the others.</summary>
[Trait("Category", "Lab")]
public sealed class Pm2StatesTests
{
    private static readonly LocalHost Host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("crash loop", SummitCause.BackendRestartLoop, "Error: no database", "restart")]
    [InlineData("errored", SummitCause.BackendNotRunning, "errored", "Error: no database")]
    [InlineData("stopped", SummitCause.BackendNotRunning, "stopped", "not listening")]
    [InlineData("wrong port", SummitCause.BackendNotListening, "online", "nothing listens on port")]
    [InlineData("IPv6 only", SummitCause.BackendWrongAddress, "[::1]:", "nginx connects to 127.0.0.1:")]
    [InlineData("under another name", SummitCause.None, "neither pm2 nor systemd", "listening on 127.0.0.1:")]
    public async Task Each_is_told_apart(string state, SummitCause cause, string one, string other)
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } nginx) Assert.Skip(nginx);
        if (await LabRequirement.Pm2MissingAsync(Cancellation) is { } pm2) Assert.Skip(pm2);
        if (state == "IPv6 only" && !HasIPv6()) Assert.Skip("there is no IPv6 loopback here");
        await using var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.Pm2 }, Cancellation);
        var script = Path.Combine(lab.Backend.Folder, "ill.js");
        await File.WriteAllTextAsync(script, Script(state, lab.BackendPort), Cancellation);
        var name = state == "under another name" ? "somebody-else" : lab.Site.ProcessName;
        var app = Path.Combine(lab.Backend.Folder, "ill.json");
        await File.WriteAllTextAsync(app, App(state, script, name), Cancellation);
        await RunAsync(lab, $"pm2 delete {lab.Site.ProcessName} && pm2 start {app}");
        if (state == "stopped") await RunAsync(lab, $"pm2 stop {name}");

        var check = await UntilAsync(lab, found => found.Cause == cause && found.Evidence.Contains(one, StringComparison.Ordinal)
            && found.Evidence.Contains(other, StringComparison.Ordinal));

        Assert.True(check.Cause == cause, $"{check.Cause}: {check.Evidence}");
        Assert.Contains(one, check.Evidence);
        Assert.Contains(other, check.Evidence);
    }

    // an exit counts as unstable within min_uptime: a node that takes long to start must not pass for one that ran
    private static string App(string state, string script, string name) => state switch
    {
        "errored" => $$"""{"apps":[{"name":"{{name}}","script":"{{script}}","max_restarts":1,"min_uptime":600000}]}""",
        "crash loop" => $$"""{"apps":[{"name":"{{name}}","script":"{{script}}","max_restarts":1000,"restart_delay":100}]}""",
        _ => $$"""{"apps":[{"name":"{{name}}","script":"{{script}}"}]}""",
    };

    private static string Script(string state, int port) => state switch
    {
        "crash loop" => "console.error('Error: no database'); setTimeout(() => process.exit(1), 100);",
        "errored" => "console.error('Error: no database'); process.exit(1);",
        "wrong port" => Listening(0, "127.0.0.1"),
        "IPv6 only" => Listening(port, "::1"),
        _ => Listening(port, "127.0.0.1"),
    };

    private static string Listening(int port, string address) =>
        $"require('http').createServer((request, response) => response.end()).listen({port}, '{address}');";

    // node takes its time to start, and pm2 to give up
    private static async Task<SummitCheck> UntilAsync(LabInstance lab, Func<SummitCheck, bool> reached)
    {
        for (var tries = 1; ; tries++)
        {
            var evidence = await new SiteGatherer(TimeProvider.System).GatherAsync(Host, lab.Site, null, Cancellation);
            var check = new BackendRunning().Evaluate(evidence);
            if (reached(check) || tries == 12) return check;
            await Task.Delay(500, Cancellation);
        }
    }

    private static async Task RunAsync(LabInstance lab, string command)
    {
        var result = await Host.RunAsync(
            new HostScript(
                "pm2", $"export PM2_HOME={lab.Site.Pm2Home}\n{{ {command}; }} >/dev/null", TimeSpan.FromSeconds(60), ReadOnly: false),
            Cancellation);
        Assert.True(result.ExitCode == 0, result.Error);
    }

    private static bool HasIPv6()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
