using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Summit.Ops.Text;

namespace Summit.Ops.Network;

/// <summary>A block of addresses as EC2 writes it, for example <c>203.0.113.0/24</c> or <c>::/0</c>.</summary>
/// <param name="First">The first address as a number.</param>
/// <param name="PrefixLength">How many leading bits are fixed: 0–32, or 0–128 for IPv6.</param>
/// <param name="IsIPv6">The family.</param>
[JsonConverter(typeof(AddressBlockConverter))]
public readonly record struct AddressBlock(UInt128 First, int PrefixLength, bool IsIPv6)
{
    private const int MappedBits = 96;

    /// <summary>Every IPv4 address.</summary>
    public static AddressBlock AllIPv4 { get; } = new(0, 0, IsIPv6: false);

    /// <summary>Every IPv6 address.</summary>
    public static AddressBlock AllIPv6 { get; } = new(0, 0, IsIPv6: true);

    /// <summary>The last address as a number.</summary>
    public UInt128 Last => First | HostBits(PrefixLength, IsIPv6);

    /// <summary>Reads a block or a single address; bits behind the prefix are dropped, as EC2 does it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="block">The block.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out AddressBlock block)
    {
        block = default;
        if (text is null) return false;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? text : text[..slash];
        // IPAddress takes 10.1 and 0x7f.1, which no rule of EC2 means; a zone is of one machine only
        if (host.Contains('%') || !IPAddress.TryParse(host, out var address)) return false;
        // ::ffff:203.0.113.9 is how a dual-stack socket shows an IPv4 peer; no rule of EC2 is about such an address
        var mapped = address.IsIPv4MappedToIPv6;
        var six = address.AddressFamily == AddressFamily.InterNetworkV6;
        if (!six && (host.Count(c => c == '.') != 3 || host.Any(c => c is not '.' && !char.IsAsciiDigit(c)))) return false;
        var bits = six ? 128 : 32;
        var length = bits;
        if (slash >= 0
            && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits))
        {
            return false;
        }

        if (mapped && length < MappedBits) return false;
        if (mapped) (address, length, six) = (address.MapToIPv4(), length - MappedBits, false);
        block = new AddressBlock(Number(address) & ~HostBits(length, six), length, six);
        return true;
    }

    /// <summary>Reads a block or a single address.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static AddressBlock Parse(string text) =>
        TryParse(text, out var block) ? block : throw new FormatException($"'{text}' is no address and no block of addresses.");

    /// <summary>The number of an address.</summary>
    public static UInt128 Number(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var value = UInt128.Zero;
        foreach (var part in address.Plain().GetAddressBytes()) value = (value << 8) | part;
        return value;
    }

    /// <summary>The address of a number.</summary>
    public static IPAddress Address(UInt128 number, bool isIPv6)
    {
        var bytes = new byte[isIPv6 ? 16 : 4];
        for (var i = bytes.Length - 1; i >= 0; i--, number >>= 8) bytes[i] = (byte)(number & 0xff);
        return new IPAddress(bytes);
    }

    /// <summary>As EC2 writes it.</summary>
    public override string ToString() => $"{Address(First, IsIPv6)}/{PrefixLength.ToString(CultureInfo.InvariantCulture)}";

    internal static UInt128 HostBits(int prefixLength, bool isIPv6)
    {
        var host = (isIPv6 ? 128 : 32) - prefixLength;
        return host == 128 ? UInt128.MaxValue : (UInt128.One << host) - 1;
    }
}

/// <summary>A block in JSON: as EC2 writes it.</summary>
internal sealed class AddressBlockConverter : JsonConverter<AddressBlock>
{
    /// <inheritdoc/>
    public override AddressBlock Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && AddressBlock.TryParse(reader.GetString(), out var block)
            ? block
            : throw new JsonException("a block of addresses is not one");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, AddressBlock value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
