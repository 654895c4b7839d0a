using System.Text.Json;
using Summit.Ops.Text;

namespace Summit.Ops.Reporting;

/// <summary>Takes secrets out of everything that a report says, once and for all formats: a report is pasted into tickets.</summary>
internal static class ReportRedaction
{
    /// <summary>The object with every text in it redacted.</summary>
    public static object Of(object value)
    {
        var tree = JsonReport.ToNode(value);
        TreeRedaction.Clean(tree);
        return tree.Deserialize(value.GetType(), JsonReport.Options)!;
    }
}
