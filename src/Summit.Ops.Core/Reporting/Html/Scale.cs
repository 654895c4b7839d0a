namespace Summit.Ops.Reporting.Html;

/// <summary>An axis from zero to a round number.</summary>
/// <param name="End">Its end.</param>
/// <param name="Ticks">The marks on it, zero among them.</param>
internal sealed record Scale(double End, IReadOnlyList<double> Ticks)
{
    private const int Steps = 5;

    /// <summary>The smallest axis with round marks that holds the value.</summary>
    public static Scale For(double greatest)
    {
        var rough = Math.Max(greatest, 0.001) / Steps;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = new[] { 1.0, 2, 2.5, 5, 10 }.First(factor => factor * power >= rough * 0.9999) * power;
        var count = (int)Math.Ceiling(greatest / step - 1e-9);
        return new Scale(Math.Max(1, count) * step, [.. Enumerable.Range(0, Math.Max(1, count) + 1).Select(i => i * step)]);
    }
}
