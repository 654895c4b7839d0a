using System.Security.Authentication;
using System.Text;

namespace Summit.Ops.Lab.Tests;

/// <summary>Each scenario's fault is really there: seen with sockets, files and processes, never with the module's own code.</summary>
[Trait("Category", "Lab")]
public sealed class ScenarioTests
{
    [Fact]
    public void They_stand_by_their_cause()
    {
        var causes = ScenarioCatalogue.All.Select(s => s.Expected).ToList();
        Assert.Equal(causes.Distinct().Count(), causes.Where((cause, at) => at == 0 || causes[at - 1] != cause).Count());
        Assert.Equal(SummitCause.None, causes[^1]);
        Assert.All(ScenarioCatalogue.All.Where(s => s.Expected == SummitCause.None), s => Assert.StartsWith("healthy", s.Name));
    }

    [Fact]
    public void Names_are_unique_and_found_in_any_case()
    {
        Assert.Equal(
            ScenarioCatalogue.All.Count, ScenarioCatalogue.All.Select(s => s.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(ScenarioCatalogue.All, s => Assert.Same(s, ScenarioCatalogue.Find(s.Name.ToUpperInvariant())));
        Assert.All(ScenarioCatalogue.All, s => Assert.Matches("^[a-z-]+$", s.Name));
        Assert.All(ScenarioCatalogue.All, s => Assert.DoesNotContain('\t', s.Description));
        Assert.Same(ScenarioCatalogue.Default, ScenarioCatalogue.All[0]);
        Assert.Null(ScenarioCatalogue.Find("no-such-scenario"));
    }

    /// <summary>All that have no test of their own here.</summary>
    public static TheoryData<string> Others => [.. ScenarioCatalogue.All.Select(s => s.Name).Except(
        typeof(ScenarioTests).GetMethods().SelectMany(m => m.GetCustomAttributes(typeof(ProvesAttribute), false)).Cast<ProvesAttribute>()
            .Select(p => p.Scenario))];

    [Theory]
    [MemberData(nameof(Others))]
    public async Task A_client_that_takes_every_certificate_meets_the_answer_that_the_scenario_says(string name)
    {
        var scenario = ScenarioCatalogue.Find(name)!;
        await using var lab = await StartAsync(name, scenario.Backend ?? LabBackendKind.InProcess);

        var met = 0;
        try
        {
            var answer = await RawClient.UpgradeAsync(lab, trustAll: true);
            met = answer.Status;
            if (scenario.Expected == SummitCause.None) Assert.Equal(1, answer.Opcode);
        }
        catch (Exception error) when (error is AuthenticationException or IOException or System.Net.Sockets.SocketException)
        {
            // no answer in HTTP at all
        }

        Assert.Equal(scenario.Answer, met);
    }

    [Fact, Proves("nginx-config-missing")]
    public async Task Nginx_config_missing_leaves_no_file_and_nginx_own_404()
    {
        await using var lab = await StartAsync("nginx-config-missing");

        await AssertNginx404Async(lab);
        Assert.False(File.Exists(lab.ConfigPath));
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(lab.EnabledPath)!));
        Assert.Null(await lab.Nginx.TestAsync());
        Assert.Equal(101, (await RawClient.BackendAsync(lab)).Status);
    }

