using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Summit.Ops.Text;

namespace Summit.Ops.Reporting.Html;

/// <summary>
/// A piece of HTML. It can only be made of literals of this program and of encoded values, so that no foreign text is ever markup.
/// </summary>
internal readonly struct Markup
{
    private readonly string? _text;

    private Markup(string text) => _text = text;

    /// <summary>Nothing.</summary>
    public static Markup None => default;

    /// <summary>
    /// Markup from an interpolated string: what stands between the holes is markup, and every value in a hole is encoded.
    /// </summary>
    public static Markup Of(MarkupHandler markup) => new(markup.Take());

    /// <summary>Several pieces, one after the other.</summary>
    public static Markup Join(IEnumerable<Markup> pieces) => new(string.Concat(pieces.Select(piece => piece._text)));

    /// <summary>A resource of this assembly, as it stands.</summary>
    public static Markup Trusted(string resource) => new(resource);

    /// <summary>The same with each heading one level further down: a page has one of the first level.</summary>
    public Markup OneLevelDown()
    {
        var text = ToString();
        for (var level = 5; level > 0; level--)
        {
            // encoded values hold no "<", so these are headings
            text = text.Replace($"<h{level} ", $"<h{level + 1} ", StringComparison.Ordinal)
                .Replace($"<h{level}>", $"<h{level + 1}>", StringComparison.Ordinal)
                .Replace($"</h{level}>", $"</h{level + 1}>", StringComparison.Ordinal);
        }

        return new(text);
    }

    /// <inheritdoc/>
    public override string ToString() => _text ?? "";

    /// <summary>Collects an interpolated string, encoding as it goes.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct MarkupHandler(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _text = new(literalLength + (formattedCount * 16));

        public void AppendLiteral(string literal) => _text.Append(literal);

        public void AppendFormatted(Markup piece) => _text.Append(piece._text);

        public void AppendFormatted(IEnumerable<Markup> pieces)
        {
            foreach (var piece in pieces) _text.Append(piece._text);
        }

        public void AppendFormatted(string? foreign) => _text.Append(Encode(foreign ?? ""));

        // a number that SVG reads: never a comma in it
        public void AppendFormatted(double number) => _text.Append(Math.Round(number, 2).ToString(CultureInfo.InvariantCulture));

        public void AppendFormatted(long number) => _text.Append(number.ToString(CultureInfo.InvariantCulture));

        public void AppendFormatted<T>(T word)
            where T : struct, Enum => _text.Append(Encode(word.ToString()));

        internal string Take() => _text.ToString();

        private static string Encode(string foreign) => WebUtility.HtmlEncode(ForeignText.VisibleLines(foreign));
    }
}
