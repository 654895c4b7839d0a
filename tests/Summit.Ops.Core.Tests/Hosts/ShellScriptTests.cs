using Summit.Ops.Errors;
using Summit.Ops.Hosts;

namespace Summit.Ops.Core.Tests.Hosts;

public sealed class ShellScriptTests
{
    private static readonly string[] Pieces =
    [
        "'", "\"", "$(touch /tmp/summit-never)", "`id`", ";", "\n", "\\", "${HOME}", "*", "-n", " ", "é", "日", "#", "&", "|", "%s", "\t",
        "=", "!",
    ];

    [Fact]
    public async Task Any_value_arrives_as_it_is()
    {
        var random = new Random(20261124);
        var values = Enumerable.Range(0, 400)
            .Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Pieces[random.Next(Pieces.Length)]))).ToList();
        var script = new System.Text.StringBuilder("summit_main() {\n");
        foreach (var value in values) script.Append("printf '%s\\0' ").Append(ShellScript.Quote(value)).Append('\n');
        script.Append("}\nsummit_main </dev/null\n");

        var result = await new LocalHost().RunAsync(
            new HostScript("echo", script.ToString(), TimeSpan.FromSeconds(20), ReadOnly: true), TestContext.Current.CancellationToken);

        Assert.Equal(values, result.Output.Split('\0')[..^1]);
        Assert.False(File.Exists("/tmp/summit-never"));
    }

    [Fact]
    public void A_nul_is_refused() =>
        Assert.Equal("ValueHasNul", Assert.Throws<SummitArgumentException>(() => ShellScript.Quote("a\0b")).ErrorId);

    [Theory]
    [InlineData("nginx", new[] { "nginx" })]
    [InlineData("docker exec web nginx", new[] { "docker", "exec", "web", "nginx" })]
    [InlineData("'/opt/my nginx/nginx' -e \"a b\"", new[] { "/opt/my nginx/nginx", "-e", "a b" })]
    [InlineData("a\\ b $(c)", new[] { "a b", "$(c)" })]
    [InlineData("x ''", new[] { "x", "" })]
    public void A_command_line_is_split_as_a_shell_splits_it_and_nothing_is_expanded(string command, string[] words) =>
        Assert.Equal(words, ShellScript.SplitCommand(command));

    [Theory]
    [InlineData("nginx 'x")]
    [InlineData("")]
    [InlineData("   ")]
    public void A_command_that_is_none_is_refused(string command) =>
        Assert.Equal("CommandNotUnderstood", Assert.Throws<SummitArgumentException>(() => ShellScript.SplitCommand(command)).ErrorId);

    [Fact]
    public async Task A_script_that_was_cut_off_does_nothing()
    {
        var file = Path.Combine(Path.GetTempPath(), $"summit-{Guid.NewGuid():N}");
        var whole = ShellScript.Compose([new("TARGET", file)], "prelude.sh")
            .Replace("}\nsummit_main", "touch \"$TARGET\"\n}\nsummit_main", StringComparison.Ordinal);

        // with the call in its last line the script is whole
        var call = whole.LastIndexOf("summit_main", StringComparison.Ordinal) + "summit_main".Length;
        for (var length = 0; length < call; length += 37)
        {
            await new LocalHost().RunAsync(
                new HostScript("cut", whole[..length], TimeSpan.FromSeconds(20), ReadOnly: true), TestContext.Current.CancellationToken);
            Assert.False(File.Exists(file), $"cut at {length}");
        }

        await new LocalHost().RunAsync(
            new HostScript("whole", whole, TimeSpan.FromSeconds(20), ReadOnly: true), TestContext.Current.CancellationToken);
        Assert.True(File.Exists(file));
        File.Delete(file);
    }
}
