using System.Globalization;
using System.Management.Automation.Language;
using System.Text;
using Summit.Ops.Checks;
using Summit.Ops.Hosts;
using Summit.Ops.Text;

namespace Summit.Ops.Core.Tests.Text;

/// <summary>A hostile value inside a proposed command is one argument, and no more than that, for whoever pastes the line.</summary>
public sealed class CommandWordTests
{
    private static readonly string[] Pieces =
    [
        "$(touch /tmp/summit-pasted)", "`id`", ";", "\n", "\r\n", "|", "&", "&&", "${HOME}", "$x", "@{", "}", "(", ")",
        "#", " # ", "--%", "-Site", "\\", "%", "!", "~", "*", "?",
        " ", "\t", "\0", "\x1b[2J", "\x7f", "\x9b", "\u202e", "\u2028", "é", "日", "😀", "'; touch /tmp/summit-pasted #",
        "Invoke-SummitDiagnostic", "Get-SummitNginxConfig -Path x",
        .. Quotes(),
    ];

    [Fact]
    public void PowerShell_reads_exactly_the_value_and_no_other_command()
    {
        foreach (var value in Values(1500))
        {
            foreach (var word in new[] { PowerShellWord.Quote(value), PowerShellWord.Of(value) })
            {
                var line = $"Get-Item -Path {word} -Force   # {word} is meant";
                var command = Only(line, value);
                Assert.Equal(4, command.CommandElements.Count);
                Assert.Equal(value, Text(command.CommandElements[2]));
                Assert.Equal(ForeignText.Visible(line), line);
            }
        }
    }

    [Fact]
    public async Task Sh_reads_exactly_the_value_and_runs_nothing()
    {
        var values = Values(400).Where(value => !value.Contains('\0', StringComparison.Ordinal) && !value.EndsWith('\n')).ToList();
        var script = new StringBuilder("summit_main() {\n");
        foreach (var value in values)
        {
            script.Append("printf '%s\\0' ").Append(ShellWord.Quote(value)).Append("   # ").Append(ShellWord.Quote(value))
                .Append(" is meant\n");
        }

        var done = await new LocalHost().RunAsync(
            new HostScript("paste", script.Append("}\nsummit_main </dev/null\n").ToString(), TimeSpan.FromMinutes(2), ReadOnly: true),
            TestContext.Current.CancellationToken);

        Assert.Equal("", done.Error);
        Assert.Equal(values, done.Output.Split('\0')[..^1]);
        Assert.False(File.Exists("/tmp/summit-pasted"));
    }

    [Fact]
    public void A_line_for_sh_that_is_pasted_into_PowerShell_runs_nothing_else()
    {
        foreach (var value in Values(600))
        {
            var line = $"cat {ShellWord.Quote(value)}";
            Assert.Equal(-1, line.IndexOfAny(['\n', '\r', '\x1b', '\x9b']));
            var parsed = Parser.ParseInput(line, out _, out var errors);
            Assert.Empty(errors);
            Assert.All(
                parsed.FindAll(part => part is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>(),
                command => Assert.True(command.GetCommandName() is "cat" or "printf", line));
        }
    }

    [Fact]
    public void A_command_is_aimed_at_a_site_outside_of_its_values_only()
    {
        foreach (var value in Values(600).Where(value => !value.Contains('\0', StringComparison.Ordinal)))
        {
            var site = new SummitSite { ServerName = "x.example.com" };
            var line = AimedCommand.At(
                $"Get-SummitNginxConfig -Path {PowerShellWord.Quote(value)} | Test-SummitNginxConfig", site, SummitTarget.Local);
            var commands = Parser.ParseInput(line, out _, out var errors)
                .FindAll(part => part is CommandAst, searchNestedScriptBlocks: true)
                .Cast<CommandAst>().ToList();
            Assert.Empty(errors);
            Assert.All(commands, command => Assert.True(
                command.GetCommandName() is "Get-SummitNginxConfig" or "Test-SummitNginxConfig" or "New-SummitSite", line));
            Assert.Equal(value, Text(commands[0].CommandElements[2]));
        }
    }

    private static CommandAst Only(string line, string value)
    {
        var parsed = Parser.ParseInput(line, out _, out var errors);
        Assert.True(errors.Length == 0, $"{value}: {line}");
        var statement = Assert.Single(parsed.EndBlock.Statements);
        return Assert.IsType<CommandAst>(Assert.Single(Assert.IsType<PipelineAst>(statement).PipelineElements));
    }

    private static string Text(CommandElementAst element) => element switch
    {
        StringConstantExpressionAst constant => constant.Value,
        ConstantExpressionAst number => number.Extent.Text,
        _ => throw new InvalidOperationException($"{element.GetType().Name}: {element.Extent.Text}"),
    };

    private static List<string> Values(int count)
    {
        var random = new Random(13);
        return [.. Pieces.Where(piece => piece.Length > 0), .. Enumerable.Range(0, count)
            .Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => Pieces[random.Next(Pieces.Length)])))];
    }

    /// <summary>Every character that Unicode calls an opening or a closing quote, and those that PowerShell calls so besides.</summary>
    private static IEnumerable<string> Quotes() => Enumerable.Range(0, char.MaxValue + 1).Select(code => (char)code)
        .Where(character => char.GetUnicodeCategory(character) is UnicodeCategory.InitialQuotePunctuation
            or UnicodeCategory.FinalQuotePunctuation || character is '\'' or '"' or '\u201a' or '\u201e')
        .Select(character => $"{character}");
}
