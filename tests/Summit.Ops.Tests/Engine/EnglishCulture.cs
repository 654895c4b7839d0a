using System.Globalization;

namespace Summit.Ops.Tests.Engine;

/// <summary>The invariant culture under an English name.</summary>
/// <remarks>
/// PowerShell breaks lines between words only where the culture's language is one that it knows to have words; without
/// ICU every culture is nameless.
/// </remarks>
internal sealed class EnglishCulture : CultureInfo
{
    private EnglishCulture()
        : base("")
    {
    }

    public static EnglishCulture Instance { get; } = new();

    public override string TwoLetterISOLanguageName => "en";
}
