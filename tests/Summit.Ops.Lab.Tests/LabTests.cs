using System.Net;
using System.Net.Sockets;

namespace Summit.Ops.Lab.Tests;

/// <summary>Starts labs where nginx can be had, and says why not where it cannot.</summary>
internal static class Start
{
    public static async Task<LabInstance> LabAsync(Scenario? scenario = null, LabBackendKind backend = LabBackendKind.InProcess)
    {
        var token = TestContext.Current.CancellationToken;
        if (await LabRequirement.NginxMissingAsync(token) is { } reason) Assert.Skip(reason);
        if (backend == LabBackendKind.Pm2 && await LabRequirement.Pm2MissingAsync(token) is { } noPm2) Assert.Skip(noPm2);
        return await LabInstance.StartAsync(new LabOptions { Scenario = scenario, Backend = backend }, token);
    }
}

[Trait("Category", "Lab")]
public sealed class LabTests
{
    [Theory]
    [InlineData(LabBackendKind.InProcess)]
    [InlineData(LabBackendKind.Pm2)]
    public async Task Healthy_lab_upgrades_and_greets(LabBackendKind backend)
    {
        await using var lab = await Start.LabAsync(backend: backend);

        var answer = await RawClient.UpgradeAsync(lab);

        Assert.Equal(101, answer.Status);
        Assert.Equal(1, answer.Opcode);
        Assert.Equal("""{"type":"connected","message":"WebSocket connected","id":1}""", answer.Text);
        Assert.Contains("WebSocket connected: #1 /ws", await LogAsync(lab, "connected"));
        Assert.Equal(backend, lab.Backend.Kind);
    }

    [Theory]
    [InlineData(LabBackendKind.InProcess)]
    [InlineData(LabBackendKind.Pm2)]
    public async Task Both_backends_behave_alike(LabBackendKind backend)
    {
        await using var lab = await Start.LabAsync(backend: backend);

        var talk = await RawClient.TalkAsync(lab, 4, (1, "hi"), (9, "ping"), (8, "\u0003\u00e8"));
        Assert.Equal([1, 1, 10, 8], talk.Select(f => f.Opcode));
        Assert.Equal(["hi", "ping", "\u0003\u00e8"], talk.Skip(1).Select(f => f.Payload));
        Assert.Equal(1008, (await RawClient.UpgradeAsync(lab, "/ws?token=bad")).CloseCode);
        Assert.Equal(1011, (await RawClient.UpgradeAsync(lab, "/ws?fail=yes")).CloseCode);
        Assert.Empty((await RawClient.UpgradeAsync(lab, "/ws?drop=yes")).Rest);
        Assert.Equal(426, (await RawClient.BackendAsync(lab, upgrade: false)).Status);
        Assert.Equal(404, (await RawClient.BackendAsync(lab, "/elsewhere", upgrade: false)).Status);
        var api = await RawClient.GetAsync(lab, "/api/status");
        Assert.Equal(200, api.Status);
        Assert.Contains("\"x-forwarded-proto\":\"https\"", System.Text.Encoding.UTF8.GetString(api.Rest));
        await lab.Backend.AcceptOnlyAsync(["good"]);
        Assert.Equal(1008, (await RawClient.UpgradeAsync(lab)).CloseCode);
        Assert.Equal(1, (await RawClient.UpgradeAsync(lab, "/ws?token=good")).Opcode);
        Assert.DoesNotContain("token=", await LogAsync(lab, "connected"));

        await lab.Backend.StopAsync();
        Assert.Equal(502, (await RawClient.UpgradeAsync(lab)).Status);
        await lab.Backend.StartAsync();
        Assert.Equal(101, (await RawClient.UpgradeAsync(lab)).Status);
        await lab.Backend.DeafenAsync();
        Assert.Equal(502, (await RawClient.UpgradeAsync(lab)).Status);
    }

    [Fact]
    public async Task The_backend_in_this_process_stops_at_any_moment()
    {
        var folder = Directory.CreateTempSubdirectory("summit-backend-").FullName;
        var port = FreePorts.Choose(1)[0];
        await using (var backend = new InProcessBackend(port, folder))
        {
            for (var round = 0; round < 100; round++)
            {
                await backend.StartAsync();
                // connections that come while it stops: the accept loop is between two of them then
                var clients = Enumerable.Range(0, 4).Select(_ => ConnectAsync(port)).ToList();
                await backend.StopAsync();
                await Task.WhenAll(clients);
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task ConnectAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
        }
        catch (SocketException)
        {
            // it was quicker
        }
    }

    // pm2 writes what its process said a moment later
    private static async Task<string> LogAsync(LabInstance lab, string waitFor)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var text = await File.ReadAllTextAsync(lab.Backend.LogPath);
            if (text.Contains(waitFor, StringComparison.Ordinal) || TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromSeconds(10))
            {
                return text;
            }

            await Task.Delay(20);
        }
    }
}
