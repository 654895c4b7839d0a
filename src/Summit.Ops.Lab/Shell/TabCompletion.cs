using System.Text;

namespace Summit.Ops.Lab.Shell;

/// <summary>One thing the word at the cursor may become.</summary>
/// <param name="Text">The completed word.</param>
/// <param name="Label">As shown in a list.</param>
internal sealed record CompletionChoice(string Text, string Label);

/// <summary>What the word at the cursor may become, and which part of the input that word is.</summary>
/// <param name="Start">Where the word starts.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Choices">The choices, in the engine's order.</param>
internal sealed record CompletionChoices(int Start, int Length, IReadOnlyList<CompletionChoice> Choices);

/// <summary>The state of the Tab key: the first completes as far as it is clear and lists the choices, the next ones walk through them.</summary>
internal sealed class TabCompletion(Func<string, int, CompletionChoices?> ask, Func<int> width)
{
    private const int ListAtMost = 100;

    private CompletionChoices? _choices;
    private string _before = "";
    private string _after = "";
    private int _index = -1;

    /// <summary>What Tab does to the input.</summary>
    /// <param name="Text">The input after it.</param>
    /// <param name="Cursor">The cursor after it.</param>
    /// <param name="Listing">Lines to show below the input; empty for none.</param>
    internal sealed record Step(string Text, int Cursor, string Listing);

    /// <summary>Another key was pressed: the next Tab asks anew.</summary>
    public void Reset() => _choices = null;

    /// <summary>Tab was pressed; null where there is nothing to complete.</summary>
    public Step? Next(string text, int cursor, bool backwards)
    {
        if (_choices is not null) return Walk(backwards);

        var found = ask(text, cursor);
        if (found is null || found.Choices.Count == 0) return null;
        _before = text[..found.Start];
        _after = text[(found.Start + found.Length)..];
        if (found.Choices.Count == 1) return Put(found.Choices[0].Text, "");

        _choices = found;
        _index = -1;
        var word = text.Substring(found.Start, found.Length);
        var common = CommonStart(found.Choices);
        return Put(common.Length > word.Length && common.StartsWith(word, StringComparison.OrdinalIgnoreCase) ? common : word, List(found.Choices));
    }

    private static string CommonStart(IReadOnlyList<CompletionChoice> choices)
    {
        var common = choices[0].Text;
        foreach (var choice in choices)
        {
            var length = 0;
            while (length < common.Length && length < choice.Text.Length && char.ToUpperInvariant(common[length]) == char.ToUpperInvariant(choice.Text[length])) length++;
            common = common[..length];
        }

        return common;
    }

    private Step Walk(bool backwards)
    {
        var count = _choices!.Choices.Count;
        _index = backwards ? (_index <= 0 ? count : _index) - 1 : (_index + 1) % count;
        return Put(_choices.Choices[_index].Text, "");
    }

    private Step Put(string word, string listing) => new(_before + word + _after, _before.Length + word.Length, listing);

    private string List(IReadOnlyList<CompletionChoice> choices)
    {
        string[] labels = [.. choices.Take(ListAtMost).Select(choice => choice.Label)];
        var column = labels.Max(label => TextCells.Width(label)) + 2;
        var perRow = Math.Max(1, (width() - 1) / column);
        var rows = (labels.Length + perRow - 1) / perRow;
        var text = new StringBuilder();
        for (var row = 0; row < rows; row++)
        {
            for (var i = row; i < labels.Length; i += rows) text.Append(labels[i]).Append(' ', i + rows < labels.Length ? column - TextCells.Width(labels[i]) : 0);
            text.Append('\n');
        }

        if (choices.Count > labels.Length) text.Append("… and ").Append(choices.Count - labels.Length).Append(" more\n");
        return text.ToString();
    }
}
