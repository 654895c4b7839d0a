namespace Summit.Ops.Lab.Shell;

/// <summary>How an edited line ended.</summary>
internal enum LineEnd
{
    /// <summary>Enter.</summary>
    Entered,

    /// <summary>Ctrl+C.</summary>
    Cancelled,

    /// <summary>Ctrl+D on an empty line, or the end of the keys.</summary>
    EndOfInput,
}

/// <summary>Edits one input on a terminal: cursor keys, words, history, completion.</summary>
internal sealed class LineEditor(IKeyReader keys, Action<string> write, Func<int> width)
{
    private readonly LineView _view = new(write, width);
    private string _text = "";
    private int _cursor;

    /// <summary>Reads one input.</summary>
    /// <param name="prompt">Shown before it; its last line if there are several.</param>
    /// <param name="history">What the up and down keys walk; null for nothing.</param>
    /// <param name="completion">What Tab asks; null for nothing.</param>
    /// <param name="mask">Show asterisks.</param>
    public (LineEnd End, string Text) Read(string prompt, InputHistory? history = null, TabCompletion? completion = null, bool mask = false)
    {
        (_text, _cursor) = ("", 0);
        history?.Rewind();
        completion?.Reset();
        _view.Begin();
        _view.Draw(prompt, _text, _cursor, mask);
        while (true)
        {
            if (keys.Read() is not { } key) return Finish(LineEnd.EndOfInput);
            if (key.Key != ConsoleKey.Tab) completion?.Reset();
            switch (Action(key))
            {
                case EditAction.Enter:
                    return Finish(LineEnd.Entered);
                case EditAction.Cancel:
                    return Finish(LineEnd.Cancelled);
                case EditAction.EndOfInput when _text.Length == 0:
                    return Finish(LineEnd.EndOfInput);
                case EditAction.EndOfInput or EditAction.Delete:
                    Remove(_cursor, Next(_cursor));
                    break;
                case EditAction.Backspace:
                    Remove(Previous(_cursor), _cursor);
                    break;
                case EditAction.Left:
                    _cursor = Previous(_cursor);
                    break;
                case EditAction.Right:
                    _cursor = Next(_cursor);
                    break;
                case EditAction.WordLeft:
                    _cursor = WordStart();
                    break;
                case EditAction.WordRight:
                    _cursor = WordEnd();
                    break;
                case EditAction.Home:
                    _cursor = 0;
                    break;
                case EditAction.End:
                    _cursor = _text.Length;
                    break;
                case EditAction.RemoveToStart:
                    Remove(0, _cursor);
                    break;
                case EditAction.RemoveToEnd:
                    Remove(_cursor, _text.Length);
                    break;
                case EditAction.RemoveWord:
                    Remove(WordStart(), _cursor);
                    break;
                case EditAction.RemoveAll:
                    (_text, _cursor) = ("", 0);
                    break;
                case EditAction.ClearScreen:
                    write("\e[H\e[2J");
                    _view.Begin();
                    break;
                case EditAction.Older:
                    Replace(history?.Previous(_text));
                    break;
                case EditAction.Newer:
                    Replace(history?.Next());
                    break;
                case EditAction.Complete:
                    Complete(completion, backwards: key.Modifiers.HasFlag(ConsoleModifiers.Shift));
                    break;
                case EditAction.Insert:
                    _text = _text.Insert(_cursor, key.KeyChar.ToString());
                    _cursor++;
                    break;
                default:
                    continue;
            }

            if (!keys.MoreWaiting) _view.Draw(prompt, _text, _cursor, mask);
        }

        (LineEnd, string) Finish(LineEnd end)
        {
            // leave the whole input on the screen and go below it
            _view.Draw(prompt, _text, _text.Length, mask);
            write(end == LineEnd.Cancelled ? "^C\r\n" : "\r\n");
            return (end, _text);
        }
    }

