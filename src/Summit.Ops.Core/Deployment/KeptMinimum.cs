using System.Globalization;
using Summit.Ops.Errors;

namespace Summit.Ops.Deployment;

/// <summary>How many of the WebSockets that are held must outlive a change: a number of them, or a share (<c>100%</c>).</summary>
internal readonly record struct KeptMinimum
{
    private readonly double _value;
    private readonly bool _isShare;

    private KeptMinimum(double value, bool isShare) => (_value, _isShare) = (value, isShare);

    /// <summary>Whether it asks for any at all.</summary>
    public bool AsksForAny => _value > 0;

    /// <summary>Reads it.</summary>
    /// <param name="text">For example <c>3</c> or <c>100%</c>.</param>
    /// <param name="held">How many are to be held.</param>
    /// <exception cref="SummitArgumentException">It is no number, or more than there can be.</exception>
    public static KeptMinimum Parse(string text, int held)
    {
        var word = text.Trim();
        var isShare = word.EndsWith('%');
        var highest = isShare ? 100 : held;
        if (!double.TryParse(word.TrimEnd('%').TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            || value > highest
            || (!isShare && value != Math.Floor(value)))
        {
            throw new SummitArgumentException(
                "MinimumKeptInvalid",
                $"'{text}' is no minimum: it is a share (0% to 100%), or a number up to -HoldConnection, "
                    + $"which is {held.ToString(CultureInfo.InvariantCulture)}.",
                text,
                "-HoldConnection 10 -MinimumKept 100%");
        }

        return new KeptMinimum(value, isShare);
    }

    /// <summary>Whether enough were kept. Of fewer than asked for that could be held, none may be lost.</summary>
    public bool IsMetBy(int held, int kept) => _isShare ? kept * 100.0 >= held * _value : kept >= Math.Min(_value, held);

    /// <inheritdoc/>
    public override string ToString() => _value.ToString("0.##", CultureInfo.InvariantCulture) + (_isShare ? "%" : "");
}
