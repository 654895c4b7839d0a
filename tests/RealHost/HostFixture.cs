using System.Text.Json;
using System.Text.RegularExpressions;

namespace Summit.Ops.RealHost.Tests;

/// <summary>The one host that all scenarios share: it boots for the first, and is healed before each.</summary>
public sealed partial class HostFixture : IAsyncLifetime
{
    private RealHost? _host;
    private string? _diagnoseScript;
    private bool _broken;

    /// <summary>Which Debian: bookworm, or what SUMMIT_REALHOST_SUITE names.</summary>
    internal static string Suite { get; } = Environment.GetEnvironmentVariable("SUMMIT_REALHOST_SUITE") is { Length: > 0 } suite
        ? suite
        : "bookworm";

    /// <summary>Why there is no host; null where there is one.</summary>
    internal string? Missing { get; private set; }

    internal RealHost Host => _host ?? throw new InvalidOperationException("the host did not boot");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (HostRequirement.Missing() is not null) return;
        try
        {
            _host = await RealHost.BootAsync(Suite, CancellationToken.None);
        }
        catch (InvalidOperationException failed) when (NotReached().Match(failed.Message) is { Success: true } found)
        {
            // the packages come from a mirror and a registry; any other failure is one of the host's
            Missing = $"no image of a host: {found.Value.Trim()}";
        }
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
    internal async Task<Command> RunbookAsync(string locale, CancellationToken cancellation)
    {
        _diagnoseScript ??= await DiagnoseScriptAsync(cancellation);
        await Host.RunAsync("root", $"test -s /run/diagnose.sh || echo {_diagnoseScript} | base64 -d >/run/diagnose.sh", cancellation);
        return await Host.RunAsync("root", $"export LANG={locale} LC_ALL={locale}; exec sh /run/diagnose.sh <&-", cancellation);
    }

    [GeneratedRegex(
        "^.*(Failed getting release file|Couldn't download|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH).*$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex NotReached();

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
