using System.Management.Automation;

namespace Summit.Ops.Rehydration;

/// <summary>
/// Turns what remains of the module's objects after a job, a remote session or Import-Clixml back into the objects themselves.
/// </summary>
/// <remarks>The engine calls it for the types that <c>Summit.Ops.Types.ps1xml</c> names.</remarks>
public sealed class SavedObjectConverter : PSTypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) =>
        destinationType is not null && SavedObject.IsOf(sourceValue, destinationType);

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        SavedObject.Restore((PSObject)sourceValue, destinationType);

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new InvalidCastException($"A {sourceValue?.GetType().Name} is not converted to {destinationType?.Name}.");
}
