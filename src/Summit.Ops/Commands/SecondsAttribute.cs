using System.Globalization;
using System.Management.Automation;

namespace Summit.Ops.Commands;

/// <summary>
/// Takes a bare number for a time span as seconds: PowerShell itself would make 70 ticks of <c>-Hold 70</c>,
/// and 70 days of <c>-Hold '70'</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecondsAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            int or long or double or decimal or float => Span(Convert.ToDouble(value, CultureInfo.InvariantCulture), inputData),
            string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) =>
                Span(seconds, inputData),
            _ => inputData,
        };
    }

    private static object Span(double seconds, object original) => Math.Abs(seconds) <= 1e9 ? TimeSpan.FromSeconds(seconds) : original;
}
