using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;

namespace Summit.Ops.Core.Tests.PublicCases;

/// <summary>
/// What a diagnosis does to an nginx by looking at it: its handshakes go out side by side, and a limit counts them; and an nginx that
/// passes a request to itself uses up its connections for each of them.
/// </summary>
[Trait("Category", "Lab")]
public sealed class OwnProbesTests
{
    private const string Proxying =
        "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection WORD; proxy_set_header Host $host;";

    private static readonly string Headers = Proxying.Replace("WORD", "upgrade", StringComparison.Ordinal);

    [Theory]
    // three members: sixteen handshakes, of which two are allowed at a time
    [InlineData(
        "limit_conn_zone $server_name zone=sockets:1m; upstream app { server 127.0.0.1:@backend@; server 127.0.0.1:@backend2@; }",
        "limit_conn sockets 2; limit_conn_status 429; proxy_pass http://app;")]
    // the handshakes of both hops in one second
    [InlineData(
        "limit_req_zone $server_name zone=rate:1m rate=1r/s;", "limit_req zone=rate; proxy_pass http://127.0.0.1:@backend@;")]
    // Firefox's handshake is tried as well where the configuration tells browsers apart
    [InlineData(
        "limit_conn_zone $server_name zone=sockets:1m; map $http_connection $word { default upgrade; upgrade Upgrade; }",
        "limit_conn sockets 1; proxy_pass http://127.0.0.1:@backend@;", "$word")]
    // a page in place of the limit's own status
    [InlineData(
        "limit_conn_zone $server_name zone=sockets:1m;",
        "limit_conn sockets 1; error_page 503 =200 /busy; proxy_pass http://127.0.0.1:@backend@;")]
    public async Task A_limit_that_lets_a_client_through_is_no_fault_for_the_probes(string http, string location, string word = "upgrade")
    {
        if (await LabRequirement.NginxMissingAsync(TestContext.Current.CancellationToken) is { } reason) Assert.Skip(reason);
        await using var bench = await StartAsync(
            http,
            $"location = /busy {{ return 200 busy; }}\n"
                + $"location / {{ {location} {Proxying.Replace("WORD", word, StringComparison.Ordinal)} }}");

        var diagnosis = Verdict(await GatherAsync(bench));

        Assert.Equal(SummitCause.None, diagnosis.RootCause);
        Assert.True(diagnosis.Healthy);
    }

    [Fact]
    public async Task A_limit_that_refuses_the_client_by_itself_too_is_the_fault()
    {
        if (await LabRequirement.NginxMissingAsync(TestContext.Current.CancellationToken) is { } reason) Assert.Skip(reason);
        await using var bench = await StartAsync(
            "limit_req_zone $server_name zone=rate:1m rate=1r/m;",
            $"location / {{ limit_req zone=rate; proxy_pass http://127.0.0.1:@backend@; {Headers} }}");

        Assert.Equal(SummitCause.NginxRejectsHandshake, Verdict(await GatherAsync(bench)).RootCause);
    }

    [Theory]
    // the site's own port, and a second server block that leads back to it
    [InlineData("https://127.0.0.1:@port@", "")]
    [InlineData("http://127.0.0.1:@inner@", "https://127.0.0.1:@port@")]
    // the circle is behind the first one
    [InlineData("http://127.0.0.1:@inner@", "http://127.0.0.1:@inner@")]
    public async Task An_nginx_that_passes_the_request_to_itself_is_told_and_mended(string first, string second)
    {
        if (await LabRequirement.NginxMissingAsync(TestContext.Current.CancellationToken) is { } reason) Assert.Skip(reason);
        var inner = second.Length == 0
            ? ""
            : $"\nserver {{\nlisten 127.0.0.1:@inner@; server_name localhost; location / {{ proxy_pass {second}; {Headers} }}\n}}\n";
        var one = Case(
            $"server {{\nlisten 127.0.0.1:@port@ ssl; server_name localhost; @certificate@\n"
                + $"location / {{ proxy_pass {first}; {Headers} }}\n}}\n{inner}") with
        {
            Causes = ["NginxUpstreamMismatch"], Remedy = Remedy.Edit,
        };

        var outcome = await CaseOutcome.OfAsync(one);

        Assert.True(outcome is { Right: true, Opens: true }, $"{outcome}");
        Assert.Equal(SummitConfidence.High, outcome.Diagnosis.Confidence);
        Assert.Contains("to itself without end", outcome.Diagnosis.Causes[0].Evidence, StringComparison.Ordinal);
    }

    private static async Task<SiteEvidence> GatherAsync(CaseBench bench) =>
        await new SiteGatherer(TimeProvider.System, TimeSpan.FromSeconds(10)).GatherAsync(
            new LocalHost(), bench.Site, token: null, TestContext.Current.CancellationToken);

    private static SummitDiagnosis Verdict(SiteEvidence evidence) => Summit.Ops.Diagnosis.Verdict.Over(evidence, TimeSpan.Zero);

    private static Task<CaseBench> StartAsync(string http, string server) => CaseBench.StartAsync(
        Case($"{http}\nserver {{\nlisten 127.0.0.1:@port@ ssl; server_name localhost; @certificate@\n{server}\n}}\n"));

    private static PublicCase Case(string site) => new()
    {
        Name = "own-probes", Source = "", Seen = "", Backend2 = "path=/ws",
        Files = new Dictionary<string, string>(StringComparer.Ordinal) { ["site"] = site },
    };
}
