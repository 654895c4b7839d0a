using System.Net;
using System.Net.Sockets;
using Summit.Ops.Text;

namespace Summit.Ops.Network;

/// <summary>An exact set of addresses of one family: disjoint ranges in order.</summary>
internal sealed class AddressSet
{
    private readonly IReadOnlyList<(UInt128 First, UInt128 Last)> _ranges;

    private AddressSet(bool isIPv6, IReadOnlyList<(UInt128 First, UInt128 Last)> ranges) => (IsIPv6, _ranges) = (isIPv6, ranges);

    /// <summary>The public addresses of IPv4: what a client on the internet can have.</summary>
    public static AddressSet InternetIPv4 { get; } = Of(false, [AddressBlock.AllIPv4]).Except(Of(false, [.. new[]
    {
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3",
    }.Select(AddressBlock.Parse)]));

    /// <summary>The public addresses of IPv6.</summary>
    public static AddressSet InternetIPv6 { get; } = Of(true, [AddressBlock.Parse("2000::/3")]);

    /// <summary>The family.</summary>
    public bool IsIPv6 { get; }

    /// <summary>Whether nothing is in it.</summary>
    public bool IsEmpty => _ranges.Count == 0;

    /// <summary>The internet's addresses of a family.</summary>
    public static AddressSet Internet(bool isIPv6) => isIPv6 ? InternetIPv6 : InternetIPv4;

    /// <summary>Nothing.</summary>
    public static AddressSet Empty(bool isIPv6) => new(isIPv6, []);

    /// <summary>The addresses of blocks; those of the other family are left out.</summary>
    public static AddressSet Of(bool isIPv6, IEnumerable<AddressBlock> blocks) =>
        Join(isIPv6, blocks.Where(block => block.IsIPv6 == isIPv6).Select(block => (block.First, block.Last)));

    /// <summary>The addresses from one to another; nothing where they are of two families.</summary>
    public static AddressSet Range(AddressBlock first, AddressBlock last) =>
        first.IsIPv6 == last.IsIPv6 && first.First <= last.Last ? new(first.IsIPv6, [(first.First, last.Last)]) : Empty(first.IsIPv6);

    /// <summary>Whether an address is in it.</summary>
    public bool Contains(IPAddress address) =>
        address.Plain().AddressFamily == AddressFamily.InterNetworkV6 == IsIPv6 && Contains(AddressBlock.Number(address));

    /// <summary>Whether an address of this family is in it.</summary>
    public bool Contains(UInt128 address)
    {
        foreach (var (first, last) in _ranges)
        {
            if (address < first) return false;
            if (address <= last) return true;
        }

        return false;
    }

    /// <summary>What is in one of both.</summary>
    public AddressSet Union(AddressSet other) => other.IsEmpty ? this : IsEmpty ? other : Join(IsIPv6, _ranges.Concat(other._ranges));

    /// <summary>What is in both.</summary>
    public AddressSet Intersect(AddressSet other)
    {
        var result = new List<(UInt128, UInt128)>();
        for (int i = 0, j = 0; i < _ranges.Count && j < other._ranges.Count;)
        {
            var (mine, its) = (_ranges[i], other._ranges[j]);
            var (first, last) = (UInt128.Max(mine.First, its.First), UInt128.Min(mine.Last, its.Last));
            if (first <= last) result.Add((first, last));
            if (mine.Last < its.Last) i++;
            else j++;
        }

        return new AddressSet(IsIPv6, result);
    }

    /// <summary>What is in this one only.</summary>
    public AddressSet Except(AddressSet other)
    {
        var result = new List<(UInt128, UInt128)>();
        foreach (var (first, last) in _ranges)
        {
            var from = first;
            var whole = true;
            foreach (var (cut, end) in other._ranges)
            {
                if (end < from) continue;
                if (cut > last) break;
                if (cut > from) result.Add((from, cut - 1));
                if (end >= last)
                {
                    whole = false;
                    break;
                }

                from = end + 1;
            }

            if (whole) result.Add((from, last));
        }

        return new AddressSet(IsIPv6, result);
    }

    /// <summary>The fewest blocks that are exactly this set.</summary>
    public IEnumerable<AddressBlock> Blocks()
    {
        var bits = IsIPv6 ? 128 : 32;
        foreach (var (first, last) in _ranges)
        {
            for (var from = first; ;)
            {
                var length = bits;
                while (length > 0 && (from & AddressBlock.HostBits(length - 1, IsIPv6)) == 0
                    && (from | AddressBlock.HostBits(length - 1, IsIPv6)) <= last)
                {
                    length--;
                }

                var block = new AddressBlock(from, length, IsIPv6);
                yield return block;
                if (block.Last >= last) break;
                from = block.Last + 1;
            }
        }
    }

    /// <summary>In words: the internet, or its blocks, the first few.</summary>
    public override string ToString()
    {
        const int shown = 4;
        if (IsEmpty) return "nothing";
        if (Internet(IsIPv6).Except(this).IsEmpty) return IsIPv6 ? "the internet over IPv6 (::/0)" : "the internet (0.0.0.0/0)";
        var blocks = Blocks().Take(shown + 1).ToList();
        return string.Join(", ", blocks.Take(shown)) + (blocks.Count > shown ? " and more" : "");
    }

    private static AddressSet Join(bool isIPv6, IEnumerable<(UInt128 First, UInt128 Last)> ranges)
    {
        var result = new List<(UInt128 First, UInt128 Last)>();
        foreach (var (first, last) in ranges.OrderBy(range => range.First))
        {
            if (result.Count > 0 && (first <= result[^1].Last || first - 1 == result[^1].Last))
            {
                result[^1] = (result[^1].First, UInt128.Max(result[^1].Last, last));
            }
            else
            {
                result.Add((first, last));
            }
        }

        return new AddressSet(isIPv6, result);
    }
}
