using System.ComponentModel;
using System.Diagnostics;
using Summit.Ops.Errors;

namespace Summit.Ops.Hosts.Ssh;

/// <summary>A host behind this machine's own OpenSSH client, with its configuration, agents, jump hosts and known hosts.</summary>
public sealed class SshHost : IHost
{
    private static readonly TimeSpan ReadersTime = TimeSpan.FromSeconds(1);

    /// <summary>What the client may still need once the script has ended: what a daemon holds open ends with it, and not before.</summary>
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(2);

    /// <summary>Each connection is a process here, and a fleet may be large.</summary>
    private static readonly SemaphoreSlim Room = new(32);

    /// <summary>Beside the script's own time: to connect, and to hear that a connection is dead.</summary>
    private static readonly TimeSpan ConnectingTime = TimeSpan.FromSeconds(30);

    private readonly SshDestination _destination;
    private readonly TimeProvider _time;

    /// <summary>A host.</summary>
    /// <param name="target">The host, with its HostName.</param>
    /// <param name="time">The clock.</param>
    public SshHost(SummitTarget target, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(target);
        (Target, _destination, _time) = (target, SshDestination.Read(target.HostName), time);
    }

    /// <summary>The target of a host as somebody wrote it.</summary>
    /// <param name="hostName">user@host:port, ssh://user@host:port, or an alias.</param>
    /// <param name="options">Options of ssh, each as after ssh -o.</param>
    /// <exception cref="SummitArgumentException">It is no host, or one is no option.</exception>
    public static SummitTarget TargetOf(string hostName, IReadOnlyList<string> options)
    {
        ArgumentNullException.ThrowIfNull(hostName);
        ArgumentNullException.ThrowIfNull(options);
        SshOptions.Check(options);
        var destination = SshDestination.Read(hostName);
        return new SummitTarget
        {
            Name = hostName, Kind = SummitTargetKind.Ssh, HostName = hostName, Address = destination.Host, SshOptions = [.. options],
        };
    }

    /// <inheritdoc/>
    public SummitTarget Target { get; }

    /// <inheritdoc/>
    public async Task<HostResult> RunAsync(HostScript script, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(script);
        await Room.WaitAsync(cancellation);
        try
        {
            return await ConnectAsync(script, cancellation);
        }
        finally
        {
            Room.Release();
        }
    }

    private async Task<HostResult> ConnectAsync(HostScript script, CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        var wrapped = new SshScript(script);
        using var process = Start();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(script.Timeout + ConnectingTime);
        var output = new BoundedText(process.StandardOutput, wrapped.End);
        var error = new BoundedText(process.StandardError);
        try
        {
            // standard input stays open: its end, or a word on it, stops the script
            await WriteAsync(process, wrapped.Text);
            await EndAsync(process, output, limit.Token);
        }
        catch (OperationCanceledException)
        {
            var begun = output.Has(wrapped.Begin);
            var told = await StopAsync(process, output, script.ReadOnly || !begun ? ReadersTime : script.RollBackTime);
            if (cancellation.IsCancellationRequested && begun && !told && !script.ReadOnly)
            {
                throw new HostRunCancelledException(
                    $"'{script.Name}' was told to stop on {Target}, and its end was not heard.", cancellation);
            }

            cancellation.ThrowIfCancellationRequested();
            throw new SummitHostException(
                "ScriptTimedOut", SummitErrorKind.Timeout, $"'{script.Name}' did not end on {Target} within "
                    + $"{(script.Timeout + ConnectingTime).TotalSeconds:0} s and was told to stop.", Target,
                "See what hangs on the host: ps -ef | grep -E 'nginx|pm2'; then run the cmdlet again.");
        }

        var (printed, said) = (await output.EndAsync(), await error.EndAsync());
        if (output.IsCut || error.IsCut)
        {
            throw new SummitHostException(
                "OutputTooLong", SummitErrorKind.InvalidData,
                $"'{script.Name}' on {Target} printed more than {BoundedText.Longest:N0} characters, and no answer has as many.", Target,
                "See what is so long on the host: ls -lS /var/log/nginx /etc/nginx; then run the cmdlet again.");
        }

        if (wrapped.Read(printed, said) is { } answer)
        {
            return new HostResult(answer.ExitCode, answer.Output, answer.Error, _time.GetElapsedTime(started));
        }

        if (wrapped.HasBegun(printed)) throw SshFailure.Lost(Target, script, said);
        var failure = SshFailure.NotBegun(Target, process.ExitCode, printed, said, _ => "");
        var hint = await SshClient.HintAsync(failure.ErrorId, _destination, Target.SshOptions);
        throw hint.Length == 0 ? failure : SshFailure.NotBegun(Target, process.ExitCode, printed, said, _ => hint);
    }

    private Process Start()
    {
        try
        {
            return SshClient.Start(_destination, Target.SshOptions);
        }
        catch (Win32Exception error)
        {
            throw new SummitHostException(
                "SshClientMissing", SummitErrorKind.NotSupported,
                $"ssh, the client of OpenSSH, could not be started on this machine: {error.Message}", Target,
                OperatingSystem.IsWindows()
                    ? "Add-WindowsCapability -Online -Name OpenSSH.Client~~~~0.0.1.0"
                    : "sudo apt-get install openssh-client   # or: sudo dnf install openssh-clients",
                error);
        }
    }

    private static async Task WriteAsync(Process process, string text)
    {
        try
        {
            await process.StandardInput.WriteAsync(text.AsMemory());
            await process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // ssh ended early; its exit code and its words say why
        }
    }

    /// <summary>Waits until the script has ended, or the connection.</summary>
    private static async Task EndAsync(Process process, BoundedText output, CancellationToken limit)
    {
        var exit = process.WaitForExitAsync(limit);
        if (await Task.WhenAny(exit, output.AwaitedAsync) == exit)
        {
            await exit;
            return;
        }

        using var closing = new CancellationTokenSource(ClosingTime);
        try
        {
            await process.WaitForExitAsync(closing.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>Tells the script to stop, waits until it has put everything back, and ends the client.</summary>
    /// <returns>Whether the script's end was heard.</returns>
    private static async Task<bool> StopAsync(Process process, BoundedText output, TimeSpan time)
    {
        await WriteAsync(process, SshScript.Stop);
        using var patience = new CancellationTokenSource(time);
        try
        {
            await EndAsync(process, output, patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        return output.AwaitedAsync.IsCompleted;
    }
}
