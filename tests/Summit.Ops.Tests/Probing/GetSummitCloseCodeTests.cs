namespace Summit.Ops.Tests.Probing;

public sealed class GetSummitCloseCodeTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private async Task<IReadOnlyList<SummitCloseCode>> GetAsync(string arguments)
    {
        var result = await engine.InvokeAsync(arguments);
        Assert.Empty(result.Errors);
        return result.Of<SummitCloseCode>();
    }

    [Theory]
    [InlineData(1006, "AbnormalClosure", "nginx not configured for WebSocket")]
    [InlineData(1008, "PolicyViolation", "Authentication failed (bad token)")]
    [InlineData(1011, "InternalError", "Backend server error")]
    public async Task The_guides_codes_have_the_guides_sense(int code, string name, string sense)
    {
        var found = Assert.Single(await GetAsync($"Get-SummitCloseCode {code}"));
        Assert.Equal((code, name), (found.Code!.Value, found.Name));
        Assert.Contains(sense, found.UsualCause, StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(found.Run);
    }

    [Fact]
    public async Task A_refused_connection_has_a_name_and_no_code()
    {
        var found = Assert.Single(await GetAsync("Get-SummitCloseCode -Name ConnectionRefused"));
        Assert.Null(found.Code);
        Assert.Contains("Backend not running or port blocked", found.UsualCause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_arguments_it_lists_the_whole_registry()
    {
        var all = await GetAsync("Get-SummitCloseCode");
        int?[] codes = [.. Enumerable.Range(1000, 16), 3000, 3003, 3008, null];
        Assert.Equal(codes, all.Select(entry => entry.Code));
        Assert.Equal([1004, 1005, 1006, 1015, null], all.Where(entry => !entry.OnTheWire).Select(entry => entry.Code));
    }

    [Theory]
    [InlineData("'Policy Violation'", 1008)]
    [InlineData("policy*", 1008)]
    [InlineData("'Server Error'", 1011)]
    [InlineData("TlsHandshake", 1015)]
    public async Task Names_may_have_blanks_and_wildcards(string name, int code) => Assert.Equal(code, Assert.Single(await GetAsync($"Get-SummitCloseCode -Name {name}")).Code);

    [Theory]
    [InlineData(4001, "PrivateUse", true)]
    [InlineData(3500, "Unassigned", true)]
    [InlineData(1500, "Unassigned", false)]
    [InlineData(999, "NotUsed", false)]
    [InlineData(65535, "NotUsed", false)]
    public async Task A_code_that_is_not_registered_is_explained_by_its_range(int code, string name, bool wire)
    {
        var found = Assert.Single(await GetAsync($"{code} | Get-SummitCloseCode"));
        Assert.Equal((code, name, wire), (found.Code!.Value, found.Name, found.OnTheWire));
    }

    [Fact]
    public async Task A_probes_result_can_be_piped_in()
    {
        engine.Session.SetVariable("probe", new SummitWebSocketResult { Uri = "wss://host/ws", FailedStage = SummitProbeStage.Message, Cause = SummitCause.AuthenticationFailed, Explanation = "", CloseCode = 1008 });
        Assert.Equal("PolicyViolation", Assert.Single(await GetAsync("$probe | Get-SummitCloseCode")).Name);
    }

    [Fact]
    public async Task A_probe_that_never_opened_has_no_code_and_that_is_no_error()
    {
        engine.Session.SetVariable("probe", new SummitWebSocketResult { Uri = "wss://host/ws", FailedStage = SummitProbeStage.Tcp, Cause = SummitCause.NginxNotRunning, Explanation = "" });
        Assert.Empty(await GetAsync("$probe | Get-SummitCloseCode"));
        Assert.Equal([1006, 1008], (await GetAsync("Get-SummitCloseCode '1006', ([pscustomobject]@{ Code = 1008 })")).Select(entry => entry.Code!.Value));
    }

    [Theory]
    [InlineData("Get-SummitCloseCode 70000", "CloseCodeInvalid", "Get-SummitCloseCode")]
    [InlineData("Get-SummitCloseCode abc", "CloseCodeInvalid", "Get-SummitCloseCode")]
    [InlineData("'abc' | Get-SummitCloseCode", "CloseCodeInvalid", "Get-SummitCloseCode")]
    [InlineData("Get-SummitCloseCode 1006.5", "CloseCodeInvalid", "Get-SummitCloseCode")]
    [InlineData("Get-SummitCloseCode 99999999999", "CloseCodeInvalid", "Get-SummitCloseCode")]
    [InlineData("Get-SummitCloseCode 'Policy Violation'", "CloseCodeInvalid", "Get-SummitCloseCode -Name 'PolicyViolation'")]
    [InlineData("Get-SummitCloseCode -Name NoSuchCode", "CloseCodeNotFound", "Get-SummitCloseCode | ForEach-Object Name")]
    public async Task What_does_not_exist_is_a_clear_error(string script, string errorId, string action)
    {
        var result = await engine.InvokeAsync(script);
        var error = Assert.Single(result.Errors);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId);
        Assert.Equal(action, error.ErrorDetails.RecommendedAction);
    }
}
