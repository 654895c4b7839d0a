using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Summit.Ops.Backend;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Processes;

namespace Summit.Ops.Core.Tests.Backend;

/// <summary>
/// A backend that another account runs under its own pm2, while root deploys: what lies in that account's folders leads root nowhere.
/// </summary>
/// <remarks>Alone, for every diagnosis by root looks for the pm2 of other accounts, and would ask this one.</remarks>
[Trait("Category", "Lab")]
[CollectionDefinition(nameof(OtherAccountTests), DisableParallelization = true)]
[Collection(nameof(OtherAccountTests))]
public sealed class OtherAccountTests : IAsyncLifetime
{
    private const string Account = "nobody";
    private const string Server = "const s = require('http').createServer((q, r) => r.end()); s.on('upgrade', (q, k) => k.write('HTTP/1.1 "
        + "101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Accept: "
        + "' + require('crypto').createHash('sha1').update(q.headers['sec-websocket-key'] + "
        + "'258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64') + '\\r\\n\\r\\n')); s.listen(+process.env.PORT, '127.0.0.1');";
    private static readonly LocalHost Host = new();
    private readonly string _outside = Directory.CreateTempSubdirectory("summit-outside-").FullName;
    private readonly string _home = Directory.CreateTempSubdirectory("summit-account-").FullName;
    private SummitSite _site = new();
    private string _pm2 = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Pm2Home => Path.Combine(_home, ".pm2");

    public async ValueTask InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/sbin/runuser"))
        {
            Assert.Skip("only root can run a backend as another account");
        }

