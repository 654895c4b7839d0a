using System.Diagnostics;
using System.Globalization;
using System.Text;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Nginx;
using Summit.Ops.Sites;

namespace Summit.Ops.Core.Tests.Deployment;

/// <summary>
/// Values made to be executed, in every field of a site: each arrives in the script as it is, or is refused with a
/// clear error; nothing of it runs.
/// </summary>
/// <remarks><c>SUMMIT_HOSTILE_CASES</c> and <c>SUMMIT_HOSTILE_SEED</c> try others and more.</remarks>
[Trait("Category", "Lab")]
public sealed class HostileValuesTests
{
    private const int Batch = 500;
    private static readonly LocalHost Host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("dash")]
    [InlineData("bash")]
    public async Task Whatever_a_field_holds_arrives_or_is_refused(string shell)
    {
        if (!Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, shell))))
        {
            Assert.Skip($"{shell} is not installed here");
        }

        var cases = Setting("SUMMIT_HOSTILE_CASES", 10_000);
        var random = new Random(Setting("SUMMIT_HOSTILE_SEED", 20261124));
        var folder = Directory.CreateTempSubdirectory("summit-hostile-");
        var (arrived, refused) = (0, 0);
        try
        {
            var canary = Path.Combine(folder.FullName, "canary");
            for (var done = 0; done < cases;)
            {
                var script = new StringBuilder();
                var expected = new List<string>();
                for (var inBatch = 0; inBatch < Batch && done < cases; inBatch++, done++)
                {
                    var value = Value(random, canary);
                    if (!value.Contains('\0', StringComparison.Ordinal))
                    {
                        // whatever the rules for a field say, a quoted value is one word
                        script.Append("printf '%s\\0' ").Append(ShellScript.Quote(value)).Append('\n');
                        expected.Add(value);
                    }

                    try
                    {
                        var site = SiteRules.Check(Make(random, value));
                        var text = Deployer.Script(Plan(site), DateTimeOffset.UnixEpoch).Text;
                        Append(script, text, site, expected);
                        arrived++;
                    }
                    catch (SummitArgumentException error)
                    {
                        Assert.NotEmpty(error.Message);
                        Assert.NotEmpty(error.RecommendedAction);
                        Assert.True(!error.Message.Any(char.IsControl), $"{error.ErrorId}: {error.Message}");
                        refused++;
                    }
                }

                Assert.Equal(expected, await RunAsync(shell, script.ToString(), folder.FullName));
                Assert.False(File.Exists(canary), "a value was executed");
            }

            Assert.True(arrived > cases / 10 && refused > cases / 10, $"{arrived} arrived, {refused} were refused");
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{shell}: {cases} cases, {arrived} arrived, {refused} were refused, none was executed");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("-rf $(touch {0})")]
    [InlineData("it's `touch {0}`;\"x\" & | > %s \\n \\c * ?")]
    [InlineData("日本 é ~ [a-z] ${{HOME}} #")]
    [InlineData("long")]
    public async Task A_deployment_to_a_hostile_path_is_a_deployment_like_any_other(string name)
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
        // a path has slashes, and a name has none: the canary lies in the current folder of whoever runs it
        var canary = $"summit-canary-{Guid.NewGuid():N}";
        var file = name == "long" ? new string('n', 200) : string.Format(CultureInfo.InvariantCulture, name, canary);
        var first = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        lab.DisableSite();
        File.Delete(lab.ConfigPath);
        await lab.Nginx.ReloadAsync(Cancellation);
        var site = SiteRules.Check(lab.Site with
        {
            ConfigPath = Path.Combine(Path.GetDirectoryName(lab.ConfigPath)!, file),
            EnabledPath = Path.Combine(Path.GetDirectoryName(lab.EnabledPath)!, file),
        });

        foreach (var content in new[] { first, "# second\n" + first })
        {
            var plan = DeploymentPlanner.Plan(
                await new SiteGatherer(TimeProvider.System).GatherAsync(Host, site, null, Cancellation), DeploymentMode.Repair,
                NginxConfigReader.FromBytes(site.ConfigPath, Encoding.UTF8.GetBytes(content)), force: false);
            var done = await new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, Cancellation);
            Assert.True(done is { Changed: true, Verified: true, RolledBack: false }, done.Output);
            Assert.Equal(content, await File.ReadAllTextAsync(site.ConfigPath, Cancellation));
        }

        Assert.Equal(first, (await new BackupStore(Host).ReadAsync(site, null, Cancellation)).Content.ToString());
        Assert.False(File.Exists(canary));
    }

    [Fact]
    public async Task A_name_that_leaves_no_room_for_a_backup_s_name_is_refused_at_once()
    {
        var folder = Directory.CreateTempSubdirectory("summit-hostile-");
        try
        {
            var site = new SummitSite
            {
                ConfigPath = Path.Combine(folder.FullName, new string('n', 201)),
                EnabledPath = "",
                NginxCommand = "true",
            };
            var error = await Assert.ThrowsAsync<SummitDeploymentException>(
                () => new Deployer(Host, TimeProvider.System).DeployAsync(Plan(site), null, Cancellation));
            Assert.Contains("200 are the most", error.Message);
            Assert.Empty(folder.EnumerateFileSystemInfos());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static SummitSite Make(Random random, string value)
    {
        var site = new SummitSite();
        return random.Next(16) switch
        {
            0 => site with { Name = value },
            1 => site with { ServerName = value },
            2 => site with { ListenAddress = value },
            3 => site with { WebSocketPath = "/" + value },
            4 => site with { ApiPath = value },
            5 => site with { BackendHost = value },
            6 => site with { BackendPath = "/" + value },
            7 => site with { ConfigPath = "/" + value },
            8 => site with { EnabledPath = "/etc/" + value },
            9 => site with { ProcessName = value },
            10 => site with { BackendUser = value },
            11 => site with { Pm2Home = "/" + value },
            12 => site with { CertificatePath = "/" + value },
            13 => site with { NginxCommand = value },
            14 => site with { NginxConfigPath = "/" + value },
            _ => site with { NginxPrefix = "/" + value },
        };
    }

    private static string Value(Random random, string canary)
    {
        string[] pieces =
        [
            "'", "\"", $"$(touch {canary})", $"`touch {canary}`", $";touch {canary};", $"\ntouch {canary}\n",
            $"&& touch {canary}", $"| touch {canary}", $"'; touch {canary}; '", $"\\'; touch {canary}; #",
            "\\", "\\\\", "\n", "\r", "\t", " ", "*", "?", "[a-z]", "%s%n", "%", "${IFS}", "$HOME", "$$", "-n", "--",
            "~", "#", "!", "=", "<", ">", "&", "(", ")", "{", "}", "{{", "}}", "\x1b[31m", "\x7f", "\0",
            "é", "日本語", "\u202e", "\U0001f600", "a", "b", "nginx", "/", "..", new string('x', 200), "EOF", "SUMMIT_",
            "@done deployed", ",", ":",
        ];
        return string.Concat(Enumerable.Range(0, random.Next(1, 7)).Select(_ => pieces[random.Next(pieces.Length)]));
    }

    /// <summary>
    /// The variables of the script as they stand in it, set in a shell of their own, and said; the command's words
    /// as the prelude evaluates them.
    /// </summary>
    private static void Append(StringBuilder script, string text, SummitSite site, List<string> expected)
    {
        const string start = "NGINX_COMMAND=";
        const string end = "# What every script of Summit.Ops begins with.";
        var from = text.LastIndexOf("summit_main() {\n" + start, StringComparison.Ordinal) + "summit_main() {\n".Length;
        var to = text.IndexOf(end, from, StringComparison.Ordinal);
        script.Append(text, from, to - from);
        string[] names = ["NGINX_PREFIX", "NGINX_CONF", "SERVER_NAME", "PORT", "WEBSOCKET_PATH", "CONFIG_PATH", "ENABLED_PATH"];
        foreach (var name in names) script.Append("printf '%s\\0' \"$").Append(name).Append("\"\n");
        expected.AddRange(
            [
                site.NginxPrefix, site.NginxConfigPath, site.ServerName, $"{site.Port}", site.WebSocketPath, site.ConfigPath,
                site.EnabledPath,
            ]);
        script.Append("eval \"printf '%s\\\\0' $NGINX_COMMAND\"\n");
        expected.AddRange(ShellScript.SplitCommand(site.NginxCommand));
        foreach (var (name, value) in SiteVariables.Backend(site))
        {
            script.Append(name).Append('=').Append(ShellScript.Quote(value)).Append("\nprintf '%s\\0' \"$").Append(name).Append("\"\n");
            expected.Add(value);
        }
    }

    private static DeploymentPlan Plan(SummitSite site) => new()
    {
        Site = site,
        Target = SummitTarget.Local,
        Before = null,
        After = "x"u8.ToArray(),
        PreviousSha256 = "absent",
        Sha256 = DeploymentPlanner.Sha256("x"u8.ToArray()),
        Diff = "x",
        Enables = false,
        ReloadsOnly = false,
        Erases = [],
        Steps = [],
    };

    private static async Task<IReadOnlyList<string>> RunAsync(string shell, string script, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(shell, ["-s"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        })!;
        var output = process.StandardOutput.ReadToEndAsync(Cancellation);
        var error = process.StandardError.ReadToEndAsync(Cancellation);
        await process.StandardInput.WriteAsync(script);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Cancellation);
        Assert.Equal("", await error);
        return (await output).Split('\0')[..^1];
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : otherwise;
}
