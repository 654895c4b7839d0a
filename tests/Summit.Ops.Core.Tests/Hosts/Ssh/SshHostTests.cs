using System.Net;
using System.Net.Sockets;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Hosts.Ssh;

namespace Summit.Ops.Core.Tests.Hosts.Ssh;

/// <summary>Scripts over a real sshd: what they print, how they end, and every way in which they do not begin.</summary>
[Trait("Category", "Lab")]
public sealed class SshHostTests : IAsyncLifetime
{
    private SshServer? _server;

    private SshServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await SshServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    [Fact]
    public async Task Output_error_and_exit_code_come_back_whole()
    {
        var result = await RunAsync(Server.Host(), "i=0; while [ $i -lt 20000 ]; do echo line-$i; i=$((i+1)); done; echo oops >&2; exit 7");
        Assert.Equal((7, "oops\n"), (result.ExitCode, result.Error));
        Assert.Equal(20000, result.Output.Count(character => character == '\n'));
        Assert.StartsWith("line-0\n", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("line-19999\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(255, (await RunAsync(Server.Host(), "exit 255")).ExitCode);
        Assert.Equal("no line end", (await RunAsync(Server.Host(), "printf 'no line end'")).Output);
    }

    [Fact]
    public async Task A_script_of_the_module_runs_as_it_does_here()
    {
        var script = ShellScript.Compose([new("GREETING", "it's {{ $HOME ` \\ \"x\"")], "prelude.sh")
            .Replace("}\nsummit_main", "printf '%s\\n' \"$GREETING\"\ncat\n}\nsummit_main", StringComparison.Ordinal);
        var there = await RunAsync(Server.Host(), script);
        var here = await RunAsync(new LocalHost(), script);
        Assert.Equal((here.ExitCode, here.Output, here.Error), (there.ExitCode, there.Output, there.Error));
    }

    [Fact]
    public async Task The_words_of_rc_files_are_no_part_of_the_answer()
    {
        await using var noisy = await SshServer.StartAsync(
            "ForceCommand echo 'Welcome!'; echo 'to the host' >&2; eval \"$SSH_ORIGINAL_COMMAND\"\n"
                + $"Banner {typeof(SshHostTests).Assembly.Location.Replace(".dll", ".runtimeconfig.json", StringComparison.Ordinal)}");
        var result = await RunAsync(noisy.Host(), "echo out; echo err >&2");
        Assert.Equal((0, "out\n", "err\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Theory]
    [InlineData("echo 'This account is currently not available.'; exit 1", "not available")]
    [InlineData("exec /bin/bash -r -c \"$SSH_ORIGINAL_COMMAND\"", "restricted")]
    [InlineData("exit 0", "exit code 0")]
    public async Task An_account_that_runs_no_script_is_named_as_one(string command, string said)
    {
        await using var other = await SshServer.StartAsync($"ForceCommand {command}");
        var error = await FailsAsync(other.Host());
        Assert.Equal("SshShellUnusable", error.ErrorId);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_hangs_is_stopped_and_named()
    {
        var sleeping = $"60.{Environment.ProcessId}{Random.Shared.Next(1000)}";
        var script = new HostScript("hang", $"trap 'exit 143' TERM; sleep {sleeping} & wait", TimeSpan.FromSeconds(-29), ReadOnly: true);
        var error = await Assert.ThrowsAsync<SummitHostException>(
            () => Server.Host().RunAsync(script, TestContext.Current.CancellationToken));
        Assert.Equal("ScriptTimedOut", error.ErrorId);
    }

    [Fact]
    public async Task A_changing_script_is_told_to_stop_and_may_clean_up_first()
    {
        using var cancel = new CancellationTokenSource();
        var (started, undone) = (Server.File("started"), Server.File("undone"));
        var run = Server.Host().RunAsync(
            new HostScript(
                "change",
                $"trap 'sleep 0.3; touch {undone}; exit 4' TERM; touch {started}; while :; do sleep 0.1; done",
                TimeSpan.FromSeconds(60), ReadOnly: false), cancel.Token);
        await UntilAsync(() => File.Exists(started));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(File.Exists(undone), "the script ended before it had put things back");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_is_lost_is_said_and_a_changing_script_goes_on(bool readOnly)
    {
        var (started, ended, go) = (Server.File("started"), Server.File("ended"), Server.File("go"));
        var run = Server.Host().RunAsync(
            new HostScript("change", $"trap : PIPE; trap 'touch {Server.File("told")}; exit 143' TERM; touch {started}; "
                + $"while [ ! -e {go} ]; do sleep 0.1; done; echo done; touch {ended}", TimeSpan.FromSeconds(120), readOnly),
            TestContext.Current.CancellationToken);
        await UntilAsync(() => File.Exists(started));
        await Server.StopAsync();

        var error = await Assert.ThrowsAsync<SummitHostException>(() => run);
        Assert.Equal("SshConnectionLost", error.ErrorId);
        Assert.Contains(readOnly ? "changes nothing" : "nobody heard which", error.Message, StringComparison.Ordinal);
        Assert.Contains(readOnly ? "ssh -p" : $"-HostName '{Server.HostName}'", error.RecommendedAction, StringComparison.Ordinal);
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        // the shell of a killed sshd is nobody's child; it ends by itself
        await UntilAsync(() => File.Exists(readOnly ? Server.File("told") : ended));
    }

    [Fact]
    public async Task A_key_that_is_not_taken_is_named()
    {
        var error = await FailsAsync(Server.Host(Server.Options("stranger")));
        Assert.Equal(("SshNotAuthenticated", SummitErrorKind.PermissionDenied), (error.ErrorId, error.Kind));
        Assert.Contains(Server.File("stranger"), error.Message, StringComparison.Ordinal);
        Assert.Contains("publickey", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_host_key_is_shown_with_its_fingerprint()
    {
        await File.WriteAllTextAsync(Server.File("known_hosts"), "", TestContext.Current.CancellationToken);
        var error = await FailsAsync(Server.Host());
        Assert.Equal("SshHostKeyUnknown", error.ErrorId);
        Assert.Contains("ssh-ed25519 SHA256:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_host_key_is_never_taken()
    {
        await Server.KnowAsync("stranger");
        var error = await FailsAsync(Server.Host());
        Assert.Equal("SshHostKeyChanged", error.ErrorId);
        Assert.Contains($"ssh-keygen -R '[127.0.0.1]:{Server.Port}'", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_jump_host_that_leads_nowhere_is_named()
    {
        var error = await FailsAsync(Server.Host(
            [
                .. Server.Options(),
                $"ProxyCommand=ssh {string.Join(' ', Server.Options().Select(option => $"-o {option}"))} -p {Server.Port} -W 127.0.0.1:1 "
                    + $"{Environment.UserName}@127.0.0.1",
            ]));
        Assert.Equal("SshJumpFailed", error.ErrorId);
    }

    [Fact]
    public async Task An_option_that_ssh_does_not_know_is_said()
    {
        var error = await FailsAsync(Server.Host([.. Server.Options(), "Frobnicate=yes"]));
        Assert.Equal("SshConfigurationInvalid", error.ErrorId);
        Assert.Contains("frobnicate", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Nothing_in_common_is_said()
    {
        var error = await FailsAsync(Server.Host([.. Server.Options(), "Ciphers=aes128-cbc"]));
        Assert.Equal("SshNothingInCommon", error.ErrorId);
    }

    [Fact]
    public async Task Too_many_keys_are_said()
    {
        await using var strict = await SshServer.StartAsync("MaxAuthTries 1");
        var error = await FailsAsync(strict.Host([$"IdentityFile={strict.File("stranger")}", .. strict.Options()]));
        Assert.Contains(error.ErrorId, new[] { "SshTooManyKeys", "SshNotAuthenticated" });
    }

    [Fact]
    public async Task A_peer_that_is_no_sshd_is_said()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(
            async () => (await listener.AcceptSocketAsync(TestContext.Current.CancellationToken)).Dispose(),
            TestContext.Current.CancellationToken);
        var error = await FailsAsync(To($"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"));
        await serving;
        Assert.Equal("SshClosed", error.ErrorId);
    }

    [Theory]
    [InlineData("no-such-host.invalid", "SshNameNotFound", SummitErrorKind.NotFound)]
    [InlineData("127.0.0.1:1", "SshRefused", SummitErrorKind.Unavailable)]
    public async Task A_host_that_is_not_reached_is_said(string name, string id, SummitErrorKind kind)
    {
        var error = await FailsAsync(To(name));
        Assert.Equal((id, kind), (error.ErrorId, error.Kind));
        Assert.IsType<SummitTarget>(error.Subject);
        Assert.NotEmpty(error.RecommendedAction);
    }

    [Fact]
    public async Task A_port_that_does_not_answer_is_a_timeout()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var error = await FailsAsync(To($"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", "ConnectTimeout=1"));
        Assert.Equal("SshTimedOut", error.ErrorId);
    }

    private static SshHost To(string name, params string[] options) =>
        new(
            SshHost.TargetOf(
                name, ["UserKnownHostsFile=/dev/null", "GlobalKnownHostsFile=/dev/null", "StrictHostKeyChecking=yes", .. options]),
            TimeProvider.System);

    private static Task<HostResult> RunAsync(IHost host, string text) =>
        host.RunAsync(new HostScript("test", text, TimeSpan.FromSeconds(120), ReadOnly: true), TestContext.Current.CancellationToken);

    private static Task<SummitHostException> FailsAsync(SshHost host) =>
        Assert.ThrowsAsync<SummitHostException>(() => RunAsync(host, "echo hello"));

    private static async Task UntilAsync(Func<bool> met)
    {
        for (var turn = 0; turn < 1200 && !met(); turn++) await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.True(met());
    }
}
