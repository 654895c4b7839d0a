using System.Diagnostics;
using System.Globalization;
using System.Text;
using Summit.Ops.Backend;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Network;
using Summit.Ops.Network.Firewalls;
using Summit.Ops.Nginx;
using Summit.Ops.Probing;
using Summit.Ops.Text;

namespace Summit.Ops.Core.Tests.Fuzzing;

/// <summary>Each reader of foreign text takes whatever comes: it answers, or refuses with an error of its own, and never crashes.</summary>
/// <remarks>
/// SUMMIT_FUZZ names how many inputs each reader gets, SUMMIT_FUZZ_SEED where they begin; SUMMIT_FUZZ_LOG takes the figures.
/// </remarks>
public sealed class FuzzTests : IDisposable
{
    private const int Quick = 400;
    private static readonly SummitSite Site = new() { ServerName = "x.example.com" };
    private readonly string _folder = Directory.CreateTempSubdirectory("summit-fuzz-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task A_configuration() => RunAsync(
        FuzzSeeds.Configurations, FuzzSeeds.Directives,
        input =>
        {
            var config = NginxConfigReader.FromBytes(
                "/etc/nginx/conf.d/x.conf", Encoding.UTF8.GetBytes(input.Replace("\0", "", StringComparison.Ordinal)));
            NginxRouter.Resolve(config, new NginxRequest("x.example.com", 443, Tls: true, "/ws"));
            NginxRules.Evaluate(config, Site);
        });

    [Fact]
    public Task A_dump_of_nginx() => RunAsync(FuzzSeeds.Dumps, FuzzSeeds.Directives, input =>
    {
        var config = NginxConfigReader.FromDump(input, SummitTarget.Local);
        NginxRouter.Resolve(config, new NginxRequest("x.example.com", 443, Tls: true, "/ws"));
    });

    [Fact]
    public Task An_evidence_file() =>
        RunAsync([Evidence()], ["\"Sections\"", "{}", "[]", "null", "\"Host\":", "\"ExitCode\":1,", "\"Kind\":\"Ssm\""], input =>
        {
            var file = Path.Combine(_folder, "evidence.json");
            File.WriteAllBytes(file, Encoding.UTF8.GetBytes(input));
            var evidence = EvidenceFile.Read(file);
            Summit.Ops.Diagnosis.Verdict.Over(evidence, TimeSpan.Zero);
        });

    [Fact]
    public Task An_answer_and_its_frames() => RunAsync(FuzzSeeds.Answers, FuzzSeeds.Headers, async input =>
        await RecordedHandshake.JudgeAsync(
            new ProbeRequest { Uri = "ws://127.0.0.1:4000/ws" }, new RecordedAnswer(Encoding.Latin1.GetBytes(input), 18, "0.1 0"),
            TimeProvider.System, Cancellation));

    [Fact]
    public Task The_rules_of_a_firewall() => RunAsync(FuzzSeeds.Firewalls, FuzzSeeds.Rules, input =>
    {
        foreach (var name in new[] { "nft.json", "iptables-save", "ip6tables-save" })
        {
            var seen = new Dictionary<string, EvidenceSection> { ["who"] = new(0, "0\n"), ["route"] = new(0, input), [name] = new(
                0, input), ["nft.text"] = new(0, input) };
            HostFirewall.Judge(seen, SummitTarget.Local, new PathQuestion { Port = 443 });
        }
    });

    [Fact]
    public Task What_the_managers_say() => RunAsync(
        FuzzSeeds.Managers, ["\"pm2_env\":", "\"pid\":", "MainPID=", "LoadState=loaded\n", "\"name\":\"summit\"", "[{", "}]"], input =>
        {
            BackendProcesses.FromPm2(input, new SummitSite { ProcessName = "summit" }, SummitTarget.Local, [], DateTimeOffset.UnixEpoch);
            BackendProcesses.FromSystemd(input, Site, SummitTarget.Local, []);
            _ = LogLines.FromFile("log:Error:/x", input, Site, SummitTarget.Local).ToList();
            _ = LogLines.FromJournal(input, Site, SummitTarget.Local).ToList();
            ListenerTable.FromProc(input);
            ListenerTable.FromNetstat(input);
            NginxProcesses.FromProc(input, DateTimeOffset.UnixEpoch, 100);
            NginxProcesses.FromPs(input);
        });

