using System.Management.Automation;
using System.Text;

namespace Summit.Ops.Lab.Shell;

/// <summary>Progress as one line at the bottom of a terminal's standard error, redrawn in place; nothing where standard error is no terminal.</summary>
internal sealed class ProgressLine(Terminal terminal)
{
    private readonly bool _shown = terminal is { ErrorIsTerminal: true, UnderstandsSequences: true };
    private readonly Dictionary<(long Source, int Activity), ProgressRecord> _active = [];
    private string _drawn = "";

    /// <summary>Takes a record in and draws the newest activity that is not completed.</summary>
    public void Update(long source, ProgressRecord record)
    {
        if (!_shown) return;
        var key = (source, record.ActivityId);
        _active.Remove(key);
        if (record.RecordType == ProgressRecordType.Completed)
        {
            if (_active.Count == 0) Clear();
            else Draw(Describe(_active.Values.Last()));
            return;
        }

        _active.Add(key, record);
        Draw(Describe(record));
    }

    /// <summary>Draws one line of text as progress.</summary>
    public void Draw(string text)
    {
        if (!_shown) return;
        var line = TextCells.Truncate(OneLine(text), Math.Max(10, terminal.Width - 1));
        if (line == _drawn) return;
        terminal.WriteError(terminal.ErrorColours ? $"\r\e[33;1m{line}\e[0m\e[K" : $"\r{line}\e[K");
        _drawn = line;
    }

    /// <summary>Takes the line away; the next record draws it again.</summary>
    public void Clear()
    {
        if (_drawn.Length == 0) return;
        terminal.WriteError("\r\e[K");
        _drawn = "";
    }

    /// <summary>Forgets every activity and takes the line away: the pipeline has ended, whether or not it completed its records.</summary>
    public void Reset()
    {
        _active.Clear();
        Clear();
    }

    private static string Describe(ProgressRecord record)
    {
        var text = new StringBuilder(record.Activity);
        if (!string.IsNullOrWhiteSpace(record.StatusDescription)) text.Append(": ").Append(record.StatusDescription);
        if (record.PercentComplete is >= 0 and <= 100) text.Append(' ').Append(record.PercentComplete).Append('%');
        if (record.SecondsRemaining > 0) text.Append(" (").Append(record.SecondsRemaining).Append(" s left)");
        if (!string.IsNullOrWhiteSpace(record.CurrentOperation)) text.Append(", ").Append(record.CurrentOperation);
        return text.ToString();
    }

    private static string OneLine(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < source.Length; i++) span[i] = char.IsControl(source[i]) ? ' ' : source[i];
    });
}
