using System.Net;
using System.Net.Sockets;
using System.Text;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Processes;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Deployment.Faults;

/// <summary>A lab in which deployments of each kind are made, broken at a point, and judged.</summary>
internal sealed class FaultBench : IAsyncDisposable
{
    private static readonly LocalHost Host = new();
    private readonly LabInstance _lab;
    private readonly string _good;
    private readonly TcpListener _taken = new(IPAddress.Loopback, 0);
    private readonly Dictionary<DeploymentKind, IReadOnlyDictionary<string, string>> _lines = [];
    private (HostScript Script, byte[]? After) _takeBack;
    private int _version;

    private FaultBench(LabInstance lab)
    {
        _lab = lab;
        _good = File.ReadAllText(lab.ConfigPath);
        _taken.Start();
    }

    private string Available => Path.GetDirectoryName(_lab.ConfigPath)!;

    private string Enabled => Path.GetDirectoryName(_lab.EnabledPath)!;

    private string Alias => Path.Combine(Available, "alias");

    private string State => Path.Combine(Available, ".summit-ops");

    public static async Task<FaultBench> StartAsync(CancellationToken cancellation) =>
        new(await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, cancellation));

    public async ValueTask DisposeAsync()
    {
        _taken.Dispose();
        await _lab.DisposeAsync();
    }

    /// <summary>The points that a deployment of this kind passes, loops no more than twice.</summary>
    public async Task<IReadOnlyList<string>> PointsAsync(DeploymentKind kind, CancellationToken cancellation)
    {
        await PrepareAsync(kind, cancellation);
        var trace = Path.Combine(_lab.NginxPrefix, "trace");
        var script = Script(kind, out _);
        var result = await Host.RunAsync(script.Tracing(trace), cancellation);
        Assert.True(
            result.Output.Contains("@done ", StringComparison.Ordinal),
            $"{kind}: the script with its points does not end by itself ({result.ExitCode}): {result.Error}");
        var points = File.ReadAllLines(trace)
            .Distinct(StringComparer.Ordinal)
            .Where(point => point.EndsWith(":1", StringComparison.Ordinal) || point.EndsWith(":2", StringComparison.Ordinal)).ToList();
        File.Delete(trace);
        _lines[kind] = script.Lines;
        await ResetAsync(cancellation);
        return points;
    }

    /// <summary>The line at a point, for a message.</summary>
    public string Line(DeploymentKind kind, string point) => _lines[kind].GetValueOrDefault(point.Split(':')[0], "");

    /// <summary>Breaks one deployment, and judges. False where the point was not passed this time.</summary>
    public async Task<bool> TryAsync(DeploymentKind kind, Fault fault, string point, CancellationToken cancellation)
    {
        var first = Read(_lab.ConfigPath);
        await PrepareAsync(kind, cancellation);
        var before = Read(_lab.ConfigPath);
        var hit = Path.Combine(_lab.NginxPrefix, "hit");
        File.Delete(hit);
        var script = Script(kind, out var after).Faulted(point, $": >{ShellScript.Quote(hit)}; {Code(fault)}");
        var result = await Host.RunAsync(script, cancellation);
        var happened = File.Exists(hit);
        File.Delete(hit);

        var left = Read(_lab.ConfigPath);
        // the recovery of a killed run puts back what was before that one
        var known = kind == DeploymentKind.Recovery ? new[] { before, after, first } : [before, after];
        Assert.True(
            known.Any(one => Same(one, left)),
            "the file is neither the old one nor the new one: "
                + $"{(left is null ? "missing" : Encoding.UTF8.GetString(left)[..Math.Min(60, left.Length)])}");
        Assert.Null(await _lab.Nginx.TestAsync(cancellation));
        var outcome = result.Output.Split('\n').LastOrDefault(line => line.StartsWith("@done ", StringComparison.Ordinal))?[6..] ?? "";
        // a run that ended before it had the lock has touched nothing, not even what the killed one had left
        var untouched = kind == DeploymentKind.Recovery && outcome is "" or "refused"
            && File.Exists(Path.Combine(State, "summit-api.journal"));
        if (fault is not Fault.Kill && !untouched) AssertNothingLeft($"after {outcome}", result);
        if (outcome is "refused" or "rolled-back" && kind != DeploymentKind.Recovery)
        {
            Assert.True(Same(before, left), $"{outcome}, and the file is another\n{Said(result)}");
        }

        await AssertServesAsync(kind, fault, outcome, result, cancellation);
        await NextAsync($"{outcome} {Said(result)}", cancellation);
        return happened;
    }

    /// <summary>The good file, enabled, and nginx with it; whatever a failed case left is taken away.</summary>
    public async Task ResetAsync(CancellationToken cancellation)
    {
        if (Directory.Exists(State)) Directory.Delete(State, recursive: true);
        foreach (var file in Directory.EnumerateFiles(Available)) File.Delete(file);
        foreach (var file in Directory.EnumerateFiles(Enabled)) File.Delete(file);
        _lab.WriteSite(_good);
        _lab.EnableSite();
        await _lab.Nginx.StopAsync();
        // workers whose master is gone keep the port
        foreach (var pid in ProcessTable.OfFolder(_lab.NginxPrefix)) await ProcessTable.EndAsync(pid, TimeSpan.FromSeconds(2));
        await _lab.Nginx.StartAsync(cancellation);
    }

    private async Task PrepareAsync(DeploymentKind kind, CancellationToken cancellation)
    {
        switch (kind)
        {
            case DeploymentKind.First:
                File.Delete(_lab.ConfigPath);
                _lab.DisableSite();
                await _lab.Nginx.ReloadAsync(cancellation);
                break;
            case DeploymentKind.Enable:
                _lab.DisableSite();
                await _lab.Nginx.ReloadAsync(cancellation);
                break;
            case DeploymentKind.ThroughLink:
                File.CreateSymbolicLink(Alias, _lab.ConfigPath);
                break;
            case DeploymentKind.NginxDown:
                await _lab.Nginx.StopAsync();
                break;
            case DeploymentKind.Recovery:
                var text = Deployer.Script(Plan(_lab.Site, Good()), DateTimeOffset.UnixEpoch).Text;
                const string verify = "after_status=$(handshake)";
                Assert.Contains(verify, text);
                await Host.RunAsync(
                    new HostScript(
                        "killed", text.Replace(verify, "kill -9 $$", StringComparison.Ordinal), TimeSpan.FromSeconds(60), ReadOnly: false),
                    cancellation);
                Assert.True(File.Exists(Path.Combine(State, "summit-api.journal")));
                break;
            case DeploymentKind.TakeBack:
                await DeployToTakeBackAsync(cancellation);
                break;
            case DeploymentKind.TakeBackFirst:
                await PrepareAsync(DeploymentKind.First, cancellation);
                await DeployToTakeBackAsync(cancellation);
                break;
        }
    }

    private async Task DeployToTakeBackAsync(CancellationToken cancellation)
    {
        var plan = Plan(_lab.Site, Good());
        var answer = ScriptAnswer.Read(
            await Host.RunAsync(Deployer.Script(plan, DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(_version)), cancellation),
            Host.Target);
        Assert.Equal("deployed", answer.Outcome);
        _takeBack = (DeploymentUndo.Script(plan, answer), plan.Before);
    }

    private FaultedScript Script(DeploymentKind kind, out byte[]? after)
    {
        if (kind is DeploymentKind.TakeBack or DeploymentKind.TakeBackFirst)
        {
            after = _takeBack.After;
            return new FaultedScript(_takeBack.Script);
        }

        after = kind switch
        {
            DeploymentKind.Enable => Read(_lab.ConfigPath)!,
            DeploymentKind.Worse =>
                Encoding.UTF8.GetBytes(_good.Replace("proxy_set_header Upgrade $http_upgrade;", "", StringComparison.Ordinal)),
            DeploymentKind.PortTaken =>
                Encoding.UTF8.GetBytes(_good + $"server {{ listen 127.0.0.1:{((IPEndPoint)_taken.LocalEndpoint).Port}; return 204; }}\n"),
            _ => Good(),
        };
        var plan = Plan(kind == DeploymentKind.ThroughLink ? _lab.Site with { ConfigPath = Alias } : _lab.Site, after);
        if (kind == DeploymentKind.Recovery)
        {
            // made on what is there once the killed run is undone
            var journal = File.ReadAllText(Path.Combine(State, "summit-api.journal"));
            plan = plan with { PreviousSha256 = journal.Split('\n')[0]["j_previous=".Length..] };
        }

        var script = Deployer.Script(plan, DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(_version));
        if (kind == DeploymentKind.WithoutNamespace)
        {
            script = script with { Text = script.Text.Replace("have unshare", "false", StringComparison.Ordinal) };
        }

        return new FaultedScript(script);
    }

    private byte[] Good() => Encoding.UTF8.GetBytes($"# version {++_version}\n{_good}");

    private DeploymentPlan Plan(SummitSite site, byte[] after)
    {
        var before = Read(_lab.ConfigPath);
        return new DeploymentPlan
        {
            Site = site,
            Target = Host.Target,
            Before = before,
            After = after,
            PreviousSha256 = before is null ? "absent" : DeploymentPlanner.Sha256(before),
            Sha256 = DeploymentPlanner.Sha256(after),
            Diff = "changed",
            Enables = !File.Exists(_lab.EnabledPath),
            ReloadsOnly = false,
            Erases = [],
            Steps = [],
        };
    }

    private async Task AssertServesAsync(
        DeploymentKind kind, Fault fault, string outcome, HostResult result, CancellationToken cancellation)
    {
        var probe = await new WebSocketProbe(TimeProvider.System).RunAsync(SiteProbes.Public(_lab.Site, null), cancellation);
        if (probe.HttpStatus == 101) return;
        var allowed = kind switch
        {
            DeploymentKind.First or DeploymentKind.Enable or DeploymentKind.TakeBackFirst => probe.HttpStatus == 404,
            DeploymentKind.NginxDown => probe.HttpStatus is null,
            // in place until it is rolled back: whoever kills it meanwhile has asked for it; and where nginx was
            // gone before, nothing became worse
            DeploymentKind.Worse => fault is Fault.Kill or Fault.NginxKilled && probe.HttpStatus == 426,
            _ => false,
        };
        // killed after the script looked at it for the last time
        allowed |= fault == Fault.NginxKilled && probe.HttpStatus is null;
        Assert.True(allowed, $"no WebSocket opens: {probe.HttpStatus} {probe.Explanation}\n{outcome} {Said(result)}");
        Assert.False(
            kind is not DeploymentKind.NginxDown && outcome == "deployed" && fault != Fault.NginxKilled,
            $"deployed, and no WebSocket opens: {probe.Explanation}");
    }

    private async Task NextAsync(string said, CancellationToken cancellation)
    {
        SummitDeployment done;
        try
        {
            done = await new Deployer(Host, TimeProvider.System).DeployAsync(Plan(_lab.Site, Good()), null, cancellation);
        }
        catch (SummitDeploymentException error) when (error.Message.Contains("run it again", StringComparison.Ordinal))
        {
            // the killed run was undone, so the plan is made anew, as a user would
            done = await new Deployer(Host, TimeProvider.System).DeployAsync(Plan(_lab.Site, Good()), null, cancellation);
        }

        Assert.True(done is { Changed: true, Verified: true, RolledBack: false }, $"the next deployment: {done.Output}\nafter {said}");
        File.Delete(Alias);
        AssertNothingLeft("after the next deployment", null);
        if (Directory.Exists(State)) Directory.Delete(State, recursive: true);
    }

    private void AssertNothingLeft(string when, HostResult? result)
    {
        var state = Directory.Exists(State)
            ? Directory.EnumerateFileSystemEntries(State).Select(entry => Path.GetFileName(entry)!).Where(name => name != "backups")
            : [];
        var copies = Directory.Exists(Path.Combine(State, "backups"))
            ? Directory.EnumerateFiles(Path.Combine(State, "backups")).Where(copy => copy.EndsWith(".part", StringComparison.Ordinal))
            : [];
        var files = Directory.EnumerateFiles(Available)
            .Concat(Directory.EnumerateFiles(Enabled))
            .Where(file => Path.GetFileName(file) != "summit-api" && file != Alias);
        var left = state.Concat(copies).Concat(files).ToList();
        Assert.True(left.Count == 0, $"{when}: left {string.Join(", ", left)}{(result is null ? "" : "\n" + Said(result))}");
        var master = _lab.Nginx.ProcessId;
        var others = ProcessTable.Children(Environment.ProcessId)
            .Where(pid => pid != master && ProcessTable.CommandLine(pid).Contains(Available, StringComparison.Ordinal)).ToList();
        Assert.True(others.Count == 0, $"{when}: processes {string.Join(", ", others)}");
    }

    private string Code(Fault fault) => fault switch
    {
        Fault.Kill => "kill -9 $$",
        Fault.Terminate => "kill -TERM $$",
        Fault.HangUp => "kill -HUP $$",
        Fault.Interrupt => "kill -INT $$",
        // a pipe whose reader went away; in the script itself, for what a part of it says to the script is no connection
        Fault.ConnectionLost => $"[ \"$(exec /bin/sh -c 'echo $PPID')\" != $$ ] || {{ mkfifo {_lab.NginxPrefix}/gone; "
            + $"(exec <{_lab.NginxPrefix}/gone) & exec >{_lab.NginxPrefix}/gone; rm -f {_lab.NginxPrefix}/gone; }}",
        Fault.DiskFull => "trap '' XFSZ; ulimit -f 0",
        Fault.NginxKilled =>
            $"m=$(cat {_lab.NginxPrefix}/run/nginx.pid) && kill -STOP $m && w=$(cat /proc/$m/task/$m/children) && kill -9 $m $w",
        _ => throw new InvalidOperationException($"{fault}"),
    };

    private static string Said(HostResult result) => $"exit code {result.ExitCode}; "
        + string.Join("; ", result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Decoded)) + " " + result.Error;

    private static string Decoded(string line)
    {
        var words = line.Split(' ', 2);
        if (words is not [['@', ..], var value] || words[0] == "@done") return line;
        try
        {
            return $"{words[0]} {Encoding.UTF8.GetString(Convert.FromBase64String(value))}";
        }
        catch (FormatException)
        {
            return line;
        }
    }

    private static byte[]? Read(string path) => File.Exists(path) ? File.ReadAllBytes(path) : null;

    private static bool Same(byte[]? one, byte[]? other) =>
        one is null ? other is null : other is not null && one.AsSpan().SequenceEqual(other);
}
