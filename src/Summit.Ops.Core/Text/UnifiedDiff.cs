using System.Text;
using DiffPlex;
using DiffPlex.Chunkers;

namespace Summit.Ops.Text;

/// <summary>A change as a unified diff: the format of <c>diff -u</c>, three lines of context.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>The diff; empty where the texts are the same.</summary>
    /// <param name="before">The old text; null for a file that is not there.</param>
    /// <param name="after">The new text.</param>
    /// <param name="path">The file's path for the header.</param>
    public static string Of(string? before, string after, string path)
    {
        if (before == after) return "";
        var old = before ?? "";
        var result = Differ.Instance.CreateDiffs(
            old, after, ignoreWhiteSpace: false, ignoreCase: false, new LineEndingsPreservingChunker());
        var text = new StringBuilder()
            .Append("--- ").AppendLine(before is null ? "/dev/null" : path)
            .Append("+++ ").AppendLine(path);

        var blocks = result.DiffBlocks;
        for (var first = 0; first < blocks.Count;)
        {
            // blocks whose contexts touch are one hunk
            var last = first;
            while (last + 1 < blocks.Count
                && blocks[last + 1].DeleteStartA - (blocks[last].DeleteStartA + blocks[last].DeleteCountA) <= 2 * Context)
            {
                last++;
            }

            var startA = Math.Max(0, blocks[first].DeleteStartA - Context);
            var startB = Math.Max(0, blocks[first].InsertStartB - Context);
            var endA = Math.Min(result.PiecesOld.Count, blocks[last].DeleteStartA + blocks[last].DeleteCountA + Context);
            var endB = Math.Min(result.PiecesNew.Count, blocks[last].InsertStartB + blocks[last].InsertCountB + Context);
            text.Append("@@ -").Append(Range(startA, endA - startA)).Append(" +").Append(Range(startB, endB - startB)).AppendLine(" @@");

            var at = startA;
            for (var block = first; block <= last; block++)
            {
                for (; at < blocks[block].DeleteStartA; at++) Line(text, ' ', result.PiecesOld[at]);
                for (var i = 0; i < blocks[block].DeleteCountA; i++) Line(text, '-', result.PiecesOld[at++]);
                for (var i = 0; i < blocks[block].InsertCountB; i++) Line(text, '+', result.PiecesNew[blocks[block].InsertStartB + i]);
            }

            for (; at < endA; at++) Line(text, ' ', result.PiecesOld[at]);
            first = last + 1;
        }

        return text.ToString();
    }

    private static string Range(int start, int count) => count == 1 ? $"{start + 1}" : $"{(count == 0 ? start : start + 1)},{count}";

    private static void Line(StringBuilder text, char mark, string piece)
    {
        var line = piece.EndsWith('\n') ? piece[..^1] : piece;
        text.Append(mark).AppendLine(ForeignText.Visible(line.Replace("\t", "    ", StringComparison.Ordinal)));
        if (!piece.EndsWith('\n')) text.AppendLine("\\ No newline at end of file");
    }
}
