using System.Text;
using Summit.Ops.Lab.Shell;

namespace Summit.Ops.Lab.Tests.Shell;

public sealed class LineEditorTests
{
    [Theory]
    [InlineData("abc{LeftArrow}{LeftArrow}X{Enter}", "aXbc")]
    [InlineData("abc{Home}{Delete}{End}!{Enter}", "bc!")]
    [InlineData("one two{^W}three{Enter}", "one three")]
    [InlineData("one two{^LeftArrow}{^LeftArrow}zero {Enter}", "zero one two")]
    [InlineData("abc{^A}{^K}{Enter}", "")]
    [InlineData("abc{Escape}d{Enter}", "d")]
    [InlineData("a😀b{LeftArrow}{Backspace}{Enter}", "ab")]
    [InlineData("{UpArrow}{UpArrow}{Enter}", "older")]
    [InlineData("draft{UpArrow}{DownArrow}!{Enter}", "draft!")]
    [InlineData("{UpArrow}{UpArrow}{UpArrow}{Enter}", "older")]
    public void Keys_edit_the_line(string script, string expected)
    {
        var history = new InputHistory();
        history.Add("older");
        history.Add("newer");
        history.Add("newer");
        Assert.Equal((LineEnd.Entered, expected), Edit(script, history));
    }

    [Theory]
    [InlineData("abc{^C}", LineEnd.Cancelled)]
    [InlineData("{^D}", LineEnd.EndOfInput)]
    [InlineData("", LineEnd.EndOfInput)]
    public void A_line_may_end_otherwise(string script, object end) => Assert.Equal(end, Edit(script).End);

    [Fact]
    public void Control_D_in_a_line_deletes() => Assert.Equal((LineEnd.Entered, "bc"), Edit("abc{Home}{^D}{Enter}"));

    [Fact]
    public void A_masked_line_shows_asterisks_only()
    {
        var screen = new StringBuilder();
        var editor = new LineEditor(new ScriptedKeys("secret{Enter}"), text => screen.Append(text), () => 80);
        Assert.Equal((LineEnd.Entered, "secret"), editor.Read("P: ", mask: true));
        Assert.DoesNotContain("s", screen.ToString(), StringComparison.Ordinal);
        Assert.Contains("P: ******", screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_line_wraps_where_the_terminal_ends_and_comes_back()
    {
        var screen = new StringBuilder();
        // 3 + 9 columns on 10: two rows; the redraw at the end starts one row up
        new LineEditor(new ScriptedKeys("123456789{Enter}"), text => screen.Append(text), () => 10).Read("P> ");
        Assert.EndsWith("\e[1A\r\e[JP> 1234567\r\n89\r\e[2C\r\n", screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Tab_takes_the_common_start_lists_and_then_walks()
    {
        CompletionChoices Ask(string text, int cursor) => new(0, text.Length, [new("Get-SummitBackend", "Get-SummitBackend"), new("Get-SummitBackup", "Get-SummitBackup")]);
        Assert.Equal("Get-SummitBack", Complete("Get-S{Tab}{Enter}", Ask, out var screen));
        Assert.Contains("Get-SummitBackend  Get-SummitBackup\r\n", screen, StringComparison.Ordinal);
        Assert.Equal("Get-SummitBackend", Complete("Get-S{Tab}{Tab}{Enter}", Ask, out _));
        Assert.Equal("Get-SummitBackup", Complete("Get-S{Tab}{Tab}{Tab}{Enter}", Ask, out _));
        Assert.Equal("Get-SummitBackup", Complete("Get-S{Tab}{+Tab}{Enter}", Ask, out _));
    }

    [Fact]
    public void Tab_replaces_only_the_word()
    {
        Assert.Equal("x -Name y", Complete("x -N y{^LeftArrow}{LeftArrow}{Tab}{Enter}", (_, _) => new CompletionChoices(2, 2, [new("-Name", "Name")]), out _));
        Assert.Equal("x", Complete("x{Tab}{Enter}", (_, _) => null, out var screen));
        Assert.Contains("\a", screen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc", 10, "abc")]
    [InlineData("abcdefghijk", 10, "abcdefghi…")]
    [InlineData("日本語日本語", 10, "日本語日…")]
    public void Text_is_cut_by_columns(string text, int columns, string expected) => Assert.Equal(expected, TextCells.Truncate(text, columns));

    private static (LineEnd End, string Text) Edit(string script, InputHistory? history = null) => new LineEditor(new ScriptedKeys(script), _ => { }, () => 80).Read("> ", history);

    private static string Complete(string script, Func<string, int, CompletionChoices?> ask, out string screen)
    {
        var shown = new StringBuilder();
        var (_, text) = new LineEditor(new ScriptedKeys(script), piece => shown.Append(piece), () => 80).Read("> ", history: null, new TabCompletion(ask, () => 80));
        screen = shown.ToString();
        return text;
    }

    /// <summary>Keys from a script: characters as they are, <c>{Name}</c> a key by name, with ^ for Control and + for Shift.</summary>
    private sealed class ScriptedKeys(string script) : IKeyReader
    {
        private int _at;

        public bool MoreWaiting => false;

        public ConsoleKeyInfo? Read()
        {
            if (_at >= script.Length) return null;
            if (script[_at] != '{') return new ConsoleKeyInfo(script[_at++], default, shift: false, alt: false, control: false);
            var end = script.IndexOf('}', _at);
            var name = script[(_at + 1)..end];
            _at = end + 1;
            var control = name.StartsWith('^');
            var shift = name.StartsWith('+');
            return new ConsoleKeyInfo('\0', Enum.Parse<ConsoleKey>(name.TrimStart('^', '+')), shift, alt: false, control);
        }
    }
}
