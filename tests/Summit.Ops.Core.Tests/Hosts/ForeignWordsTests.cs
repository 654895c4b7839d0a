using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;

namespace Summit.Ops.Core.Tests.Hosts;

/// <summary>
/// What another account says of itself (a title, a name, a link, a group of processes) decides nothing of what root runs or reads.
/// </summary>
[Trait("Category", "Lab")]
public sealed class ForeignWordsTests : IDisposable
{
    private const string Account = "nobody", Secret = "only-root-may-read-this";
    private readonly string _folder = Directory.CreateTempSubdirectory("summit-foreign-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(": >file", "file", "yes")]
    [InlineData(":", "missing", "yes")]
    [InlineData("ln -s file link; : >file", "link", "yes")]
    [InlineData("mkdir their; chown nobody their; : >their/file", "their/file", "no 65534")]
    [InlineData("mkdir their; chown nobody their; ln -s /etc/shadow their/link", "their/link", "no 65534")]
    [InlineData("mkdir their; chown nobody their; ln -s /etc/shadow their/link; ln -s their/link link", "link", "no 65534")]
    public async Task The_way_to_a_file_is_ours_only_with_each_link_on_it(string made, string file, string expected)
    {
        AsRoot();
        Assert.Equal(expected, (await RunAsync(
            $"cd {_folder}; {made}\nif only_ours_file {_folder}/{file}; then echo yes; else echo \"no $ours_uid\"; fi")).Trim());
    }

    [Theory]
    [InlineData("0::/system.slice/summit.service", "summit.service")]
    [InlineData("12:cpu:/\n1:name=systemd:/system.slice/summit.service\n0::/system.slice/summit.service", "summit.service")]
    [InlineData("0::/system.slice/system-summit.slice/summit@2.service", "summit@2.service")]
    [InlineData("0::/machine.slice/web.scope/payload/system.slice/summit.service", "summit.service")]
    [InlineData("0::/system.slice/summit.service/system.slice/ssh.service", "summit.service")]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/app.slice/systemd-poweroff.service", "")]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/system.slice/ssh.service", "")]
    [InlineData("0::/user.slice/user-1000.slice/session-3.scope", "")]
    [InlineData("0::/system.slice/odd.slice", "")]
    [InlineData("0::/", "")]
    public async Task A_unit_is_one_of_the_systems_own_manager(string groups, string expected)
    {
        var file = Path.Combine(_folder, "cgroup");
        await File.WriteAllTextAsync(file, groups + "\n", Cancellation);

        Assert.Equal(expected, (await RunAsync(
            "unit_of_process 1; echo \"$own_unit\"", script => script.Replace("/proc/$1/cgroup", file, StringComparison.Ordinal))).Trim());
    }

    [Fact]
    public async Task Who_has_a_port_open_is_seen_by_its_socket()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        Assert.Equal("own\n", await RunAsync($"sockets=$(listening {port}); has_open {Environment.ProcessId} \"$sockets\" && echo own; "
            + $"has_open $$ \"$sockets\" && echo shell; has_open {Environment.ProcessId} \"\" && echo nothing; :"));
    }

    [Fact]
    public async Task A_program_that_calls_itself_nginx_is_not_run_though_it_has_become_root()
    {
        AsRoot();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        // any program with the set-user-id bit does: its process belongs to root in /proc, and has the descriptors and the
        // title that the account gave it
        var fake = Path.Combine(_folder, "nginx");
        var begin = $"""
            cp /bin/sleep {fake}; chmod 4755 {fake}; chmod 755 {_folder}
            inode=$(grep ":{port.ToString("X4", CultureInfo.InvariantCulture)} 00000000:0000 0A" /proc/net/tcp | tr -s ' ' | cut -d' ' -f11)
            : >"{_folder}/socket:[$inode]"; chmod 666 "{_folder}/socket:[$inode]"
            setpriv --reuid {Account} --clear-groups \
                bash -c 'exec 5<"$1"; exec -a "nginx: master process nginx -c /tmp/evil.conf" "$0" 60' \
                {fake} "{_folder}/socket:[$inode]" </dev/null >/dev/null 2>&1 &
            fake=$!
            tries=0; while [ "$(cat /proc/$fake/comm)" != nginx ] && [ $tries -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
            NGINX_PORT={port} NGINX_COMMAND="'nginx'" NGINX_PREFIX='' NGINX_CONF=''
            nginx_as_found
            echo "$(stat -c %u /proc/$fake) [$found_master] $NGINX_COMMAND [$NGINX_CONF]"
            kill "$fake"
            """.ReplaceLineEndings("\n");

        var said = (await RunAsync(begin, resources: ["prelude.sh", "own.sh", "nginx.sh"])).Trim();

        if (!said.StartsWith("0 ", StringComparison.Ordinal)) Assert.Skip($"no set-user-id program runs from {_folder}");
        Assert.Equal("0 [] 'nginx' []", said);
    }

    [Fact]
    public async Task What_an_account_links_to_is_read_as_that_account()
    {
        AsRoot();
        var theirs = Path.Combine(_folder, "theirs");
        var secret = Path.Combine(_folder, "secret");
        await File.WriteAllTextAsync(secret, $"-----BEGIN PRIVATE KEY-----\n{Secret}\n", Cancellation);
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await RunAsync($"chmod 755 {_folder}; mkdir {theirs}; ln -s {secret} {theirs}/site; chown -hR {Account} {theirs}");
        var site = new SummitSite { ConfigPath = Path.Combine(theirs, "site"), EnabledPath = "", CertificatePath = Path.Combine(
            theirs, "site"), NginxConfigPath = Path.Combine(theirs, "site"), NginxPrefix = _folder, NginxCommand = await NginxAsync() };

        var said = await new LocalHost().RunAsync(HostGatherer.Script(site), Cancellation);

        Assert.DoesNotContain(Secret, said.Output + said.Error);
        Assert.Contains("nginx.raw", said.Output);
    }

    [Fact]
    public async Task A_private_key_in_a_configuration_stays_on_the_host()
    {
        var config = Path.Combine(_folder, "nginx.conf");
        await File.WriteAllTextAsync(
            config, $"nonsense;\n-----BEGIN RSA PRIVATE KEY-----\n{Secret}\n-----END RSA PRIVATE KEY-----\nevents {{}}\n", Cancellation);

        var said = await new LocalHost().RunAsync(
            HostGatherer.Script(
                new SummitSite { NginxConfigPath = config, NginxPrefix = _folder, NginxCommand = await NginxAsync() }), Cancellation);
        var sections = EvidenceSections.Read(said, SummitTarget.Local);

        Assert.DoesNotContain(Secret, sections["nginx.raw"].Text);
        Assert.Contains("events {}", sections["nginx.raw"].Text);
    }

    [Fact]
    public async Task Looking_for_a_pm2_leaves_the_time_that_programs_have()
    {
        const string Look = "unset PM2_HOME; run_time=7; pm2_find; echo \"$run_time\"";
        var site = "BACKEND_USER='' PM2_DIR='' PROCESS_NAME=none BACKEND_PORT=1; pm2_living() { :; }; pm2_folders() { :; }";

        Assert.Equal("7\n", await RunAsync($"{site}\n{Look}", resources: ["prelude.sh", "pm2-owner.sh", "pm2.sh"]));
    }

    [Theory]
    [InlineData("users:((\"node\",pid=4711,fd=18))", 4711)]
    [InlineData("users:((\"nginx\",pid=12,fd=6),(\"nginx\",pid=11,fd=6))", 12)]
    [InlineData("users:((\"\",pid=1,fd=3)\",pid=4711,fd=5))", 0)]
    [InlineData("users:((\"\",pid=123,\",pid=4711,fd=5))", 0)]
    public void A_name_that_looks_like_a_process_is_believed_nothing(string users, int expected)
    {
        var table = SocketTable.Read($"LISTEN 0 511 127.0.0.1:4000 0.0.0.0:* {users}\n", "");

        Assert.Equal(expected, table.On(4000).Select(socket => socket.ProcessId).FirstOrDefault());
    }

    /// <summary>An nginx: it lies on PATH on few machines that build.</summary>
    private static async Task<string> NginxAsync() => (await NginxBinary.ProvideAsync(Cancellation)).CommandPath;

    private static void AsRoot()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/setpriv"))
        {
            Assert.Skip("only root can make what another account owns");
        }
    }

    private static async Task<string> RunAsync(string commands, Func<string, string>? changed = null, params string[] resources)
    {
        var script = ShellScript.Compose([], resources.Length > 0 ? resources : ["prelude.sh", "own.sh"])
            .Replace("}\nsummit_main", commands + "\n}\nsummit_main", StringComparison.Ordinal);
        var done = await new LocalHost().RunAsync(
            new HostScript("foreign", changed?.Invoke(script) ?? script, TimeSpan.FromMinutes(1), ReadOnly: false), Cancellation);
        Assert.True(done.Error.Length == 0, done.Error);
        return done.Output;
    }
}
