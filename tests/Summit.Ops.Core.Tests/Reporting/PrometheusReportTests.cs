using System.ComponentModel;
using System.Diagnostics;
using Summit.Ops.Reporting;

namespace Summit.Ops.Core.Tests.Reporting;

/// <summary>The figures for Prometheus, as its own promtool reads them.</summary>
public sealed class PrometheusReportTests
{
    [Fact]
    public async Task Promtool_finds_nothing_wrong()
    {
        var text = ReportFile.Render(
            Samples.Report([
                Samples.Diagnosis(), Samples.Measurement, Samples.Deployment, Samples.Repair, Samples.Probe,
                Samples.Check("A\"B\\C\nD"), .. Samples.Watch]),
            SummitReportFormat.Prometheus);
        Assert.Contains("summit_watch_availability_ratio{", text, StringComparison.Ordinal);

        var (code, said) = await CheckAsync(text);

        Assert.True(code == 0 && said.Length == 0, $"{code}: {said}\n{text}");
    }

    [Fact]
    public async Task Promtool_finds_what_is_wrong()
    {
        var (code, _) = await CheckAsync("# TYPE summit_x gauge\nsummit_x{a=\"b} 1\n");
        Assert.NotEqual(0, code);
    }

    private static async Task<(int Code, string Said)> CheckAsync(string text)
    {
        var start = new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.StandardInput.WriteAsync(text);
            process.StandardInput.Close();
            var said = await output + await errors;
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, said);
        }
        catch (Win32Exception)
        {
            throw Xunit.Sdk.SkipException.ForSkip("promtool is not installed here");
        }
    }
}
