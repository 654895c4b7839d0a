using System.Diagnostics;
using Summit.Ops.Lab.Processes;

namespace Summit.Ops.Lab;

/// <summary>
/// Cleans up after an owner that was killed: a shell that waits for the end of its standard input, which comes when
/// this process ends in whatever way.
/// </summary>
internal sealed class InstanceGuard : IDisposable
{
    // pid files first; then whatever nginx, node or pm2 still has a file of the instance open (a worker whose
    // master was killed has no pid file)
    private const string Script = """
        trap '' HUP INT QUIT TERM
        read -r word
        [ "$word" = done ] && exit 0
        root=$1
        title() { tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null; }
        end() {
          for pid in "$@"; do
            case $(title "$pid") in nginx:*|PM2\ *|node*) kill -"$signal" "$pid" 2>/dev/null ;; esac
          done
        }
        users() {
          ls -l /proc/[0-9]*/fd 2>/dev/null |
            awk -v root="$root/" '/^\/proc\// { split($0, part, "/"); pid = part[3] } index($0, " -> " root) { print pid }' | sort -u
          for line in /proc/[0-9]*/cmdline; do
            tr '\0' ' ' <"$line" 2>/dev/null | grep -qF "$root/" && { pid=${line#/proc/}; echo "${pid%/cmdline}"; }
          done
        }
        if [ -d /proc/self ]; then
          signal=KILL; end $(cat "$root/pm2/pm2.pid" 2>/dev/null)
          signal=TERM; end $(users)
          sleep 1
          signal=KILL; end $(users)
        else
          for file in "$root/pm2/pm2.pid" "$root/pm2/pids"/*.pid "$root/nginx/run/nginx.pid"; do
            [ -f "$file" ] && kill "$(cat "$file")"
          done 2>/dev/null
          sleep 1
        fi
        rm -rf "$root"
        """;

    private readonly Process _process;

    private InstanceGuard(Process process)
    {
        _process = process;
        ProcessId = process.Id;
    }

    /// <summary>Starts it for a folder.</summary>
    public static InstanceGuard Start(string root) =>
        new(Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "summit-lab-guard", root])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true, // not the owner's: whoever reads that waits for its end
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        })!);

    /// <summary>The shell's process.</summary>
    public int ProcessId { get; }

    /// <summary>
    /// Ends the processes of folders whose owners are gone, and removes the folders: for a guard that was killed as well, or a
    /// machine that was switched off.
    /// </summary>
    /// <param name="age">Younger folders are left alone: between the making of a folder and its lock is a moment.</param>
    public static async Task SweepAsync(TimeSpan age)
    {
        foreach (var root in Directory.EnumerateDirectories(Path.GetTempPath(), LabLayout.Prefix + "*"))
        {
            var layout = new LabLayout(root);
            try
            {
                if (!File.Exists(layout.Owner)
                    || TimeProvider.System.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(layout.Owner) < age)
                {
                    continue;
                }

                using var owner = FileLock.TryTake(layout.Owner);
                if (owner is null) continue;
                foreach (var pid in ProcessTable.OfFolder(root)) await ProcessTable.EndAsync(pid, TimeSpan.FromSeconds(1));
                await layout.RemoveAsync();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // someone else's, or another sweep got there first
            }
        }
    }

    /// <summary>Tells it that all is cleaned up.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.WriteLine("done");
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // it is gone already
        }

        _process.Dispose();
    }
}
