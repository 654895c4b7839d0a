using System.Collections;
using System.Management.Automation;

namespace Summit.Ops.Commands;

/// <summary>
/// Keeps the engine from making a target of any object with properties: a line of Import-Csv with an InstanceId would become this machine.
/// </summary>
/// <remarks>
/// Such an object is made into words that cannot be converted: the engine then goes on to bind its
/// InstanceId, or says that it is no target.
/// </remarks>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TargetsOnlyAttribute : ArgumentTransformationAttribute
{
    private const string Saved = "Deserialized.Summit.Ops.SummitTarget";

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var found = inputData is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : inputData;
        if (found is not IEnumerable items || found is string or IDictionary) return IsProperties(inputData) ? Words(inputData) : inputData;
        return items.Cast<object?>().FirstOrDefault(IsProperties) is { } wrong ? Words(wrong) : inputData;
    }

    private static bool IsProperties(object? item) => item switch
    {
        PSObject saved when saved.TypeNames.Contains(Saved) => false,
        PSObject wrapped => wrapped.BaseObject is PSCustomObject or IDictionary,
        _ => item is IDictionary,
    };

    private static string Words(object item) => $"{item} (no target as Get-SummitTarget gives it)";
}
