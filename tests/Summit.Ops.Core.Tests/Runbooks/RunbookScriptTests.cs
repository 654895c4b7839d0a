using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Nginx;
using Summit.Ops.Probing;
using Summit.Ops.Runbooks;

namespace Summit.Ops.Core.Tests.Runbooks;

/// <summary>What stands in the guide's three files is a script that a shell runs, whatever the site's values are.</summary>
[Trait("Category", "Lab")]
public sealed class RunbookScriptTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Files => ["diagnose-websocket-issues", "deploy-nginx-config", "deploy-summit-backend"];

    [Fact]
    public async Task Shellcheck_has_nothing_to_say()
    {
        var site = new SummitSite { Pm2Home = "/srv/it's here", NginxCommand = "docker exec web nginx" };
        var scripts = RunbookFile.For(site, SummitRunbookKind.RunCommandParameters).Select(Script)
            .Concat(RunbookFile.For(site, SummitRunbookKind.CommandDocument)
                .Select(file => string.Join('\n', Steps(file).Select(
                    line => line.Replace("{{ ", "", StringComparison.Ordinal).Replace(" }}", "", StringComparison.Ordinal)))));
        foreach (var script in scripts)
        {
            var (code, output, _) = await RunAsync("shellcheck", ["-"], script);
            Assert.True(code == 0, output);
        }
    }

    [Fact]
    public async Task Shellcheck_has_nothing_to_say_of_any_part()
    {
        var folder = Directory.CreateTempSubdirectory("summit-parts-");
        try
        {
            var parts = typeof(ShellScript).Assembly.GetManifestResourceNames()
                .Where(name => name.EndsWith(".sh", StringComparison.Ordinal)).ToList();
            foreach (var part in parts) await File.WriteAllTextAsync(Path.Combine(folder.FullName, part), ShellScript.Load(part), Stop);
            Assert.True(parts.Count > 20, $"{parts.Count}");
            // each uses what another one sets
            var (code, output, error) = await RunAsync("sh", ["-c", $"cd '{folder.FullName}' && exec shellcheck -s dash -f gcc -e "
                + "SC2009,SC2013,SC2015,SC2016,SC2034,SC2089,SC2090,SC2154,SC2317 *.sh"], "");
            if (code == 127) Assert.Skip("shellcheck is not installed here");
            Assert.True(code == 0, output + error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>
    /// Lines of /proc/net/tcp and tcp6, as a host wrote them: who listens for 443 on the loopback only is no open way for clients.
    /// </summary>
    [Theory]
    [InlineData(0, "0100007F:01BB 00000000:0000 0A")]
    [InlineData(0, "0100007F:01BB 00000000:0000 0A", "00000000000000000000000001000000:01BB 00000000000000000000000000000000:0000 0A")]
    [InlineData(0, "0100007F:01BB 00000000:0000 0A", "00000000:0050 00000000:0000 0A")]
    [InlineData(1, "0100007F:01BB 00000000:0000 0A", "0500140A:01BB 00000000:0000 0A")]
    [InlineData(1, "0100007F:01BB 00000000:0000 0A", "00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A")]
    [InlineData(1, "0100007F:01BB 0100007F:9C40 01", "0100007F:0050 00000000:0000 0A")]
    public async Task A_port_of_the_loopback_only_is_seen(int expected, params string[] sockets)
    {
        var part = ShellScript.Load("checks-in-words.sh");
        var start = part.IndexOf("loopback_only() {", StringComparison.Ordinal);
        var function = part[start..(part.IndexOf("\n}", start, StringComparison.Ordinal) + 2)];
        Assert.Contains("cat /proc/net/tcp /proc/net/tcp6", function);
        var lines = string.Join(
            '\n', sockets.Select((socket, i) => $"   {i}: {socket} 00000000:00000000 00:00000000 00000000     0        0 4242"));
        var script = $"{function.Replace("cat /proc/net/tcp /proc/net/tcp6", "printf '%s\\n' \"$1\"", StringComparison.Ordinal)}\n"
            + "loopback_only \"$1\"";
        var (code, _, error) = await RunAsync("sh", ["-c", script, "sh", lines], "");
        Assert.True(code == expected, $"{code} {error}");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_reference_to_a_parameter_of_Systems_Manager_stands_nowhere_in_it(string name)
    {
        var hostile = new SummitSite { ConfigPath = "/etc/{{ssm:secret}}/{{{x", NginxCommand = "{{nginx}}", ProcessName = "{{ssm:a}}" };
        Assert.DoesNotContain(
            "{{", Script(RunbookFile.For(hostile, SummitRunbookKind.RunCommandParameters).Single(file => file.Name == name + ".json")));
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("dash")]
    [InlineData("bash")]
    public async Task Hostile_values_arrive_as_they_are_and_run_nothing(string shell)
    {
        var folder = Directory.CreateTempSubdirectory("summit-runbook-");
        try
        {
            var trap = Path.Combine(folder.FullName, "trap");
            var site = new SummitSite
            {
                ConfigPath = $"{folder.FullName}/a'b\"$(touch {trap})`touch {trap}`;touch {trap} {{{{x}}}}",
                EnabledPath = $"{folder.FullName}/$(touch {trap})",
                ProcessName = "no such & touch x",
                Pm2Home = $"{folder.FullName}/'; touch {trap}; '",
                NginxCommand = $"nginx-that-is-not-there \"$(touch {trap})\" ';touch {trap}'",
                NginxPrefix = $"{folder.FullName}/$(touch {trap})",
                Port = 1,
                BackendPort = 1,
            };
            foreach (var file in RunbookFile.For(site, SummitRunbookKind.RunCommandParameters))
            {
                var (code, output, error) = await RunAsync(shell, ["-s"], Script(file));
                Assert.True(code is 1 or 3, $"{file.Name}: {code} {output} {error}");
                Assert.StartsWith($"SUMMIT {file.Name[..^5]} FAIL: ", output, StringComparison.Ordinal);
                Assert.Equal("", error);
                if (file.Name.StartsWith("diagnose", StringComparison.Ordinal))
                {
                    Assert.Contains(site.ConfigPath, output, StringComparison.Ordinal);
                }
            }

            Assert.Equal([], Directory.EnumerateFileSystemEntries(folder.FullName)
                .Where(entry => !entry.EndsWith(".summit-ops", StringComparison.Ordinal)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("$(id)")]
    [InlineData("a b;c")]
    public void A_name_that_would_mean_something_else_in_a_configuration_is_refused(string name)
    {
        var error = Assert.ThrowsAny<SummitArgumentException>(
            () => RunbookFile.For(new SummitSite { ServerName = name }, SummitRunbookKind.RunCommandParameters));
        Assert.NotEmpty(error.RecommendedAction);
    }

    // the location that a shell can add, and what it leaves alone
    [Theory]
    [InlineData("nginx-config-missing", "no", 0, "OK: deployed, and a WebSocket opens", true)]
    [InlineData("location-missing", "no", 0, "OK: deployed, and a WebSocket opens", true)]
    [InlineData("config-not-enabled", "no", 0, "OK: deployed, and a WebSocket opens", true)]
    [InlineData("not-reloaded", "no", 0, "OK: deployed, and a WebSocket opens", true)]
    [InlineData("healthy", "no", 0, "OK: unchanged: nothing was touched, and a WebSocket opens", true)]
    [InlineData("upgrade-headers-missing", "no", 3, "FAIL: refused", false)]
    [InlineData("upgrade-headers-missing", "yes", 0, "OK: deployed, and a WebSocket opens", true)]
    public async Task A_deployment_heals_what_a_shell_can_and_leaves_the_rest(
        string scenario, string force, int exitCode, string outcome, bool opens)
    {
        await using var lab = await StartAsync(scenario);
        var before = File.Exists(lab.ConfigPath) ? await File.ReadAllTextAsync(lab.ConfigPath, Stop) : "";
        var script = Script(RunbookFile.For(lab.Site, SummitRunbookKind.RunCommandParameters)[1]).Replace(
            "FORCE='no'", $"FORCE='{force}'", StringComparison.Ordinal);

        var (code, output, error) = await RunAsync("sh", ["-s"], script);

        Assert.True(code == exitCode, output + error);
        Assert.StartsWith("SUMMIT deploy-nginx-config " + outcome, output, StringComparison.Ordinal);
        Assert.Equal(opens, (await new WebSocketProbe(TimeProvider.System).RunAsync(
            ProbeRequest.Create(lab.Site.Uri, new ProbeRequest { CertificateAuthority = lab.CaPath }), Stop)).Success);
        var after = await File.ReadAllTextAsync(lab.ConfigPath, Stop);
        if (exitCode == 3) Assert.Equal(before, after);
        if (scenario == "location-missing")
        {
            // all that was there is there, and the location stands before the comment of the next one
            var added = ExpectedNginxConfig.WebSocketLocation(lab.Site) + "\n";
            Assert.Contains(added + "    # REST API", after, StringComparison.Ordinal);
            Assert.Equal(before, after.Replace(added, "", StringComparison.Ordinal));
            Assert.Contains("change", output, StringComparison.Ordinal);
        }
    }

    // the file is the one that answers, and never a second block for its name and port
    [Theory]
    [InlineData("sites-enabled/zz-api", true, 0, "OK: deployed, and a WebSocket opens")]
    [InlineData("sites-enabled/00-api", true, 0, "OK: deployed, and a WebSocket opens")]
    [InlineData("sites-enabled/zz-api", false, 3, "FAIL: refused")]
    [InlineData("conf.d", true, 0, "OK: deployed, and a WebSocket opens")]
    public async Task A_deployment_goes_to_the_file_that_answers(string live, bool open, int exitCode, string outcome)
    {
        await using var lab = await StartAsync("healthy");
        File.Delete(lab.EnabledPath);
        File.Delete(lab.ConfigPath);
        var isNew = live == "conf.d";
        var path = isNew
            ? Path.Combine(lab.NginxPrefix, "conf.d", "summit-api.conf")
            : lab.WriteBeside(live, lab.Config.Site("    location /health {\n        return 200;\n    }\n" + lab.Config.ApiLocation));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (isNew) lab.EditMain(text => text.Replace("sites-enabled/*;", "conf.d/*.conf;", StringComparison.Ordinal));
        await lab.Nginx.ReloadAsync(Stop);
        var before = Tree(lab);
        var site = open ? lab.Site with { ConfigPath = new SummitSite().ConfigPath, EnabledPath = new SummitSite().EnabledPath } : lab.Site;

        var (code, output, error) = await RunAsync("sh", ["-s"], Script(RunbookFile.For(site, SummitRunbookKind.RunCommandParameters)[1]));

        Assert.True(code == exitCode, output + error);
        Assert.StartsWith("SUMMIT deploy-nginx-config " + outcome, output, StringComparison.Ordinal);
        Assert.Equal(exitCode == 0, (await File.ReadAllTextAsync(path, Stop)).Contains("location /ws", StringComparison.Ordinal));
        if (!isNew) Assert.Contains("location /health", await File.ReadAllTextAsync(path, Stop), StringComparison.Ordinal);
        Assert.DoesNotContain(Tree(lab).Except(before), made => !made.Contains(".summit-ops", StringComparison.Ordinal) && made != path);
    }

    [Theory]
    [InlineData("healthy", 0, "OK\n", "")]
    [InlineData(
        "nginx-config-missing", 1,
        "FAIL: 3. Nginx config has WebSocket, 8. WebSocket opens through nginx\n",
        "Next: deploy the configuration: deploy-nginx-config.json")]
    [InlineData("location-missing", 1, "FAIL: 3. Nginx config has WebSocket, 8. ", "has no location /ws")]
    [InlineData("config-not-enabled", 1, "FAIL: 3. Nginx config has WebSocket, 8. ", "is not enabled")]
    [InlineData(
        "upgrade-headers-missing", 1, "FAIL: 3. Nginx config has WebSocket, 8. ", "lacks the Upgrade header and the Connection header")]
    [InlineData("not-reloaded", 1, "FAIL: 8. WebSocket opens through nginx\n", "sudo systemctl reload nginx")]
    [InlineData("syntax-invalid", 1, "FAIL: 4. Nginx syntax correct, 8. ", "mend what nginx -t complains of")]
    [InlineData("certificate-expired", 1, "FAIL: 9. SSL certificate valid\n", "it has expired")]
    [InlineData("certificate-not-yet-valid", 1, "FAIL: 9. SSL certificate valid\n", "it is not valid before")]
    [InlineData("certificate-wrong-name", 1, "FAIL: 9. SSL certificate valid\n", "it is not for ")]
    [InlineData("nginx-down", 1, "FAIL: 5. Nginx running, 8. ", "start nginx")]
    public async Task A_diagnosis_says_in_words_which_item_of_the_guide_fails(string scenario, int exitCode, string verdict, string said)
    {
        if (scenario.StartsWith("certificate", StringComparison.Ordinal)) await RunAsync("openssl", ["version"], "");
        await using var lab = await StartAsync(scenario);
        var files = Tree(lab);

        var (code, output, error) = await RunAsync(
            "sh", ["-s"], Script(RunbookFile.For(lab.Site, SummitRunbookKind.RunCommandParameters)[0]));

        Assert.True(code == exitCode, output + error);
        Assert.StartsWith("SUMMIT diagnose-websocket-issues " + verdict, output, StringComparison.Ordinal);
        Assert.Contains(said, output, StringComparison.Ordinal);
        Assert.Equal(
            Enumerable.Range(1, 9).Select(number => $"{number}."), output.Split('\n').Skip(1).Take(9).Select(line => line.Split(' ')[0]));
        Assert.InRange(output.Length, 1, 24_000);
        Assert.Equal("", error);
        Assert.Equal(files, Tree(lab));
    }

    [Fact]
    public void Every_file_is_small_enough_for_Run_Command() => Assert.All(
        Enum.GetValues<SummitRunbookKind>().SelectMany(kind => RunbookFile.For(new SummitSite(), kind)),
        file => Assert.InRange(file.Text.Length, 1_000, 62_500));

    internal static string Script(RunbookFile file) =>
        string.Join('\n', JsonNode.Parse(file.Text)!["commands"]!.AsArray().Select(line => (string)line!)) + "\n";

    private static IEnumerable<string> Steps(RunbookFile file) =>
        JsonNode.Parse(file.Text)!["mainSteps"]![0]!["inputs"]!["runCommand"]!.AsArray().Select(line => (string)line!);

    private static string[] Tree(LabInstance lab) =>
        [.. Directory.EnumerateFileSystemEntries(lab.NginxPrefix, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static async Task<LabInstance> StartAsync(string scenario)
    {
        if (await LabRequirement.NginxMissingAsync(Stop) is { } reason) Assert.Skip(reason);
        return await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Find(scenario)!, Backend = LabBackendKind.InProcess }, Stop);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(
        string program, IReadOnlyList<string> arguments, string input)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            })!;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{program} is not installed here");
            throw;
        }

        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync(Stop);
            var error = process.StandardError.ReadToEndAsync(Stop);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(Stop);
            return (process.ExitCode, await output, await error);
        }
    }
}
