using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests;

public sealed class EngineFixtureTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public async Task The_module_comes_from_the_manifest_at_the_root()
    {
        var result = await engine.InvokeAsync("(Get-Module Summit.Ops).Path; (Get-Command New-SummitSite).Module.ModuleBase");
        Assert.Empty(result.Errors);
        Assert.Equal([Path.Combine(BuiltModule.Root, "bin", "Summit.Ops.dll"), BuiltModule.Root], result.Of<string>());
    }

    [Fact]
    public async Task Core_comes_from_the_built_module_too()
    {
        var result = await engine.InvokeAsync("[Summit.Ops.SummitSite].Assembly.Location");
        Assert.Equal([Path.Combine(BuiltModule.Root, "bin", "Summit.Ops.Core.dll")], result.Of<string>());
        Assert.Equal(typeof(SummitSite).Assembly.Location, result.Of<string>()[0]);
    }

    [Fact]
    public async Task Every_stream_is_collected()
    {
        var result = await engine.InvokeAsync(
            "function Talk { [CmdletBinding()] param() $PSCmdlet.WriteVerbose('v'); $PSCmdlet.WriteWarning('w'); $PSCmdlet.WriteObject(1); "
                + "$PSCmdlet.WriteInformation('i', @('tag')) }; Talk -Verbose; Get-NoSuchThing; throw 'end'");
        Assert.Equal([1], result.Of<int>());
        Assert.Equal(["v"], result.Verbose);
        Assert.Equal(["w"], result.Warnings);
        Assert.Equal("i", Assert.Single(result.Information).MessageData);
        Assert.Equal(["end", "end"], new[] { result.Errors[^1].Exception.Message, result.Terminating?.Exception.Message });
        Assert.Equal(2, result.Errors.Count);
    }

    [Fact]
    public async Task Rendered_output_is_plain_text()
    {
        var result = await engine.RenderAsync("New-SummitSite; \"`e[31mred`e[0m\"");
        Assert.Empty(result.Errors);
        Assert.Contains("summit-api", result.HostText, StringComparison.Ordinal);
        Assert.Contains("\nred\n", result.HostText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_script_is_stopped()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var result = await engine.InvokeAsync("while ($true) { }", cancellation.Token);
        Assert.True(result.Stopped);
        Assert.Equal([2], (await engine.InvokeAsync("1 + 1")).Of<int>());
    }
}
