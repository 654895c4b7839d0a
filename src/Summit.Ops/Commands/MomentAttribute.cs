using System.Globalization;
using System.Management.Automation;

namespace Summit.Ops.Commands;

/// <summary>Takes a moment, or how long ago it was: a TimeSpan, or text such as 00:10:00.</summary>
internal sealed class MomentAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var input = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (input is string text && text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var parsed))
        {
            input = parsed;
        }

        return input is TimeSpan ago ? TimeProvider.System.GetUtcNow() - ago.Duration() : inputData;
    }
}