    private static EditAction Action(ConsoleKeyInfo key)
    {
        var control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        var alt = key.Modifiers.HasFlag(ConsoleModifiers.Alt);
        return key.Key switch
        {
            ConsoleKey.Enter => EditAction.Enter,
            ConsoleKey.J or ConsoleKey.M when control => EditAction.Enter,
            ConsoleKey.C when control => EditAction.Cancel,
            ConsoleKey.D when control => EditAction.EndOfInput,
            ConsoleKey.Backspace when control || alt => EditAction.RemoveWord,
            ConsoleKey.W when control => EditAction.RemoveWord,
            ConsoleKey.Backspace => EditAction.Backspace,
            ConsoleKey.H when control => EditAction.Backspace,
            ConsoleKey.Delete => EditAction.Delete,
            ConsoleKey.LeftArrow when control || alt => EditAction.WordLeft,
            ConsoleKey.B when alt => EditAction.WordLeft,
            ConsoleKey.RightArrow when control || alt => EditAction.WordRight,
            ConsoleKey.F when alt => EditAction.WordRight,
            ConsoleKey.LeftArrow => EditAction.Left,
            ConsoleKey.B when control => EditAction.Left,
            ConsoleKey.RightArrow => EditAction.Right,
            ConsoleKey.F when control => EditAction.Right,
            ConsoleKey.Home => EditAction.Home,
            ConsoleKey.A when control => EditAction.Home,
            ConsoleKey.End => EditAction.End,
            ConsoleKey.E when control => EditAction.End,
            ConsoleKey.U when control => EditAction.RemoveToStart,
            ConsoleKey.K when control => EditAction.RemoveToEnd,
            ConsoleKey.L when control => EditAction.ClearScreen,
            ConsoleKey.Escape => EditAction.RemoveAll,
            ConsoleKey.UpArrow => EditAction.Older,
            ConsoleKey.P when control => EditAction.Older,
            ConsoleKey.DownArrow => EditAction.Newer,
            ConsoleKey.N when control => EditAction.Newer,
            ConsoleKey.Tab => EditAction.Complete,
            _ when !char.IsControl(key.KeyChar) => EditAction.Insert,
            _ => EditAction.None,
        };
    }

    private void Complete(TabCompletion? completion, bool backwards)
    {
        if (completion?.Next(_text, _cursor, backwards) is not { } step)
        {
            write("\a");
            return;
        }

        if (step.Listing.Length > 0)
        {
            // the choices go below the input, which is drawn again below them
            write("\r\n" + step.Listing.ReplaceLineEndings("\r\n"));
            _view.Begin();
        }

        (_text, _cursor) = (step.Text, step.Cursor);
    }

    private void Replace(string? text)
    {
        if (text is null) write("\a");
        else (_text, _cursor) = (text, text.Length);
    }

    private void Remove(int from, int to)
    {
        _text = _text.Remove(from, to - from);
        _cursor = from;
    }

    private int Previous(int at) => at == 0 ? 0 : at > 1 && char.IsSurrogatePair(_text[at - 2], _text[at - 1]) ? at - 2 : at - 1;

    private int Next(int at) => at >= _text.Length ? _text.Length : at + 1 < _text.Length && char.IsSurrogatePair(_text[at], _text[at + 1]) ? at + 2 : at + 1;

    private int WordStart()
    {
        var at = _cursor;
        while (at > 0 && !char.IsLetterOrDigit(_text[at - 1])) at--;
        while (at > 0 && char.IsLetterOrDigit(_text[at - 1])) at--;
        return at;
    }

    private int WordEnd()
    {
        var at = _cursor;
        while (at < _text.Length && !char.IsLetterOrDigit(_text[at])) at++;
        while (at < _text.Length && char.IsLetterOrDigit(_text[at])) at++;
        return at;
    }

    private enum EditAction
    {
        None,
        Insert,
        Enter,
        Cancel,
        EndOfInput,
        Backspace,
        Delete,
        Left,
        Right,
        WordLeft,
        WordRight,
        Home,
        End,
        RemoveToStart,
        RemoveToEnd,
        RemoveWord,
        RemoveAll,
        ClearScreen,
        Older,
        Newer,
        Complete,
    }
}
