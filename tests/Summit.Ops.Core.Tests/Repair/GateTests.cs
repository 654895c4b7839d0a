using Summit.Ops.Checks;
using Summit.Ops.Checks.WebSocket;
using Summit.Ops.Core.Tests.Diagnosis;
using Summit.Ops.Deployment;
using Summit.Ops.Diagnosis;
using Summit.Ops.Diagnosis.Proving;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Peers;
using Summit.Ops.Repair;

namespace Summit.Ops.Core.Tests.Repair;

/// <summary>No edit is made that the replays refute, and none stays that did not help: a real nginx before backends that refuse.</summary>
[Trait("Category", "Lab")]
public sealed class GateTests
{
    private const string Upgrade = "        proxy_set_header Upgrade $http_upgrade;\n", Version = "proxy_http_version 1.1;";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_edit_that_the_replay_refutes_is_not_made()
    {
        await using var lab = await StrictLab.StartAsync(_ => "404 Not Found", text => text.Swap(Upgrade, ""));
        var before = await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation);
        var evidence = await GatherAsync(lab.Site, Cancellation);
        var plan = DeploymentPlanner.Plan(evidence, DeploymentMode.Repair, content: null, force: false);

        Assert.Contains("+        proxy_set_header Upgrade $http_upgrade;", plan.Diff);
        var (support, why) = ChangeGate.Of(plan, evidence);
        Assert.Equal(ChangeSupport.Refuted, support);
        Assert.Contains("asked as nginx would ask it after the change, answers 404 Not Found", why);
        var refused = Assert.Throws<SummitDeploymentException>(() => ChangeGate.Check(plan, evidence));
        Assert.Equal("ChangeDoesNotHelp", refused.ErrorId);
        Assert.Contains("Nothing was changed", refused.Message);

        var repair = await RepairAsync(lab.Site);

