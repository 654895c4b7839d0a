using System.Management.Automation.Language;
using System.Text;
using System.Text.RegularExpressions;
using Summit.Ops.Diagnosis;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Nginx;
using Summit.Ops.Rules;

namespace Summit.Ops.Core.Tests.Diagnosis;

/// <summary>What a diagnosis says to run next, for a site whose fields try to run something else: nothing but the command is run.</summary>
public sealed partial class HostileFixTests
{
    private const string Payload = "summit_payload";

    // those of a shell, the typographic ones that end a string in PowerShell, and two that look like one
    private const string Quotes = "'\"\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab";
    private static readonly string[] Dumps =
    [.. RuleCatalogue.All.Where(rule => rule.BadExample.Length > 0)
        .OrderBy(rule => rule.Id, StringComparer.Ordinal)
        .Select(rule => rule.BadExample)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Values
    {
        get
        {
            var data = new TheoryData<string>
            {
                $"$({Payload})", $"`{Payload}`", $"\n{Payload}\n", $"\r{Payload}\r", $";{Payload};", $"|{Payload}", $"&{Payload}&",
                $"\x1b[2J\n{Payload} #", $"{{{{ssm:x}}}};{Payload}", $"Get-SummitNginxConfig';{Payload} #",
            };
            foreach (var quote in Quotes) data.Add($"{quote};{Payload};{quote}{quote};{Payload} #");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Values))]
    public async Task Only_the_command_is_run(string value)
    {
        var fixes = Evidences(Hostile(value)).SelectMany(Fixes).Where(fix => fix.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(fixes.Count > 20, $"{fixes.Count}");
        var shell = new StringBuilder($"PATH=/nonexistent\n{Payload}() {{ echo {Payload} ran; }}\n");
        var count = 0;
        foreach (var fix in fixes)
        {
            Assert.True(fix.IndexOfAny(['\n', '\r', '\x1b']) < 0, fix);
            if (IsPowerShell().IsMatch(fix))
            {
                var parsed = Parser.ParseInput(fix, out _, out var errors);
                Assert.True(errors.Length == 0, fix);
                Assert.DoesNotContain(
                    parsed.FindAll(part => part is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>(),
                    command => command.Extent.Text.StartsWith(Payload, StringComparison.Ordinal) || command.GetCommandName() == Payload);
            }
            else
            {
                count++;
                shell.Append("(eval ").Append(ShellScript.Quote(fix))
                    .Append(") 2>&1 | while read -r line; do case $line in *'").Append(Payload)
                    .Append(" ran'*) printf '%s\\n' \"$line\" ;; *yntax*) printf '%s\\n' \"$line\" ;; esac; done\n");
            }
        }

        var done = await new LocalHost().RunAsync(
            new HostScript("paste", shell.ToString(), TimeSpan.FromMinutes(2), ReadOnly: true), Cancellation);
        Assert.True(count > 3 && done.Output.Length == 0, $"{count}: {done.Output}{string.Join('\n', fixes)}");
    }

    private static IEnumerable<string> Fixes(SiteEvidence evidence)
    {
        var verdict = Verdict.Over(evidence, TimeSpan.Zero);
        foreach (var check in verdict.Checks) yield return check.Fix;
        foreach (var cause in verdict.Causes) yield return cause.Fix;
        if (verdict.ProposedFix is { } proposed) yield return proposed.Command;
    }

    private static SummitSite Hostile(string value) => new()
    {
        Name = value, ProcessName = value, ConfigPath = $"/etc/nginx/{value}", EnabledPath = $"/etc/nginx/on/{value}",
        CertificatePath = $"/etc/ssl/{value}", CertificateKeyPath = $"/etc/ssl/k{value}",
        NginxPrefix = $"/opt/{value}", NginxConfigPath = $"/opt/c{value}", Pm2Home = $"/home/{value}",
        BackendUser = value, WebSocketPath = $"/ws{value}", ApiPath = $"/api{value}", BackendPath = $"/b{value}",
        DeployCommand = value, RollbackCommand = value, NginxCommand = "'" + value.Replace("'", "'\"'\"'", StringComparison.Ordinal) + "'",
    };

    /// <summary>
    /// Hosts of every kind: silent, empty, broken, and one for each bad configuration that the rules know, in a file of a hostile name.
    /// </summary>
    private static IEnumerable<SiteEvidence> Evidences(SummitSite site)
    {
        var ssm = SummitTarget.Local with { Kind = SummitTargetKind.Ssm, InstanceId = "i-0123456789abcdef0", Region = "eu-central-1" };
        yield return new SiteEvidence(site, SummitTarget.Local, DateTimeOffset.UnixEpoch, null, "it does not answer", []);
        foreach (var target in new[] { SummitTarget.Local, ssm })
        {
            yield return Of(site, target, []);
            yield return Of(site, target, new()
            {
                ["nginx.version"] = new(127, ""), ["pm2.home"] = new(0, $"/home/{site.Name} unreadable\n"),
                ["listeners"] = new(0, ""), ["processes"] = new(0, ""),
                [$"log:/var/log/{site.Name}"] = new(1, ""), [$"path:{site.ConfigPath}"] = new(0, "missing\n"),
                [$"path:{site.EnabledPath}"] = new(0, "missing\n"), ["host"] = new(0, "uid 1000\nuser bob\n"),
                ["backend.owner"] = new(0, $"home /x\nothers {OneLine(site.Name)} b\n"),
            });
            // the name of a process is its own word
            yield return Of(site, target, new()
            {
                ["nginx.test"] = new(0, "successful"),
                ["host"] = new(0, "uid 0\n"),
                ["nginx.journal"] = new(0, "bind() failed (98: Address already in use)\n"),
                ["processes"] = new(0, ""),
                ["sockets"] = new(0, $"LISTEN 0 511 0.0.0.0:443 0.0.0.0:* users:((\"{site.Name}\",pid=4711,fd=3))\n"),
                ["sockets.tree"] = new(0, $"4711 1 {site.Name}.service\n"), ["listeners"] = new(0, "00000000:01BB 1\n"),
            });
            yield return Of(site, target, new()
            {
                ["nginx.test"] = new(1, $"nginx: [emerg] unknown directive \"{site.Name}\" in {site.ConfigPath}:3\n"),
                ["nginx.dump"] = new(1, ""),
                ["host"] = new(0, "uid 0\nnow 1764000000\nlocal 2026/11/29 08:00:00\n"),
                ["log:/var/log/nginx/error.log"] = new(0, "2026/11/29 07:59:59 [crit] 1#1: *1 connect() failed (13: Permission denied)\n"),
                ["backend.log:/x"] = new(0, $"WebSocket error {site.Name}\n"),
                [$"certificate:{site.CertificatePath}"] = new(1, ""),
                ["pm2"] = new(
                    0,
                    $"[{{\"name\":{System.Text.Json.JsonSerializer.Serialize(site.ProcessName)},\"pid\":0,"
                        + $"\"pm2_env\":{{\"status\":\"errored\",\"restart_time\":99}}}}]"),
                [$"path:{site.ConfigPath}"] = new(0, "exists\n"),
            });
            foreach (var bad in target == ssm ? Dumps.Where((_, index) => index % 3 == 0) : Dumps)
            {
                yield return Of(site, target, new()
                {
                    ["nginx.dump"] = new(
                        0,
                        $"# configuration file /etc/nginx/nginx.conf:\nevents {{}}\nhttp {{ include /etc/nginx/{OneLine(site.Name)}; }}\n"
                            + $"# configuration file /etc/nginx/{OneLine(site.Name)}:\n{bad}\n"),
                    ["nginx.test"] = new(0, "successful"), ["host"] = new(0, "uid 0\n"),
                    [$"path:{site.ConfigPath}"] = new(0, "exists\n"), [$"file:{site.ConfigPath}"] = new(0, bad),
                });
            }
        }
    }

    private static SiteEvidence Of(SummitSite site, SummitTarget target, Dictionary<string, EvidenceSection> sections) =>
        new(site, target, DateTimeOffset.UnixEpoch, new HostEvidence(target, sections, TimeSpan.Zero), "", []);

    private static string OneLine(string value) => value.Replace('\n', ' ').Replace('\r', ' ');

    [GeneratedRegex(@"^(\$|\[|\(|[A-Z][a-z]+-[A-Z])", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex IsPowerShell();
}
