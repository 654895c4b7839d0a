using System.Text;

namespace Summit.Ops.Lab.Shell;

/// <summary>Draws a prompt and the text being edited, over as many rows as they need, and redraws in place.</summary>
internal sealed class LineView(Action<string> write, Func<int> width)
{
    private int _cursorRow;

    /// <summary>Starts on a fresh row.</summary>
    public void Begin() => _cursorRow = 0;

    /// <summary>Draws all of it and puts the cursor at this position of the text.</summary>
    /// <param name="prompt">One line; colours are allowed.</param>
    /// <param name="text">The text; a line feed in it starts a new row.</param>
    /// <param name="cursor">An index into the text.</param>
    /// <param name="mask">Show an asterisk for each character.</param>
    public void Draw(string prompt, string text, int cursor, bool mask)
    {
        var columns = Math.Max(2, width());
        var screen = new StringBuilder();
        if (_cursorRow > 0) screen.Append("\e[").Append(_cursorRow).Append('A');
        screen.Append("\r\e[J").Append(prompt);

        var plain = System.Management.Automation.Host.PSHostUserInterface.GetOutputString(prompt, supportsVirtualTerminal: false);
        var promptCells = TextCells.Width(plain);
        var (row, column) = (promptCells / columns, promptCells % columns);
        if (column == 0 && promptCells > 0) screen.Append("\r\n");
        var (cursorRow, cursorColumn) = (row, column);

        var index = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (index == cursor) (cursorRow, cursorColumn) = (row, column);
            index += rune.Utf16SequenceLength;
            if (rune.Value == '\n')
            {
                screen.Append("\r\n");
                (row, column) = (row + 1, 0);
                continue;
            }

            var shown = mask ? new Rune('*') : Rune.IsControl(rune) ? new Rune('·') : rune;
            var cells = TextCells.Width(shown);
            if (column + cells > columns) NextRow();
            screen.Append(shown.ToString());
            column += cells;
            // a terminal leaves the cursor hanging behind a full row: go on by ourselves, so that it is where we think it is
            if (column == columns) NextRow();
        }

        if (cursor >= index) (cursorRow, cursorColumn) = (row, column);
        if (row > cursorRow) screen.Append("\e[").Append(row - cursorRow).Append('A');
        screen.Append('\r');
        if (cursorColumn > 0) screen.Append("\e[").Append(cursorColumn).Append('C');
        write(screen.ToString());
        _cursorRow = cursorRow;

        void NextRow()
        {
            screen.Append("\r\n");
            (row, column) = (row + 1, 0);
        }
    }
}