        Assert.True(repair is { Outcome: SummitRepairOutcome.NotRepairable, Deployments.Count: 0, Plan.Count: 0 }, repair.Reason);
        Assert.Equal(before, await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation));
    }

    [Fact]
    public async Task An_edit_that_the_replay_supports_is_made_and_opens()
    {
        await using var lab = await StrictLab.StartAsync(
            request => StrictLab.Asks(request) ? null : "426 Upgrade Required", text => text.Swap(Upgrade, ""));
        var evidence = await GatherAsync(lab.Site, Cancellation);
        var plan = DeploymentPlanner.Plan(evidence, DeploymentMode.Repair, content: null, force: false);

        Assert.Equal(ChangeSupport.Supported, ChangeGate.Of(plan, evidence).Support);
        // without replays nothing is known of the change, which is no reason to refuse it: it shows afterwards
        Assert.Equal(ChangeSupport.Untried, ChangeGate.Of(plan, evidence.With(replays: [])).Support);

        var repair = await RepairAsync(lab.Site);

        Assert.True(repair is { Outcome: SummitRepairOutcome.Repaired, After.Healthy: true }, repair.Reason);
    }

    [Fact]
    public async Task An_edit_that_could_not_be_tried_and_makes_the_answer_worse_is_taken_back_byte_for_byte()
    {
        // what nginx sends is known only while it runs, so no replay can tell that the application has no WebSocket at all
        await using var lab = await StrictLab.StartAsync(
            request => StrictLab.Asks(request) ? "403 Forbidden" : "426 Upgrade Required",
            text => text.Swap(Upgrade, "").Swap(Version, Version + "\n        proxy_set_header X-Time $upstream_response_time;"));
        var before = await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation);

        var repair = await RepairAsync(lab.Site);

        Assert.Equal(SummitRepairOutcome.NotRepaired, repair.Outcome);
        Assert.Equal(SummitRepairStepStatus.TakenBack, Assert.Single(repair.Plan).Status);
        Assert.Contains("did not help and was taken back", repair.Reason);
        Assert.True(Assert.Single(repair.Deployments) is { RolledBack: true, Changed: false }, repair.Reason);
        Assert.Equal(before, await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation));
        // the running nginx too: it asks for no upgrade, as before
        Assert.Equal(426, repair.After!.WebSocket.First(hop => hop.Hop == SiteEvidence.LoopbackHop).HttpStatus);
        Assert.Equal(repair.Before.RootCause, repair.After.RootCause);
    }

    [Fact]
    public async Task The_header_that_the_backend_wants_is_added_and_those_that_were_inherited_stay()
    {
        await using var lab = await StrictLab.StartAsync(
            request => !StrictLab.Asks(request) || !request.Header("Host").StartsWith("localhost", StringComparison.Ordinal)
                ? "400 Bad Request"
                : request.Header("X-Forwarded-Proto") == "https" ? null : "403 Forbidden",
            Inherited);
        var before = (await File.ReadAllTextAsync(lab.ConfigPath, Cancellation)).Split('\n');

        var repair = await RepairAsync(lab.Site);

        Assert.Equal(SummitCause.BackendRejectsProxyHeaders, repair.Before.RootCause);
        Assert.True(repair is { Outcome: SummitRepairOutcome.Repaired, After.Healthy: true }, repair.Reason);
        var after = (await File.ReadAllTextAsync(lab.ConfigPath, Cancellation)).Split('\n');
        Assert.Contains(after, line => line.Trim() == "proxy_set_header X-Forwarded-Proto $scheme;");
        // nothing that stood there went away
        Assert.All(before, line => Assert.Contains(line, after));
    }

    [Fact]
    public async Task An_Origin_that_nginx_hides_from_a_backend_that_wants_it_is_shown_again()
    {
        await using var lab = await StrictLab.StartAsync(
            request => !StrictLab.Asks(request) ? "426 Upgrade Required" : request.Header("Origin").Length == 0 ? "404 Not Found" : null,
            text => text.Swap(Version, Version + "\n        proxy_set_header Origin \"\";"));

        var repair = await RepairAsync(lab.Site);

        Assert.Equal((SummitCause.BackendRejectsOrigin, SummitConfidence.High), (repair.Before.RootCause, repair.Before.Confidence));
        Assert.True(repair is { Outcome: SummitRepairOutcome.Repaired, After.Healthy: true }, repair.Reason);
        Assert.Contains("proxy_set_header Origin $http_origin;", await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
    }

    [Fact]
    public async Task An_application_that_wants_a_query_and_a_subprotocol_is_asked_with_both()
    {
        await using var lab = await StrictLab.StartAsync(
            request => !StrictLab.Asks(request)
                ? "426 Upgrade Required"
                : !request.Request.StartsWith("GET /ws?EIO=4&transport=websocket ", StringComparison.Ordinal)
                    || request.Header("Sec-WebSocket-Protocol") != "v2, mqtt" ? "400 Bad Request" : null,
            text => text.Swap(Upgrade, ""));

        var without = await GatherAsync(lab.Site, Cancellation);
        var repair = await RepairAsync(lab.Site with { WebSocketQuery = "EIO=4&transport=websocket", SubProtocol = "v2, mqtt" });

        Assert.Equal(400, without.Hop(SiteEvidence.BackendHop)!.HttpStatus);
        Assert.Equal((SummitCause.NginxUpgradeHeadersMissing, SummitConfidence.High), (repair.Before.RootCause, repair.Before.Confidence));
        Assert.True(repair is { Outcome: SummitRepairOutcome.Repaired, After.Healthy: true }, repair.Reason);
    }

    [Fact]
    public async Task A_site_that_opens_is_not_repaired_however_short_ago_it_was_loaded()
    {
        // a backend that opens for HTTP/1.0 as well; the file is loaded within the second in which it was written
        await using var lab = await StrictLab.StartAsync(_ => null, text => text.Swap(Version, ""));
        var before = await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation);

        var repair = await RepairAsync(lab.Site);

        Assert.True(
            repair is { Outcome: SummitRepairOutcome.Healthy, Before.RootCause: SummitCause.None },
            $"{repair.Before.RootCause}: {repair.Reason}");
        Assert.Equal(before, await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation));
    }

    [Fact]
    public async Task What_cuts_a_WebSocket_that_is_held_is_measured_and_mended()
    {
        await using var lab = await StrictLab.StartAsync(
            _ => null, text => text.Swap("proxy_read_timeout 86400;", "proxy_read_timeout 2s;"));

        Assert.Equal(SummitCause.None, Verdict.Over(await GatherAsync(lab.Site, Cancellation), TimeSpan.Zero).RootCause);
        var repair = await RepairAsync(lab.Site, TimeSpan.FromSeconds(4));

        Assert.Equal((SummitCause.NginxIdleTimeout, SummitConfidence.High), (repair.Before.RootCause, repair.Before.Confidence));
        Assert.True(repair is { Outcome: SummitRepairOutcome.Repaired, After.Healthy: true }, repair.Reason);
    }

    [Fact]
    public async Task A_location_that_keeps_clients_out_is_named_and_nothing_leads_past_it()
    {
        await using var lab = await StrictLab.StartAsync(
            _ => null, text => text.Swap("location /ws {", "location ~ /ws { deny all; return 404; }\n    location /ws {"));
        var before = await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation);

        var repair = await RepairAsync(lab.Site);

        Assert.Equal(SummitCause.NginxLocationShadowed, repair.Before.RootCause);
        Assert.Equal(SummitRepairOutcome.NotRepairable, repair.Outcome);
        Assert.Equal(before, await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation));
    }

    [Fact]
    public async Task A_Close_behind_the_101_is_a_refusal_that_a_replay_explains()
    {
        await using var lab = await StrictLab.StartAsync(_ => null, text => text.Swap("proxy_set_header Host $host;", ""));
        await lab.Backend.ReplaceAsync(
            async (connection, ended) =>
            {
                await connection.ReadRequestAsync(ended);
                await connection.SendAsync(connection.Switching(), ended);
                if (!connection.Header("Host").StartsWith("localhost", StringComparison.Ordinal))
                {
                    await connection.SendAsync(PeerConnection.Close(1008, "Invalid origin"), ended);
                }
                else
                {
                    await connection.SendAsync(PeerConnection.Text("hello"), ended);
                }

                await connection.DrainAsync(ended);
            },
            cancellation: Cancellation);

        var repair = await RepairAsync(lab.Site);

        Assert.Equal((SummitCause.BackendRejectsHost, SummitConfidence.High), (repair.Before.RootCause, repair.Before.Confidence));
        Assert.Contains(
            repair.Before.Checks,
            check => check.Id == "Backend.Upgrade" && check.Evidence.Contains("then Close 1008", StringComparison.Ordinal));
        Assert.True(repair is { Outcome: SummitRepairOutcome.Repaired, After.Healthy: true }, repair.Reason);
    }

    [Fact]
    public async Task What_opens_on_the_host_and_shuts_clients_out_does_not_stay()
    {
        var right = "";
        await using var lab = await StrictLab.StartAsync(
            request => StrictLab.Asks(request) ? null : "426 Upgrade Required", text => (right = text).Swap(Upgrade, ""));
        var closed = await GatherAsync(lab.Site, Cancellation);
        lab.WriteSite(right);
        await lab.Nginx.ReloadAsync(Cancellation);
        var open = await GatherAsync(lab.Site, Cancellation);
        const string outside = SiteEvidence.PublicHop;

        // the outer way opened before: that the inner one opens now is no reason to cut it
        Assert.Equal(
            "a WebSocket that opened before (Public) fails after it.",
            Useless(Mixed(inner: closed, outer: open), Mixed(inner: open, outer: closed)));
        Assert.Equal("no WebSocket opens after it.", Useless(Mixed(open, open), Mixed(inner: closed, outer: open)));
        // one way more, and none less
        Assert.Null(Useless(closed, Mixed(inner: open, outer: closed)));
        Assert.Null(Useless(Mixed(inner: open, outer: closed), open));
        Assert.Null(Useless(closed, open));
        // nothing more and nothing less, and the same is found
        Assert.EndsWith("is found as before.", Useless(Mixed(inner: open, outer: closed), Mixed(inner: open, outer: closed)));

        SiteEvidence Mixed(SiteEvidence inner, SiteEvidence outer) => inner.With(
            [.. inner.Hops.Where(hop => hop.Hop != outside), outer.Hop(outside)!]);

        static string? Useless(SiteEvidence before, SiteEvidence after) =>
            Repairer.Useless(after, Verdict.Over(before, TimeSpan.Zero), Verdict.Over(after, TimeSpan.Zero));
    }

    [Fact]
    public async Task What_the_repair_would_change_against_the_experiment_stays_and_the_header_is_added()
    {
        // it takes its own address as Host alone, and the name that clients asked for from another header
        await using var lab = await StrictLab.StartAsync(
            request => !StrictLab.Asks(request) ? "426 Upgrade Required"
                : request.Header("Host") != "127.0.0.1" ? "404 Not Found"
                : request.Header("X-Forwarded-Host").StartsWith("localhost", StringComparison.Ordinal) ? null : "403 Forbidden",
            text => text.Swap("proxy_set_header Host $host;", "proxy_set_header Host 127.0.0.1;"));

        var repair = await RepairAsync(lab.Site);

        Assert.True(repair is { Outcome: SummitRepairOutcome.Repaired }, repair.Reason);
        var after = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        Assert.Contains("proxy_set_header Host 127.0.0.1;", after);
        Assert.Contains("proxy_set_header X-Forwarded-Host $http_host;", after);
    }

    [Fact]
    public async Task A_refusal_that_depends_on_the_clients_address_is_read_where_the_address_is_known()
    {
        await using var lab = await StrictLab.StartAsync(
            _ => null, text => text.Swap("location /ws {", "if ($remote_addr = 127.0.0.1) { return 403; }\n    location /ws {"));
        var evidence = await GatherAsync(lab.Site, Cancellation);
        var probe = evidence.Hop(SiteEvidence.LoopbackHop)!;
        var (cause, why) = Bisection.Refine(probe, evidence);
        // the same answer to a client of the internet has another reason
        var elsewhere = Bisection.Refine(probe with { Hop = SiteEvidence.PublicHop, Address = "203.0.113.7" }, evidence);

        Assert.Equal(SummitCause.NginxRejectsHandshake, cause);
        Assert.Contains("Nginx itself answered 403 Forbidden instead of 101: return 403", why);
        Assert.DoesNotContain("return 403", elsewhere.Explanation);
    }

    [Fact]
    public async Task A_refusal_of_clients_without_a_token_is_none_of_a_client_that_has_one()
    {
        await using var lab = await StrictLab.StartAsync(
            _ => null,
            text => text.Swap("location /ws {", "if ($arg_token = \"\") { return 403; }\n    location /ws { allow 192.0.2.1; deny all;"));
        var without = await new SiteGatherer(TimeProvider.System).GatherAsync(new LocalHost(), lab.Site, token: null, Cancellation);
        var with = await new SiteGatherer(TimeProvider.System).GatherAsync(new LocalHost(), lab.Site, "good", Cancellation);

        Assert.Contains(CheckList.Evaluate(without), check => check.Evidence.Contains("return 403", StringComparison.Ordinal));
        Assert.Equal(403, with.Hop(SiteEvidence.LoopbackHop)!.HttpStatus);
        Assert.DoesNotContain(CheckList.Evaluate(with), check => check.Evidence.Contains("return 403", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_return_with_a_text_of_its_own_is_known_by_its_words()
    {
        await using var lab = await StrictLab.StartAsync(_ => null, text => text.Swap(
            "location /ws {", "if ($http_authorization = \"\") { return 401 '{\"error\":\"no key\"}'; }\n    location /ws {"));
        var evidence = await GatherAsync(lab.Site, Cancellation);
        var probe = evidence.Hop(SiteEvidence.LoopbackHop)!;

        Assert.False(probe.IsNginxPage);
        Assert.Equal(SummitCause.NginxRejectsHandshake, Verdict.Over(evidence, TimeSpan.Zero).RootCause);
        Assert.Contains("Nginx itself answered 401 Unauthorized", Bisection.Refine(probe, evidence).Explanation);
        // another text of the same status is the application's
        Assert.DoesNotContain(
            "Nginx itself", Bisection.Refine(probe with { ResponseBodyHead = "{\"error\":\"expired\"}" }, evidence).Explanation);
    }

    [Fact]
    public async Task A_refusal_of_one_browser_is_named_and_nothing_is_tried_against_it()
    {
        await using var lab = await StrictLab.StartAsync(
            _ => null, text => text.Swap("location /ws {", "location /ws { if ($http_connection != \"Upgrade\") { return 426; }"));

        var repair = await RepairAsync(lab.Site);

        Assert.Equal(SummitCause.NginxRejectsHandshake, repair.Before.RootCause);
        Assert.True(repair is { Outcome: SummitRepairOutcome.NotRepairable, Deployments.Count: 0 }, repair.Reason);
    }

    [Fact]
    public async Task A_denial_that_an_error_page_shows_as_another_status_is_read_in_the_log()
    {
        await using var lab = await StrictLab.StartAsync(_ => null, text => text.Swap(
            "location /ws {",
            "location = /no { internal; return 404; }\n    location /ws { allow 192.0.2.1; deny all; error_page 403 =404 /no;"));
        var before = await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation);

        var repair = await RepairAsync(lab.Site);

        Assert.Equal(404, repair.Before.WebSocket.First(hop => hop.Hop == SiteEvidence.LoopbackHop).HttpStatus);
        Assert.Equal(SummitCause.NginxRejectsHandshake, repair.Before.RootCause);
        Assert.Equal(SummitRepairOutcome.NotRepairable, repair.Outcome);
        Assert.Equal(before, await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation));
    }

    /// <summary>The site with the headers of its WebSocket on the level of the server, but for X-Forwarded-Proto.</summary>
    private static string Inherited(string text)
    {
        var (begin, end) = (
            text.IndexOf("location /ws {", StringComparison.Ordinal), text.IndexOf("location /api", StringComparison.Ordinal));
        var lines = text[begin..end].Split('\n')
            .ToLookup(line => line.TrimStart().StartsWith("proxy_set_header ", StringComparison.Ordinal));
        var headers = lines[true].Where(line => !line.Contains("X-Forwarded-Proto", StringComparison.Ordinal))
            .Select(line => "    " + line.Trim());
        return text.Swap(text[begin..end], $"{string.Join('\n', headers)}\n\n    {string.Join('\n', lines[false])}");
    }

    private static async Task<SiteEvidence> GatherAsync(SummitSite site, CancellationToken stop, TimeSpan hold = default)
    {
        var host = new LocalHost();
        var evidence = await new SiteGatherer(TimeProvider.System) { Hold = hold }.GatherAsync(host, site, token: null, stop);
        return await new Experiment(host, TimeProvider.System).RunAsync(evidence, token: null, stop);
    }

    private static Task<SummitRepair> RepairAsync(SummitSite site, TimeSpan hold = default) =>
        new Repairer(new LocalHost(), TimeProvider.System, stop => GatherAsync(site, stop, hold), new Willing()).RepairAsync(
            token: null, Cancellation);

    /// <summary>Says yes to all.</summary>
    private sealed class Willing : IRepairDialogue
    {
        public Task<RepairConsent> AskAsync(SummitRepairStep step, int number, int count, CancellationToken cancellation) =>
            Task.FromResult(RepairConsent.Yes);

        public IDisposable Begin(SummitRepairStep step) => new MemoryStream();
    }
}
