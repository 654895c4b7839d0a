namespace Summit.Ops.Nginx.Semantics;

/// <summary>A value that is known, or the reason why it is not.</summary>
/// <param name="Text">One char a byte; null where it is not known.</param>
/// <param name="Why">What it depends on, where it is not known.</param>
internal readonly record struct TextValue(string? Text, string Why = "")
{
    public bool IsKnown => Text is not null;

    public static implicit operator TextValue(string text) => new(text);

    public static TextValue Unknown(string why) => new(null, why);
}