    [Fact, Proves("config-not-enabled")]
    public async Task Config_not_enabled_has_the_right_file_and_no_link()
    {
        await using var lab = await StartAsync("config-not-enabled");

        await AssertNginx404Async(lab);
        Assert.Contains("location /ws {", await File.ReadAllTextAsync(lab.ConfigPath));
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(lab.EnabledPath)!));
        lab.EnableSite();
        await AssertReloadCuresAsync(lab);
    }

    [Fact, Proves("not-reloaded")]
    public async Task Not_reloaded_is_cured_by_a_reload_alone()
    {
        await using var lab = await StartAsync("not-reloaded");

        await AssertNginx404Async(lab);
        Assert.Null(await lab.Nginx.TestAsync());
        Assert.Equal(200, (await RawClient.GetAsync(lab, "/api")).Status);
        await AssertReloadCuresAsync(lab);
    }

    [Fact, Proves("syntax-invalid")]
    public async Task Syntax_invalid_does_not_pass_the_test_while_the_old_one_runs()
    {
        await using var lab = await StartAsync("syntax-invalid");

        await AssertNginx404Async(lab);
        Assert.Equal(200, (await RawClient.GetAsync(lab, "/api")).Status);
        Assert.Contains("invalid number of arguments in \"proxy_set_header\" directive in " + lab.EnabledPath, await lab.Nginx.TestAsync());
    }

    [Fact, Proves("nginx-down")]
    public async Task Nginx_down_has_no_process_and_refuses()
    {
        await using var lab = await StartAsync("nginx-down");

        Assert.Equal(0, lab.Nginx.ProcessId);
        var refused = await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => RawClient.UpgradeAsync(lab));
        Assert.Equal(System.Net.Sockets.SocketError.ConnectionRefused, refused.SocketErrorCode);
        await lab.Nginx.StartAsync();
        Assert.Equal(101, (await RawClient.UpgradeAsync(lab)).Status);
    }

    [Fact, Proves("location-missing")]
    public async Task Location_missing_is_a_certbot_file_that_serves_the_api()
    {
        await using var lab = await StartAsync("location-missing");

        await AssertNginx404Async(lab);
        Assert.Equal(200, (await RawClient.GetAsync(lab, "/api")).Status);
        Assert.Null(await lab.Nginx.TestAsync());
        var text = await File.ReadAllTextAsync(lab.ConfigPath);
        Assert.DoesNotContain("location /ws", text);
        Assert.Equal(7, text.Split("# managed by Certbot").Length);
    }

    [Fact, Proves("upgrade-headers-missing")]
    public async Task Upgrade_headers_missing_gets_the_backends_426()
    {
        await using var lab = await StartAsync("upgrade-headers-missing");

        var answer = await RawClient.UpgradeAsync(lab);

        Assert.Equal(426, answer.Status);
        Assert.Contains("This is a WebSocket endpoint", Encoding.UTF8.GetString(answer.Rest));
        Assert.Contains("GET /ws without an upgrade: 426", await File.ReadAllTextAsync(lab.Backend.LogPath));
    }

    [Fact, Proves("location-shadowed")]
    public async Task Location_shadowed_answers_404_though_the_location_is_there()
    {
        await using var lab = await StartAsync("location-shadowed");

        await AssertNginx404Async(lab);
        // only the regex stands in the way: it does not match a path with a slash more
        Assert.Equal(101, (await RawClient.UpgradeAsync(lab, "/ws/")).Status);
    }

    [Fact, Proves("location-redirect")]
    public async Task Location_redirect_answers_301()
    {
        await using var lab = await StartAsync("location-redirect");

        var answer = await RawClient.UpgradeAsync(lab);

        Assert.Equal(301, answer.Status);
        Assert.Matches("(?im)^Location: .*/ws/\r?$", answer.Head);
        Assert.Equal(101, (await RawClient.UpgradeAsync(lab, "/ws/")).Status);
    }

    [Fact, Proves("wrong-server")]
    public async Task Wrong_server_answers_404_from_the_default_server()
    {
        await using var lab = await StartAsync("wrong-server");

        await AssertNginx404Async(lab);
        Assert.Equal(404, (await RawClient.GetAsync(lab, "/api")).Status);
        Assert.Contains($"server_name {lab.ServerName}-api;", await File.ReadAllTextAsync(lab.EnabledPath));
    }

    [Fact, Proves("upstream-mismatch")]
    public async Task Upstream_mismatch_answers_502_while_the_backend_is_well()
    {
        await using var lab = await StartAsync("upstream-mismatch");

        Assert.Equal(502, (await RawClient.UpgradeAsync(lab)).Status);
        Assert.Equal(101, (await RawClient.BackendAsync(lab)).Status);
        Assert.Equal(200, (await RawClient.GetAsync(lab, "/api")).Status);
        Assert.Contains("connect() failed (111", await File.ReadAllTextAsync(lab.ErrorLogPath));
    }

    [Theory, Proves("backend-down")]
    [InlineData(LabBackendKind.InProcess)]
    [InlineData(LabBackendKind.Pm2)]
    public async Task Backend_down_answers_502_and_nothing_listens(LabBackendKind backend)
    {
        await using var lab = await StartAsync("backend-down", backend);

        Assert.Equal(502, (await RawClient.UpgradeAsync(lab)).Status);
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => RawClient.BackendAsync(lab));
        if (backend == LabBackendKind.Pm2) Assert.Contains("\"status\":\"stopped\"", await Pm2ListAsync(lab));
    }

    [Theory, Proves("backend-not-listening")]
    [InlineData(LabBackendKind.InProcess)]
    [InlineData(LabBackendKind.Pm2)]
    public async Task Backend_not_listening_is_online_and_deaf(LabBackendKind backend)
    {
        await using var lab = await StartAsync("backend-not-listening", backend);

        Assert.Equal(502, (await RawClient.UpgradeAsync(lab)).Status);
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => RawClient.BackendAsync(lab));
        if (backend == LabBackendKind.Pm2)
        {
            Assert.Contains("\"status\":\"online\"", await Pm2ListAsync(lab));
            Assert.True(Processes.ProcessTable.IsAlive(lab.Backend.ProcessId));
        }
    }

    [Theory]
    [InlineData("backend-fails")]
    [InlineData("backend-no-websocket")]
    [InlineData("backend-other-path")]
    [InlineData("backend-silent")]
    [InlineData("backend-other-address")]
    public async Task The_application_that_is_at_fault_is_the_one_that_pm2_runs(string name)
    {
        await using var lab = await StartAsync(name, LabBackendKind.Pm2);

        Assert.Equal(lab.Scenario.Answer, (await RawClient.UpgradeAsync(lab)).Status);
        var list = await Pm2ListAsync(lab);
        Assert.Contains("\"status\":\"online\"", list);
        Assert.DoesNotContain("\"status\":\"stopped\"", list);
    }

    [Fact]
    public async Task Backend_gone_is_unknown_to_pm2()
    {
        await using var lab = await StartAsync("backend-gone", LabBackendKind.Pm2);

        Assert.Equal(502, (await RawClient.UpgradeAsync(lab)).Status);
        Assert.DoesNotContain("\"status\"", await Pm2ListAsync(lab));
    }

    [Fact, Proves("token-refused")]
    public async Task Token_refused_upgrades_and_closes_with_1008()
    {
        await using var lab = await StartAsync("token-refused");

        var answer = await RawClient.UpgradeAsync(lab, "/ws?token=anything");

        Assert.Equal((101, 8, 1008), (answer.Status, answer.Opcode, answer.CloseCode));
    }

    [Fact, Proves("backend-error")]
    public async Task Backend_error_upgrades_and_closes_with_1011()
    {
        await using var lab = await StartAsync("backend-error");

        var answer = await RawClient.UpgradeAsync(lab);

        Assert.Equal((101, 8, 1011), (answer.Status, answer.Opcode, answer.CloseCode));
    }

    [Theory]
    [Proves("certificate-expired"), Proves(
        "certificate-not-yet-valid"), Proves("certificate-wrong-name"), Proves("certificate-self-signed")]
    [InlineData("certificate-expired", "NotTimeValid")]
    [InlineData("certificate-not-yet-valid", "NotTimeValid")]
    [InlineData("certificate-wrong-name", "RemoteCertificateNameMismatch")]
    [InlineData("certificate-self-signed", "UntrustedRoot")]
    public async Task A_bad_certificate_is_refused_and_all_behind_it_works(string scenario, string said)
    {
        await using var lab = await StartAsync(scenario);

        var refused = await Assert.ThrowsAsync<AuthenticationException>(() => RawClient.UpgradeAsync(lab));
        Assert.Contains(said, refused.Message);
        var behind = await RawClient.UpgradeAsync(lab, trustAll: true);
        Assert.Equal(101, behind.Status);
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        Assert.Equal(scenario == "certificate-expired", behind.Certificate.NotAfter.ToUniversalTime() < now);
        Assert.Equal(scenario == "certificate-not-yet-valid", behind.Certificate.NotBefore.ToUniversalTime() > now);
        Assert.Equal(scenario == "certificate-self-signed", behind.Certificate.Subject == behind.Certificate.Issuer);
        Assert.Equal(scenario != "certificate-wrong-name", behind.Certificate.MatchesHostname(lab.ServerName));
    }

    [Theory]
    [Proves("healthy"), Proves("healthy-map"), Proves("healthy-order"), Proves("healthy-buffering")]
    [InlineData("healthy", "location /ws {")]
    [InlineData("healthy-map", "proxy_set_header Connection $connection_upgrade;")]
    [InlineData("healthy-order", "location /api {")]
    [InlineData("healthy-buffering", "location /ws {")]
    public async Task What_only_looks_broken_works(string scenario, string holds)
    {
        await using var lab = await StartAsync(scenario);

        var answer = await RawClient.UpgradeAsync(lab);

        Assert.Equal((101, 1), (answer.Status, answer.Opcode));
        Assert.Equal(200, (await RawClient.GetAsync(lab, "/api")).Status);
        Assert.Null(await lab.Nginx.TestAsync());
        var text = await File.ReadAllTextAsync(lab.EnabledPath);
        Assert.Contains(holds, text);
        Assert.Equal(
            scenario == "healthy-order",
            text.IndexOf("location /api", StringComparison.Ordinal) < text.IndexOf("location /ws", StringComparison.Ordinal));
        Assert.Equal(scenario != "healthy-buffering", text.Contains("proxy_buffering off;", StringComparison.Ordinal));
    }

    [Theory, Proves("group-without-port"), Proves("acl-denies"), Proves("no-internet-route"), Proves("no-public-address"), Proves(
        "load-balancer-kept-out")]
    [InlineData("group-without-port", "group sg-0123456789abcdef0")]
    [InlineData("acl-denies", "acl acl-0123456789abcdef0")]
    [InlineData("no-internet-route", "table rtb-0123456789abcdef0")]
    [InlineData("no-public-address", "interface eni-")]
    [InlineData("load-balancer-kept-out", "group sg-0123456789abcdef0")]
    public async Task A_fault_of_the_network_is_in_the_account_only_and_the_server_is_well(string scenario, string broken)
    {
        await using var healthy = await StartAsync("healthy");
        await using var lab = await StartAsync(scenario);

        Assert.Equal(101, (await RawClient.UpgradeAsync(lab)).Status);
        var changed = Network(lab).Except(Network(healthy)).ToList();
        Assert.Contains(changed, line => line.StartsWith(broken, StringComparison.Ordinal));

        // the same words for both: id and port are each lab's own
        static IEnumerable<string> Network(LabInstance lab) => new[]
        {
            lab.Aws.Ec2.Network.Groups.Select(group => $"group {group} {string.Join(", ", group.Ingress)}"),
            lab.Aws.Ec2.Network.Acls.Select(acl => $"acl {acl.Id} {string.Join(", ", acl.Entries)}"),
            lab.Aws.Ec2.Network.Tables.Select(table => $"table {table.Id} {string.Join(", ", table.Routes)}"),
            lab.Aws.Ec2.Network.Interfaces.Select(card => $"interface {card.Id} {string.Join(", ", card.PublicAddresses)}"),
        }.SelectMany(lines => lines).Select(line => line.Replace($"{lab.Port}", "PORT", StringComparison.Ordinal));
    }

    private static Task<LabInstance> StartAsync(string name, LabBackendKind backend = LabBackendKind.InProcess) =>
        Start.LabAsync(ScenarioCatalogue.Find(name), backend);

    private static async Task AssertNginx404Async(LabInstance lab)
    {
        var answer = await RawClient.UpgradeAsync(lab);
        Assert.Equal(404, answer.Status);
        Assert.Contains("<center>nginx", Encoding.UTF8.GetString(answer.Rest));
    }

    private static async Task AssertReloadCuresAsync(LabInstance lab)
    {
        await lab.Nginx.ReloadAsync();
        Assert.Equal(101, (await RawClient.UpgradeAsync(lab)).Status);
    }

    private static async Task<string> Pm2ListAsync(LabInstance lab)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
            ["PM2_HOME"] = lab.Site.Pm2Home,
            ["HOME"] = lab.Backend.Folder,
        };
        return (await Processes.ChildCommand.RunAsync(
            "pm2", ["jlist"], TimeSpan.FromSeconds(20), default, environment: environment)).Output;
    }
}

/// <summary>Says which scenario a test proves.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ProvesAttribute(string scenario) : Attribute
{
    public string Scenario { get; } = scenario;
}
