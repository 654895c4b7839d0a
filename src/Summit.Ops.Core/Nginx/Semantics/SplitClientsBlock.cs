using System.Globalization;
using System.Text;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>
/// A <c>split_clients</c>: a share of all texts for each value, by MurmurHash2 of the text (<c>ngx_http_split_clients_module.c</c>).
/// </summary>
internal sealed class SplitClientsBlock : VariableBlock
{
    private readonly List<(uint Below, string Value)> _parts = [];

    public SplitClientsBlock(ConfigFileSet files, Scope parent, DirectiveRef origin)
        : base(files, parent, origin)
    {
        uint last = 0;
        foreach (var entry in Directives)
        {
            if (entry.Name == "*")
            {
                _parts.Add((0, entry.Argument(0)));
            }
            else if (entry.Name.EndsWith('%') && decimal.TryParse(
                entry.Name.AsSpan(0, entry.Name.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
                && percent <= 100)
            {
                // in hundredths of a percent, as nginx counts
                last += (uint)((ulong)(percent * 100) * uint.MaxValue / 10_000);
                _parts.Add((last, entry.Argument(0)));
            }
        }
    }

    public override string Source => Origin.Argument(0);

    public override TextValue Evaluate(RequestState state)
    {
        var source = VariableText.Evaluate(Source, state);
        if (!source.IsKnown) return source;
        if (NotRead() is { } unknown) return unknown;
        var hash = Hash(Encoding.Latin1.GetBytes(source.Text!));
        foreach (var (below, value) in _parts)
        {
            if (hash < below || below == 0) return value;
        }

        return "";
    }

    /// <summary>MurmurHash2 with a seed of zero (<c>ngx_murmur_hash2</c>).</summary>
    public static uint Hash(ReadOnlySpan<byte> data)
    {
        const uint m = 0x5bd1e995;
        var hash = (uint)data.Length;
        while (data.Length >= 4)
        {
            var k = (uint)(data[0] | (data[1] << 8) | (data[2] << 16) | (data[3] << 24)) * m;
            hash = (hash * m) ^ ((k ^ (k >> 24)) * m);
            data = data[4..];
        }

        if (data.Length > 2) hash ^= (uint)data[2] << 16;
        if (data.Length > 1) hash ^= (uint)data[1] << 8;
        if (data.Length > 0) hash = (hash ^ data[0]) * m;
        hash = (hash ^ (hash >> 13)) * m;
        return hash ^ (hash >> 15);
    }
}