        if (await LabRequirement.Pm2MissingAsync(Cancellation) is { } missing) Assert.Skip(missing);
        var pm2 = (await NodePackages.ProvideAsync(LabSettings.FromEnvironment(), null, Cancellation)).Pm2;
        CommandPath.Add(Path.GetDirectoryName(pm2)!);
        var reached = await Host.RunAsync(
            new HostScript("reach", $"runuser -u {Account} -- test -x {ShellScript.Quote(pm2)}", TimeSpan.FromMinutes(1), ReadOnly: true),
            Cancellation);
        if (reached.ExitCode != 0) Assert.Skip($"{Account} may not reach {pm2}");
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        var port = ((IPEndPoint)socket.LocalEndpoint).Port;
        socket.Stop();
        _site = new SummitSite { BackendPort = port, ProcessName = "sum_mit", Pm2Home = Pm2Home };
        await File.WriteAllTextAsync(Path.Combine(_home, "server.js"), Server, Cancellation);
        _pm2 = $"env HOME={_home} PM2_HOME={Pm2Home} PORT={port} pm2";
        await AsAccountAsync($"{_pm2} start server.js --name sum_mit");
    }

    public async ValueTask DisposeAsync()
    {
        if (_pm2.Length > 0) await AsAccountAsync($"{_pm2} kill");
        // one that asked the daemon meanwhile would start another
        foreach (var (id, _, _) in Mine().ToList()) ProcessTable.Send(id, Signal.Kill);
        Directory.Delete(_home, recursive: true);
        Directory.Delete(_outside, recursive: true);
    }

    [Fact]
    public async Task Links_that_it_has_laid_are_not_written_through_and_its_commands_run_as_it()
    {
        await AsAccountAsync($"mkdir {Pm2Home}/.summit-ops; for end in output handshake deploying lock; "
            + $"do ln -s {_outside}/$end {Pm2Home}/.summit-ops/sum_mit.$end; done");

        // without a BackendUser it is the account that runs the daemon
        var done = await Deployer().DeployAsync(
            await GatherAsync(_site with { DeployCommand = "id -un >who" }), TimeSpan.FromMinutes(1), token: null, Cancellation);

        Assert.True(done is { Reloaded: true }, done.Output);
        Assert.Equal(Account, (await File.ReadAllTextAsync(Path.Combine(_home, "who"), Cancellation)).Trim());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_outside));
    }

    [Theory]
    [InlineData("echo 1 >PM2/pm2.pid")]
    [InlineData("mkdir fake; ln -s /bin/sh fake/exe; echo ../HOME/fake >PM2/pm2.pid")]
    public async Task A_process_that_is_not_the_account_s_is_not_taken_for_its_daemon(string lie)
    {
        var daemon = await File.ReadAllTextAsync(Path.Combine(Pm2Home, "pm2.pid"), Cancellation);
        await AsAccountAsync(lie.Replace("PM2", Pm2Home, StringComparison.Ordinal).Replace("HOME", _home[1..], StringComparison.Ordinal));

        var evidence = await GatherAsync(_site);

        Assert.False(evidence.Answered().Sections.ContainsKey("pm2"));
        await File.WriteAllTextAsync(Path.Combine(Pm2Home, "pm2.pid"), daemon, Cancellation);
    }

    [Fact]
    public async Task A_pm2_that_hangs_and_pipes_in_place_of_files_cost_their_own_words_alone()
    {
        var daemon = (await File.ReadAllTextAsync(Path.Combine(Pm2Home, "pm2.pid"), Cancellation)).Trim();
        await AsAccountAsync($"mkfifo {Pm2Home}/dump.pm2; mv {Pm2Home}/logs/sum_mit-out.log {Pm2Home}/logs/then; "
            + $"mkfifo {Pm2Home}/logs/sum_mit-out.log; kill -STOP {daemon}");
        try
        {
            var script = Summit.Ops.Evidence.HostGatherer.Script(_site, withHops: false);
            Assert.Contains("run_time=15\n", script.Text);

            var sections = EvidenceSections.Read(await Host.RunAsync(script with
            {
                Text = script.Text.Replace("run_time=15\n", "run_time=1\n", StringComparison.Ordinal),
                Timeout = TimeSpan.FromSeconds(60),
            }, Cancellation), SummitTarget.Local);

            Assert.NotEqual(0, sections["pm2"].ExitCode);
            Assert.True(sections.ContainsKey("nginx.version") && sections.ContainsKey("listeners") && sections.ContainsKey("pm2.home"));
            Assert.DoesNotContain("backend.log:" + Path.Combine(Pm2Home, "logs", "sum_mit-out.log"), sections.Keys);
            // what was killed may still be on its way out
            for (var wait = 0; ListsAsked().Count > 0 && wait < 100; wait++) await Task.Delay(50, Cancellation);
            Assert.Empty(ListsAsked());
        }
        finally
        {
            await AsAccountAsync($"kill -CONT {daemon}; rm {Pm2Home}/dump.pm2");
        }
    }

    [Fact]
    public async Task A_command_of_another_account_has_ended_whole_before_it_is_undone()
    {
        var evidence = await GatherAsync(_site with
        {
            BackendUser = Account,
            DeployCommand = "(while :; do echo beat >>beats; sleep 0.1; done) & touch begun; sleep 60",
            RollbackCommand = "cp beats then; sleep 1; cp beats later",
        });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var deploying = Deployer().DeployAsync(evidence, TimeSpan.FromMinutes(2), token: null, stop.Token);
        while (!File.Exists(Path.Combine(_home, "begun"))) await Task.Delay(20, Cancellation);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => deploying);
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(_home, "then"), Cancellation),
            await File.ReadAllTextAsync(Path.Combine(_home, "later"), Cancellation));
    }

    private static BackendDeployer Deployer() => new(Host, TimeProvider.System) { StartTime = TimeSpan.FromSeconds(6) };

    private static Task<SiteEvidence> GatherAsync(SummitSite site) =>
        new SiteGatherer(TimeProvider.System).GatherAsync(Host, site, token: null, Cancellation);

    /// <summary>The processes that still ask this test's daemon for its list, and whose script has ended.</summary>
    private List<string> ListsAsked()
    {
        var asking = Mine().Where(process => process.Words.Contains("jlist", StringComparison.Ordinal)).ToList();
        // a script that goes on is the parent of what it has started
        return [.. asking.Where(process => !asking.Exists(other => other.Id == process.Parent) && process.Parent == 1)
            .Select(process => $"{process}")];
    }

    /// <summary>The processes that have this test's pm2 home in their environment or their words.</summary>
    private IEnumerable<(int Id, int Parent, string Words)> Mine()
    {
        foreach (var place in Directory.EnumerateDirectories("/proc").Where(place => char.IsAsciiDigit(Path.GetFileName(place)[0])))
        {
            var (stat, words) = (Said(place, "stat"), Said(place, "cmdline"));
            if (stat.LastIndexOf(')') is > 0 and var name && (Said(place, "environ") + words).Contains(Pm2Home, StringComparison.Ordinal))
            {
                yield return (int.Parse(Path.GetFileName(place), CultureInfo.InvariantCulture), int.Parse(
                    stat[name..].Split(' ')[2], CultureInfo.InvariantCulture), words.Replace('\0', ' '));
            }
        }
    }

    private static string Said(string place, string file)
    {
        try { return File.ReadAllText(Path.Combine(place, file)); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return ""; } // it has ended
    }

    private async Task AsAccountAsync(string commands)
    {
        var script = $"chown {Account} {_home} {_outside}; cd {_home} && runuser -u {Account} -- sh -c {ShellScript.Quote(commands)}";
        var done = await Host.RunAsync(new HostScript("as the account", script, TimeSpan.FromMinutes(1), ReadOnly: false), Cancellation);
        Assert.True(done.ExitCode == 0, done.Output + done.Error);
    }
}
