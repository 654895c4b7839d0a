using Summit.Ops.Help;

namespace Summit.Ops.Tests.Help;

public sealed class InitialValuesTests
{
    private static readonly InitialValues Values = new(typeof(WithDefaults).Assembly.Location);

    [Theory]
    [InlineData(nameof(WithDefaults.Count), 10)]
    [InlineData(nameof(WithDefaults.Large), 100_000)]
    [InlineData(nameof(WithDefaults.Minus), -1)]
    [InlineData(nameof(WithDefaults.Maybe), 5)]
    [InlineData(nameof(WithDefaults.Text), "it")]
    [InlineData(nameof(WithDefaults.Day), (int)DayOfWeek.Friday)]
    [InlineData(nameof(WithDefaults.Yes), 1)]
    [InlineData(nameof(WithDefaults.Inherited), 3)]
    public void A_constant_is_read(string property, object expected) => Assert.Equal(expected, Of(property));

    [Fact]
    public void A_time_span_of_a_constant_is_read() => Assert.Equal(TimeSpan.FromMilliseconds(250), Of(nameof(WithDefaults.Settle)));

    [Theory]
    [InlineData(nameof(WithDefaults.Nothing))]
    [InlineData(nameof(WithDefaults.Computed))]
    [InlineData(nameof(WithDefaults.Names))]
    public void What_is_no_constant_is_not_guessed(string property) => Assert.Null(Of(property));

    private static object? Of(string property) =>
        Values.Of(typeof(WithDefaults).GetProperty(property)!.DeclaringType!.FullName!, property);
}

public class WithInheritedDefault
{
    public int Inherited { get; set; } = 3;
}

public sealed class WithDefaults : WithInheritedDefault
{
    public int Count { get; set; } = 10;

    public int Large { get; set; } = 100_000;

    public int Minus { get; set; } = -1;

    public int? Maybe { get; set; } = 5;

    public string Text { get; set; } = "it";

    public DayOfWeek Day { get; set; } = DayOfWeek.Friday;

    public bool Yes { get; set; } = true;

    public TimeSpan Settle { get; set; } = TimeSpan.FromMilliseconds(250d); // the only overload that .NET 8 has

    public int Nothing { get; set; }

    public int Computed { get; set; } = Environment.ProcessId;

    public string[] Names { get; set; } = ["a", "b"];
}
