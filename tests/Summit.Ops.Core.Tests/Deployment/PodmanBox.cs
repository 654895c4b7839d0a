using System.Diagnostics;
using Summit.Ops.Core.Tests.Deployment.Faults;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;

namespace Summit.Ops.Core.Tests.Deployment;

/// <summary>A real podman with a storage of its own in a folder, and a container in which the lab's nginx serves the lab's site.</summary>
internal sealed class PodmanBox : IAsyncDisposable
{
    private const string Podman = "/usr/bin/podman";
    private readonly NamespaceHost _holder;
    private readonly LabInstance _lab;

    private PodmanBox(LabInstance lab, NamespaceHost holder)
    {
        (_lab, _holder) = (lab, holder);
        Root = Path.Combine(lab.NginxPrefix, "box");
        Name = "summit-" + Path.GetFileName(Path.GetDirectoryName(lab.NginxPrefix)!).ToLowerInvariant().Replace('.', '-');
    }

    /// <summary>Its folder.</summary>
    public string Root { get; }

    /// <summary>The container's name.</summary>
    public string Name { get; }

    /// <summary>The program that people call podman: the real one, on this storage.</summary>
    public string Command => Path.Combine(Root, "bin", "podman");

    /// <summary>The folder of the host that may be mounted at /etc/nginx/conf.d.</summary>
    public string Folder => Path.Combine(Root, "conf.d");

    /// <summary>The site's file on the host.</summary>
    public string SiteFile => Path.Combine(Folder, "site.conf");

    /// <summary>Makes it; skips the test with a reason where it cannot be had.</summary>
    public static async Task<PodmanBox> CreateAsync(LabInstance lab, CancellationToken cancellation)
    {
        if (!File.Exists(Podman)) Assert.Skip("podman is not installed here");
        if (Environment.UserName != "root") Assert.Skip("only root can boot a host");
        // crun takes no cgroups of both kinds at once, so it sees none
        var holder = await NamespaceHost.StartAsync("--mount", "mount -t tmpfs tmpfs /sys/fs/cgroup", cancellation);
        if (holder is null) Assert.Skip(DiskTests.NoNamespace);
        var box = new PodmanBox(lab, holder);
        await box.MakeAsync(cancellation);
        return box;
    }

    /// <summary>Imports the image and starts nginx in it.</summary>
    /// <param name="site">The site's file.</param>
    /// <param name="layout">folder, file or image: how the site's file comes into the container.</param>
    /// <param name="options">More options of podman run.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task StartAsync(string site, string layout, string options, CancellationToken cancellation)
    {
        var tree = Path.Combine(Root, "tree");
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(SiteFile, site, cancellation);
        if (layout == "image") await File.WriteAllTextAsync(Path.Combine(tree, "etc/nginx/conf.d/site.conf"), site, cancellation);
        var mount = layout switch
        {
            "folder" => $"-v {Folder}:/etc/nginx/conf.d",
            "readonly" => $"-v {Folder}:/etc/nginx/conf.d:ro",
            "file" => $"-v {SiteFile}:/etc/nginx/conf.d/site.conf",
            _ => "",
        };
        var keys = Path.GetDirectoryName(_lab.CertificatePath);
        // what an account may have more of than this one has is not asked for
        const string Limits = "--cgroups=disabled --ulimit nofile=1024:4096 --ulimit nproc=1000:1000";
        await RunAsync(
            $"tar -C {tree} -cf {Root}/image.tar . && {Command} import {Root}/image.tar {Name} >/dev/null"
            + $" && {Command} run -d --name {Name} {Limits} {mount} -v {keys}:{keys}:ro {options} {Name} nginx -g 'daemon off;'",
            cancellation);
        await WaitAsync(() => RunningAsync(cancellation), cancellation);
    }

