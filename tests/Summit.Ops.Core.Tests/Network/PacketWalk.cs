using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Summit.Ops.Network;

namespace Summit.Ops.Core.Tests.Network;

/// <summary>
/// Carries one packet there and its answer back, by reading each rule as a person would: no sets, no ranges of addresses.
/// </summary>
internal static class PacketWalk
{
    private static readonly ConcurrentDictionary<AddressBlock, (byte[] Bits, int Length)> Written = new();

    /// <summary>Whether a connection comes about.</summary>
    public static bool Connects(NetworkPath path, NetworkInterface card, IPAddress client, int clientPort, int port)
    {
        // is there somewhere to send it?
        var table = path.RouteTables.FirstOrDefault(table => table.SubnetIds.Contains(card.SubnetId))
            ?? path.RouteTables.Single(table => table.Main);
        var route = Best(table, client, path);
        if (route is null || !route.Active) return false;
        var stranger = IsPublic(client);
        if (route.Target != "local")
        {
            if (stranger)
            {
                if (!route.Target.StartsWith("igw-")) return false;
                if ((client.AddressFamily == AddressFamily.InterNetworkV6 ? card.IPv6Addresses : card.PublicAddresses).Count == 0)
                {
                    return false;
                }
            }
            else if (route.Target.StartsWith("igw-") || route.Target.StartsWith("nat-") || route.Target.StartsWith("eigw-"))
            {
                return false;
            }
        }

        // the subnet's ACL, there and back; within the subnet it is not asked
        var acl = path.Acls.Single(acl => acl.SubnetIds.Contains(card.SubnetId));
        if (!path.Subnets[card.SubnetId].Any(block => Holds(block, client)))
        {
            if (!Passes(acl, egress: false, client, port) || !Passes(acl, egress: true, client, clientPort)) return false;
        }

        // any rule of any group
        return card.GroupIds.Select(id => path.Groups.Single(group => group.Id == id))
            .Any(group => group.Ingress.Any(rule => Lets(rule, path, client, port)));
    }

    private static bool Lets(SecurityGroupRule rule, NetworkPath path, IPAddress client, int port)
    {
        if (rule.Protocol is not ("-1" or "tcp" or "6")) return false;
        if (rule.Protocol != "-1" && rule.FromPort is { } from && from != -1 && (port < from || port > rule.ToPort)) return false;
        if (rule.Block is { } block) return Holds(block, client);
        if (rule.PrefixListId is { } list) return path.PrefixLists[list].Any(entry => Holds(entry, client));
        return path.Members.Any(member => member.GroupIds.Contains(rule.GroupId!)
            && (member.PrivateAddresses.Contains(client) || member.IPv6Addresses.Contains(client)));
    }

    private static bool Passes(NetworkAcl acl, bool egress, IPAddress client, int port)
    {
        foreach (var entry in acl.Entries.Where(entry => entry.Egress == egress).OrderBy(entry => entry.RuleNumber))
        {
            if (!Holds(entry.Block, client)) continue;
            if (entry.Protocol is not ("-1" or "6")) continue;
            if (entry.Protocol == "6" && entry.FromPort is { } from && (port < from || port > entry.ToPort)) continue;
            return entry.Allow;
        }

        return false;
    }

    private static Route? Best(RouteTable table, IPAddress client, NetworkPath path)
    {
        Route? best = null;
        var length = -1;
        foreach (var route in table.Routes)
        {
            IEnumerable<AddressBlock> blocks = route.Destination is { } one ? [one] : path.PrefixLists[route.PrefixListId!];
            foreach (var block in blocks.Where(block => Holds(block, client)))
            {
                var wins = block.PrefixLength > length || (block.PrefixLength == length && Rank(route) < Rank(best!));
                if (wins) (best, length) = (route, block.PrefixLength);
            }
        }

        return best;
    }

    private static int Rank(Route route) => (route.PrefixListId is null ? 0 : 2) + (route.Propagated ? 1 : 0);

    private static bool IsPublic(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (bytes.Length == 16) return bytes[0] >> 5 == 1;
        return bytes[0] is not (0 or 10 or 127 or >= 224)
            && !(bytes[0] == 100 && bytes[1] is >= 64 and < 128)
            && !(bytes[0] == 169 && bytes[1] == 254)
            && !(bytes[0] == 172 && bytes[1] is >= 16 and < 32)
            && !(bytes[0] == 192 && bytes[1] == 168);
    }

    private static bool Holds(AddressBlock block, IPAddress address)
    {
        var (bits, length) = Written.GetOrAdd(block, block =>
        {
            var parts = block.ToString().Split('/');
            return (IPAddress.Parse(parts[0]).GetAddressBytes(), int.Parse(parts[1]));
        });
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var count);
        if (count != bits.Length) return false;
        for (var i = 0; i < length; i++)
        {
            var mask = 0x80 >> (i % 8);
            if ((bits[i / 8] & mask) != (bytes[i / 8] & mask)) return false;
        }

        return true;
    }
}
