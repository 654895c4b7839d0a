using System.Text.Json;

namespace Summit.Ops.RealHost.Tests;

/// <summary>The one host that all scenarios share: it boots for the first, and is healed before each.</summary>
public sealed class HostFixture : IAsyncLifetime
{
    private RealHost? _host;
    private string? _diagnoseScript;
    private bool _broken;

    /// <summary>Which Debian: bookworm, or what SUMMIT_REALHOST_SUITE names.</summary>
    internal static string Suite { get; } = Environment.GetEnvironmentVariable("SUMMIT_REALHOST_SUITE") is { Length: > 0 } suite
        ? suite
        : "bookworm";

    internal RealHost Host => _host ?? throw new InvalidOperationException("the host did not boot");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (HostRequirement.Missing() is null) _host = await RealHost.BootAsync(Suite, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    /// <summary>A healthy host in the layout. One that does not heal is thrown away, and another boots.</summary>
    internal async Task HealAsync(string layout, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            if (_broken)
            {
                await Host.DisposeAsync();
                _host = await RealHost.BootAsync(Suite, cancellation);
                _broken = false;
            }

            await Host.RunAsync("root", $"sh /opt/realhost/heal.sh {layout}", cancellation);
            if (await Host.OutsideUntilAsync("101 hello", TimeSpan.FromSeconds(20), cancellation) == "101 hello") return;
            _broken = true;
        }

        var state = await Host.RunAsync(
            "root", "systemctl --failed --no-legend; systemctl status --no-pager -n 5 nginx summit pm2-deploy; ss -tlnp", cancellation);
        Assert.Fail($"the host does not heal: {state.Output}{state.Error}");
    }

    /// <summary>The exported diagnosis, run as the agent runs it: root, no HOME, in /, sh, closed standard input.</summary>
    internal async Task<Command> RunbookAsync(CancellationToken cancellation)
    {
        _diagnoseScript ??= await DiagnoseScriptAsync(cancellation);
        await Host.RunAsync("root", $"test -s /run/diagnose.sh || echo {_diagnoseScript} | base64 -d >/run/diagnose.sh", cancellation);
        return await Host.RunAsync("root", "exec sh /run/diagnose.sh <&-", cancellation);
    }

    private async Task<string> DiagnoseScriptAsync(CancellationToken cancellation)
    {
        await Host.PowerShellAsync(
            "root",
            "Export-SummitRunbook -Kind RunCommandParameters -Path /run/runbooks -Site (New-SummitSite) -Force | Out-Null",
            cancellation);
        var file = await Host.RunAsync("root", "cat /run/runbooks/diagnose-websocket-issues.json", cancellation);
        var lines = JsonDocument.Parse(file.Output).RootElement.GetProperty("commands").EnumerateArray().Select(line => line.GetString());
        return Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
    }
}