    /// <summary>Runs commands on this machine that must succeed.</summary>
    public static async Task<string> RunAsync(string commands, CancellationToken cancellation)
    {
        var result = await new LocalHost().RunAsync(
            new HostScript("test", commands, TimeSpan.FromMinutes(3), ReadOnly: false), cancellation);
        Assert.True(result.ExitCode == 0, $"{commands}: {result.Output} {result.Error}");
        return result.Output.Trim();
    }

    /// <summary>The container's first process.</summary>
    public Task<string> ProcessIdAsync(CancellationToken cancellation) =>
        RunAsync($"{Command} inspect -f '{{{{.State.Pid}}}}' {Name}", cancellation);

    private async Task<bool> RunningAsync(CancellationToken cancellation)
    {
        var workers = await RunAsync($"cat /proc/{await ProcessIdAsync(cancellation)}/task/*/children 2>/dev/null || true", cancellation);
        return workers.Length > 0;
    }

    private static async Task WaitAsync(Func<Task<bool>> condition, CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(1), "nginx did not start in its container");
            await Task.Delay(100, cancellation);
        }
    }

    /// <summary>An image of nginx with its libraries and a shell, and the wrapper that reaches the storage.</summary>
    private async Task MakeAsync(CancellationToken cancellation)
    {
        var main = "user root;\\nworker_processes 1;\\npid /run/nginx.pid;\\nerror_log /var/log/nginx/error.log;\\nevents {}\\n"
            + "http { access_log off; include /etc/nginx/conf.d/*.conf; }\\n";
        await RunAsync(
            $$"""
            set -e
            R={{Root}}/tree
            for folder in etc/nginx/conf.d var/log/nginx var/lib/nginx run tmp usr/sbin bin dev proc sys usr/share/nginx usr/local; do
                mkdir -p $R/$folder
            done
            add() { # PROGRAM AT
                for library in $(ldd "$1" | grep -o '/[^ ]*'); do
                    case $library in /lib* | /usr/lib*) at=$library ;; *) at=/usr/lib/${library##*/} ;; esac
                    mkdir -p "$R${at%/*}"
                    cp -L "$library" "$R$at"
                done
                cp -L "$1" "$R$2"
            }
            # the lab's own nginx; a script where its libraries lie beside it
            nginx=$(readlink -f {{_lab.NginxCommand}})
            if [ "$(head -c 2 "$nginx")" = '#!' ]; then
                eval "export $(grep -o 'LD_LIBRARY_PATH=[^ ]*' "$nginx")"
                nginx=${nginx%/*}/usr/sbin/nginx
            fi
            add "$nginx" /usr/sbin/nginx
            unset LD_LIBRARY_PATH
            add "$(readlink -f /bin/sh)" /bin/sh
            add /bin/sleep /bin/sleep
            printf 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\nwww-data:x:33:33::/:/bin/sh\n' >$R/etc/passwd
            printf 'root:x:0:\nnogroup:x:65534:\nwww-data:x:33:\n' >$R/etc/group
            ln -s /dev/stderr $R/var/log/nginx/error.log
            printf '{{main}}' >$R/etc/nginx/nginx.conf
            mkdir -p {{Root}}/bin
            cat >{{Command}} <<'WRAPPER'
            #!/bin/sh
            exec nsenter -t {{_holder.ProcessId}} -m {{Podman}} --root {{Root}}/storage --runroot {{Root}}/run --storage-driver vfs \
                --runtime crun --cgroup-manager cgroupfs --events-backend file "$@"
            WRAPPER
            chmod +x {{Command}}
            """,
            cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        // what a deployment keeps of this container lies on the host
        var state = $"set -- $(printf '%s' {Name}:/etc/nginx/conf.d/site.conf | cksum); rm -rf /var/lib/summit-ops/site.conf.$1";
        var clean = $"{Command} rm -f -t 0 {Name}; {Command} rmi -f {Name}; {state}";
        await new LocalHost().RunAsync(new HostScript("clean", clean, TimeSpan.FromMinutes(2), ReadOnly: false), CancellationToken.None);
        await _holder.DisposeAsync();
    }
}
