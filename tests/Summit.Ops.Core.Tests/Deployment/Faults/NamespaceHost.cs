using System.Diagnostics;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Processes;

namespace Summit.Ops.Core.Tests.Deployment.Faults;

/// <summary>
/// This machine as a process in a mount namespace of its own sees it: where a folder of a lab can be a small or a read-only disk.
/// </summary>
internal sealed class NamespaceHost : IHost, IAsyncDisposable
{
    private readonly LocalHost _local = new();
    private readonly Process _holder;

    private NamespaceHost(Process holder, int target)
    {
        _holder = holder;
        ProcessId = target;
    }

    public SummitTarget Target => _local.Target;

    /// <summary>The process whose namespaces they are.</summary>
    public int ProcessId { get; }

    /// <summary>Makes the namespaces and runs some commands in them; null where that is not allowed here.</summary>
    /// <param name="options">Options of unshare, for example <c>--mount</c>.</param>
    /// <param name="commands">What is run in them first.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<NamespaceHost?> StartAsync(string options, string commands, CancellationToken cancellation)
    {
        if (!File.Exists("/usr/bin/unshare") && !File.Exists("/bin/unshare")) return null;
        var start = new ProcessStartInfo(
            "unshare", [.. options.Split(' '), "/bin/sh", "-c", $"mount --make-rprivate / && {commands} && echo ready && exec sleep 900"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var holder = Process.Start(start)!;
        if (await holder.StandardOutput.ReadLineAsync(cancellation) == "ready")
        {
            return new(
                holder, options.Contains("--fork", StringComparison.Ordinal) ? ProcessTable.Children(holder.Id).Single() : holder.Id);
        }

        await holder.WaitForExitAsync(cancellation);
        holder.Dispose();
        return null;
    }

    public Task<HostResult> RunAsync(HostScript script, CancellationToken cancellation) =>
        _local.RunAsync(script with { Text = $"exec nsenter -t {ProcessId} -m /bin/sh -s <<'{ShellScript.Mark(script.Text)}'\n"
            + $"{script.Text}\n{ShellScript.Mark(script.Text)}\n" }, cancellation);

    /// <summary>The commands that make a root of its own, with the folders of this one in it: what a container is to the kernel.</summary>
    public static string OwnRoot(string folder) =>
        $"R={folder} && mkdir -p $R && mount -t tmpfs tmpfs $R"
            + " && for part in $(ls /); do [ ! -d /$part ] || { mkdir -p $R/$part && mount --rbind /$part $R/$part; } || exit 1; done";

    /// <summary>Runs commands there that must succeed.</summary>
    public async Task<string> RunAsync(string commands, CancellationToken cancellation)
    {
        var result = await RunAsync(new HostScript("test", commands, TimeSpan.FromSeconds(30), ReadOnly: false), cancellation);
        Assert.True(result.ExitCode == 0, $"{commands}: {result.Error}");
        return result.Output;
    }

    /// <summary>Starts the lab's nginx in it.</summary>
    public async Task StartNginxAsync(LabInstance lab, CancellationToken cancellation)
    {
        await lab.Nginx.StopAsync();
        // by a file, or the daemon would keep the pipe of this script open
        await RunAsync($"{lab.NginxCommand} -p {lab.NginxPrefix}/ -c {lab.NginxConfigPath} >/dev/null 2>&1", cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await ProcessTable.EndAsync(ProcessId, TimeSpan.FromSeconds(5));
        await _holder.WaitForExitAsync();
        _holder.Dispose();
    }
}
