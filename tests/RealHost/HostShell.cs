using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Summit.Ops.RealHost.Tests;

/// <summary>What a PowerShell line printed, what errors it wrote, how long it took.</summary>
internal sealed record ShellAnswer(string Output, string[] Errors, double Seconds);

/// <summary>
/// A PowerShell on the host that serves many scenarios: a cold start for each would take longer than the scenarios themselves.
/// </summary>
internal sealed class HostShell : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private readonly Process _process;

    private HostShell(Process process) => _process = process;

    public static async Task<HostShell> StartAsync(Process process, CancellationToken cancellation)
    {
        var shell = new HostShell(process);
        var said = await shell.LineAsync(cancellation);
        return said == "ready" ? shell : throw new InvalidOperationException(
            $"PowerShell did not start on the host: {said} {await process.StandardError.ReadToEndAsync(cancellation)}");
    }

    public async Task<ShellAnswer> RunAsync(string script, CancellationToken cancellation)
    {
        await _process.StandardInput.WriteLineAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes(script)).AsMemory(), cancellation);
        await _process.StandardInput.FlushAsync(cancellation);
        while (true)
        {
            var line = await LineAsync(cancellation) ?? throw new InvalidOperationException("PowerShell ended on the host.");
            // what a native command writes to the console itself stands between the answers
            try
            {
                return JsonSerializer.Deserialize<ShellAnswer>(Convert.FromBase64String(line))!;
            }
            catch (Exception other) when (other is FormatException or JsonException)
            {
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(over.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task<string?> LineAsync(CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        over.CancelAfter(Limit);
        return await _process.StandardOutput.ReadLineAsync(over.Token);
    }
}
