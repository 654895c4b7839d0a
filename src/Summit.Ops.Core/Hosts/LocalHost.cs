using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Summit.Ops.Errors;

namespace Summit.Ops.Hosts;

/// <summary>This machine: <c>/bin/sh</c> reads the script from its standard input.</summary>
public sealed partial class LocalHost(TimeProvider time) : IHost
{
    private const int Terminate = 15;
    private static readonly TimeSpan ReadersTime = TimeSpan.FromSeconds(1);

    /// <summary>This machine, on the system's clock.</summary>
    public LocalHost()
        : this(TimeProvider.System)
    {
    }

    /// <inheritdoc/>
    public SummitTarget Target => SummitTarget.Local;

    /// <inheritdoc/>
    public async Task<HostResult> RunAsync(HostScript script, CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new SummitHostException(
                "LocalHostNeedsShell", SummitErrorKind.NotSupported, "The checks on the host need /bin/sh, and this machine runs Windows.",
                Target,
                "Name the host instead: Get-SummitTarget -InstanceId i-… -Region … | Invoke-SummitDiagnostic");
        }

        var started = time.GetTimestamp();
        using var process = Start();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(script.Timeout);

        var output = new BoundedText(process.StandardOutput);
        var error = new BoundedText(process.StandardError);
        try
        {
            await WriteAsync(process, script.Text);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // what only reads is ended whole: a shell that waits for a tool looks at no signal before
            if (script.ReadOnly) ProcessTree.Signal(process.Id, signal => _ = Kill(signal, Terminate));
            await StopAsync(process, script.ReadOnly ? ReadersTime : script.RollBackTime);
            cancellation.ThrowIfCancellationRequested();
            throw new SummitHostException(
                "ScriptTimedOut", SummitErrorKind.Timeout,
                $"'{script.Name}' did not end on {Target} within {script.Timeout.TotalSeconds:0} s and was stopped.", Target,
                "See what hangs on the host: ps -ef | grep -E 'nginx|pm2'; then run the cmdlet again.");
        }

        var said = (Output: await output.EndAsync(), Error: await error.EndAsync());
        if (output.IsCut || error.IsCut)
        {
            throw new SummitHostException(
                "OutputTooLong", SummitErrorKind.InvalidData,
                $"'{script.Name}' on {Target} printed more than {BoundedText.Longest:N0} characters, and no answer has as many.", Target,
                "See what is so long on the host: ls -lS /var/log/nginx /etc/nginx; then run the cmdlet again.");
        }

        return new HostResult(process.ExitCode, said.Output, said.Error, time.GetElapsedTime(started));
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("/bin/sh", ["-s"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new SummitHostException(
                "ShellNotStarted", SummitErrorKind.Unavailable,
                $"/bin/sh could not be started: {error.Message}",
                Target, "ls -l /bin/sh", error);
        }
    }

    private static async Task WriteAsync(Process process, string text)
    {
        try
        {
            await process.StandardInput.WriteAsync(text);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // the shell ended early; its exit code and its standard error say why
        }
    }

    /// <summary>
    /// Ends the script by a signal on which it takes its own files away, a changing one after it has put everything back;
    /// what does not end then is killed.
    /// </summary>
    private static async Task StopAsync(Process process, TimeSpan time)
    {
        _ = Kill(process.Id, Terminate);
        using var patience = new CancellationTokenSource(time);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            try
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
            catch (Exception error) when (error is Win32Exception or AggregateException)
            {
                // a child that runs as root ends by itself; it is not ours to kill
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
