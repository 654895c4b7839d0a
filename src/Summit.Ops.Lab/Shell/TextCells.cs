using System.Text;

namespace Summit.Ops.Lab.Shell;

/// <summary>How many columns text takes on a terminal.</summary>
internal static class TextCells
{
    /// <summary>Columns of a rune: 0 for a combining mark, 2 for East Asian wide and emoji, else 1.</summary>
    public static int Width(Rune rune)
    {
        var value = rune.Value;
        if (value < 0x300) return 1;
        if (Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.EnclosingMark or System.Globalization.UnicodeCategory.Format) return 0;
        return value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF and not 0x303F) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1F64F) or (>= 0x1F900 and <= 0x1F9FF) or (>= 0x20000 and <= 0x3FFFD)
            ? 2
            : 1;
    }

    /// <summary>Columns of text without control sequences.</summary>
    public static int Width(ReadOnlySpan<char> text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes()) width += Width(rune);
        return width;
    }

    /// <summary>The text, cut with an ellipsis where it is wider than this.</summary>
    public static string Truncate(string text, int columns)
    {
        if (text.Length * 2 <= columns || Width(text) <= columns) return text;
        var width = 0;
        var end = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Width(rune);
            if (width > columns - 1) break;
            end += rune.Utf16SequenceLength;
        }

        return text[..end] + "…";
    }
}
