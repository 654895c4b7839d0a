using System.Text;

namespace Summit.Ops.Text;

/// <summary>Prose broken between words, for text that no view wraps: what a cmdlet would do, and asks about.</summary>
internal static class Wrapping
{
    private const int Width = 79;

    /// <summary>The text in lines of at most 79 columns, where its words allow that.</summary>
    /// <param name="text">The text.</param>
    /// <param name="first">What the first line begins with; the others are indented as far.</param>
    public static string Of(string text, string first = "")
    {
        var result = new StringBuilder(first);
        var indent = new string(' ', first.Length);
        var column = first.Length;
        foreach (var word in text.Split(' '))
        {
            if (column > first.Length && column + 1 + word.Length > Width)
            {
                result.Append('\n').Append(indent);
                column = first.Length;
            }
            else if (column > first.Length)
            {
                result.Append(' ');
                column++;
            }

            result.Append(word);
            column += word.Length;
        }

        return result.ToString();
    }

    /// <summary>Numbered steps, one below the other.</summary>
    public static string Steps(IEnumerable<string> steps) => string.Join('\n', steps.Select((step, index) => Of(step, $"  {index + 1}. ")));
}