    [Fact]
    public Task The_sections_of_a_script() => RunAsync(
        ["@begin host 0\ndWlkIDAK\n@end\n@text x 1\n y\n@end\n@done\n"], ["@begin ", "@end\n", "@text ", "@done\n", " 0\n"], input =>
            EvidenceSections.Read(new HostResult(0, input, input, TimeSpan.Zero), SummitTarget.Local));

    [Fact]
    public Task Secrets_in_a_text() => RunAsync(FuzzSeeds.Secrets, FuzzSeeds.SecretWords, input =>
    {
        var clean = TextRedaction.Of($"line one\n{input}\nWebSocket error\n");
        Assert.DoesNotContain(UnreadText.Unsearched, clean, StringComparison.Ordinal);
        Assert.StartsWith("line one", clean, StringComparison.Ordinal);
        Secrets.RedactUri(input);
        TextRedaction.OfSubProtocols(input);
        ForeignText.Visible(input);
    });

    private static string Evidence()
    {
        var sections = new Dictionary<string, EvidenceSection>
        {
            ["host"] = new(0, "uid 0\nnow 1764000000\nlocal 2026/11/29 08:00:00\nbooted 1763000000\nticks 100\n"),
            ["nginx.version"] = new(0, "nginx version: nginx/1.22.1\n"),
            ["nginx.dump"] = new(0, FuzzSeeds.Dumps[0]),
            ["nginx.test"] = new(0, "nginx: test is successful"),
            ["pm2"] = new(0, FuzzSeeds.Managers[0]),
            ["listeners"] = new(0, "0100007F:0FA0 1234\n"),
            ["processes"] = new(0, "1 (nginx) S 0 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 100\tnginx: master process\n"),
        };
        var file = Path.GetTempFileName();
        EvidenceFile.Write(new SiteEvidence(Site, SummitTarget.Local, DateTimeOffset.UnixEpoch, new HostEvidence(
            SummitTarget.Local, sections, TimeSpan.Zero), "", []), file);
        var text = File.ReadAllText(file);
        File.Delete(file);
        return text;
    }

    private static Task RunAsync(
        IReadOnlyList<string> seeds, IReadOnlyList<string> words, Action<string> read,
        [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        RunAsync(seeds, words, input => { read(input); return Task.CompletedTask; }, name);

    private static async Task RunAsync(
        IReadOnlyList<string> seeds, IReadOnlyList<string> words, Func<string, Task> read,
        [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        var (count, seed) = (Number("SUMMIT_FUZZ", Quick), Number("SUMMIT_FUZZ_SEED", 13));
        var mutator = new Mutator(seed, seeds, words);
        var (begun, slowest, slow) = (Stopwatch.GetTimestamp(), TimeSpan.Zero, "");
        for (var number = 0; number < count; number++)
        {
            var input = mutator.Next();
            var started = Stopwatch.GetTimestamp();
            try
            {
                await read(input);
            }
            catch (SummitException)
            {
                // refused, in words
            }
            catch (Exception error)
            {
                Assert.Fail($"{name}, seed {seed}, input {number}: {error.GetType().Name}: "
                    + $"{error.Message}\n{Convert.ToBase64String(Encoding.UTF8.GetBytes(input))}\n{error.StackTrace}");
            }

            if (Stopwatch.GetElapsedTime(started) is var took && took > slowest) (slowest, slow) = (took, input);
        }

        if (Environment.GetEnvironmentVariable("SUMMIT_FUZZ_LOG") is { Length: > 0 } log)
        {
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{name}\t{count}\t{Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s\tslowest {slowest.TotalMilliseconds:0} "
                    + $"ms\t{Convert.ToBase64String(Encoding.UTF8.GetBytes(slow))}\n");
            await File.AppendAllTextAsync(log, line, CancellationToken.None);
        }
    }

    private static int Number(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : usual;
}
