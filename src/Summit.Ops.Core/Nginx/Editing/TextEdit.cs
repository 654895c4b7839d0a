using System.Text;

namespace Summit.Ops.Nginx.Editing;

/// <summary>Bytes put in place of others; everything else stays as it is.</summary>
/// <param name="Start">Offset of the first byte that goes.</param>
/// <param name="Length">How many go; 0 to insert.</param>
/// <param name="Text">What comes in their place.</param>
internal sealed record TextEdit(int Start, int Length, string Text)
{
    public byte[] Apply(byte[] bytes) => [.. bytes.AsSpan(0, Start), .. Encoding.UTF8.GetBytes(Text), .. bytes.AsSpan(Start + Length)];
}
