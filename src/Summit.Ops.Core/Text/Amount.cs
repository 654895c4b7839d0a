using System.Globalization;

namespace Summit.Ops.Text;

/// <summary>A number of things in words.</summary>
internal static class Amount
{
    /// <summary>For example <c>1 worker</c>, <c>2 workers</c>.</summary>
    /// <param name="count">How many.</param>
    /// <param name="what">One of them; several have an s behind it.</param>
    public static string Of(long count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
