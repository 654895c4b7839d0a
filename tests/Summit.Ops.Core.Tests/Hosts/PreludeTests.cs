using Summit.Ops.Hosts;

namespace Summit.Ops.Core.Tests.Hosts;

/// <summary>What every on-host script begins with: a clock for each tool, an end for each log, certificates without keys.</summary>
public sealed class PreludeTests : IDisposable
{
    private const string Certificate = "-----BEGIN CERTIFICATE-----\nMIIDXTCCAkWgAwIBAgIJ\nQUJD\n-----END CERTIFICATE-----\n";
    private const string Key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\nS0VZ\n-----END PRIVATE KEY-----\n";
    private readonly string _folder = Directory.CreateTempSubdirectory("summit-prelude-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Certificate, Certificate)]
    [InlineData(Key + Certificate + Key + Certificate, Certificate + Certificate)]
    // a lost end, a begin and an end in one line, an end that is the key's, a key that is called a certificate
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIDXTCCAkWgAwIBAgIJ\n" + Key + Certificate, Certificate)]
    [InlineData("-----BEGIN CERTIFICATE----- -----END CERTIFICATE-----\n" + Key, "")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIDXTCCAkWgAwIBAgIJ\nMIIEvQIBADANBgkqhkiG\nS0VZ\n-----END PRIVATE KEY-----\n", "")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIEvQIBADANBgkqhkiG\nS0VZ\n-----END CERTIFICATE-----\n", "")]
    [InlineData("-----BEGIN CERTIFICATE-----\r\nMIIDXTCCAkWgAwIBAgIJ\r\nQUJD\r\n-----END CERTIFICATE-----\r\n", Certificate)]
    public async Task Only_whole_certificates_leave_the_host(string pem, string expected)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "pem"), pem, Cancellation);
        Assert.Equal(expected, await RunAsync($"certificates_in <{_folder}/pem"));
        var read = await new LocalHost().RunAsync(
            new HostScript(
                "certificate",
                ShellScript.Compose([new("CERTIFICATE_PATH", $"{_folder}/pem")], "prelude.sh", "certificates.sh", "certificate.sh"),
                TimeSpan.FromSeconds(30), ReadOnly: true), Cancellation);
        Assert.Equal(expected, read.Output);
    }

    [Fact]
    public async Task A_tool_that_hangs_costs_what_it_would_have_said_and_no_more() =>
        Assert.Equal("124 after\n", await RunAsync("limited 1 sleep 600; code=$?; echo \"$code after\""));

    [Fact]
    public async Task Of_a_log_with_giant_lines_the_end_is_read_and_what_is_left_out_is_said()
    {
        var said = await RunAsync($"""
            head -c 13000000 /dev/zero | tr '\0' x >{_folder}/log; printf '\nthe last\n' >>{_folder}/log
            tail -c 12000000 {_folder}/log >{_folder}/end; last_lines 200 {_folder}/end 12000000
            head -c 20000 /dev/zero | tr '\0' y >{_folder}/log; printf '\nthe next\n' >>{_folder}/log; last_lines 200 {_folder}/log 12000000
            """);
        Assert.Equal("[summit: what stands before is too long to be read]\nthe last\n" + new string('y', 16000)
            + " [summit: the line goes on]\nthe next\n", said);
    }

    [Fact]
    public async Task What_a_killed_run_has_left_is_swept_by_the_next_one()
    {
        var said = await RunAsync($"TMPDIR={_folder}; mkdir {_folder}/summit.aaaaaaaaaa {_folder}/summit.bbbbbbbbbb {_folder}/other; "
            + $"touch -d '2 hours ago' {_folder}/summit.aaaaaaaaaa {_folder}/other; with_room -d >/dev/null; "
            + $"ls {_folder} | sed 's/[.][A-Za-z0-9]*$/./' | sort | uniq -c | tr -s ' '");
        Assert.Equal(" 1 other\n 2 summit.\n", said);
    }

    [Fact]
    public async Task A_reader_that_is_stopped_ends_whole_and_leaves_nothing()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "tmp")).FullName;
        var mark = $"{600 + Random.Shared.Next(100_000)}.0471";
        var script = ShellScript.Compose([], "prelude.sh", "log-end.sh", "certificates.sh").Replace(
            "}\nsummit_main",
            $"TMPDIR={folder}; tmp=$(with_room -d); trap 'rm -rf \"$tmp\"' EXIT; trap 'exit 143' HUP INT TERM\n: >{_folder}/begun\n"
                + $"said=$(limited 500 sleep {mark})\n}}\nsummit_main",
            StringComparison.Ordinal);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var run = new LocalHost().RunAsync(new HostScript("hang", script, TimeSpan.FromMinutes(5), ReadOnly: true), stop.Token);
        while (!File.Exists(Path.Combine(_folder, "begun"))) await Task.Delay(20, Cancellation);
        await Task.Delay(200, Cancellation);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        Assert.Equal("", await RunAsync($"cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -o '[s]leep {mark}' || :"));
    }

    [Fact]
    public async Task An_answer_without_an_end_is_refused_and_not_kept()
    {
        var error = await Assert.ThrowsAsync<Errors.SummitHostException>(() => RunAsync("head -c 120000000 /dev/zero | tr '\\0' x"));
        Assert.Equal("OutputTooLong", error.ErrorId);
    }

    private static async Task<string> RunAsync(string commands)
    {
        var script = ShellScript.Compose([], "prelude.sh", "log-end.sh", "certificates.sh")
            .Replace("}\nsummit_main", commands + "\n}\nsummit_main", StringComparison.Ordinal);
        return (await new LocalHost().RunAsync(
            new HostScript("prelude", script, TimeSpan.FromMinutes(2), ReadOnly: true), Cancellation)).Output;
    }
}
