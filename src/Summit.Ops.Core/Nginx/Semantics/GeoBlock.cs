using System.Net;
using System.Net.Sockets;
using Summit.Ops.Nginx.Syntax;
using Summit.Ops.Text;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>A <c>geo</c>: a value for each network, by the client's address or that in a variable (<c>ngx_http_geo_module.c</c>).</summary>
internal sealed class GeoBlock : VariableBlock
{
    // what nginx looks up for a text that is no address
    private static readonly IPAddress None = IPAddress.Broadcast;
    private readonly List<(IPAddress First, IPAddress Last, int Bits, string Value)> _networks = [];
    private readonly bool _ranges;
    private readonly bool _proxies;
    private readonly string _default = "";
    private readonly string _problem = "";

    public GeoBlock(ConfigFileSet files, Scope parent, DirectiveRef origin)
        : base(files, parent, origin)
    {
        Source = origin.ArgumentCount > 1 ? origin.Argument(0) : "";
        foreach (var entry in Directives)
        {
            switch (entry.Name)
            {
                case "ranges" when entry.ArgumentCount == 0:
                    _ranges = true;
                    break;
                case "proxy_recursive" when entry.ArgumentCount == 0:
                    break;
                case "volatile" when entry.ArgumentCount == 0:
                    IsVolatile = true;
                    break;
                case "proxy":
                    _proxies = true;
                    break;
                case "default":
                    _default = entry.Argument(0);
                    break;
                case "delete":
                    if (Network(entry.Argument(0)) is { } gone)
                    {
                        _networks.RemoveAll(network => network.First.Equals(gone.First) && network.Last.Equals(gone.Last));
                    }

                    break;
                default:
                    if (Network(entry.Name) is { } network) _networks.Add((network.First, network.Last, network.Bits, entry.Argument(0)));
                    else _problem = $"a geo has \"{NginxText.Show(entry.Name)}\", which is no network";
                    break;
            }
        }
    }

    public override string Source { get; }

    public override TextValue Evaluate(RequestState state)
    {
        var source = Source.Length == 0 ? Variables.Get("remote_addr", state) : VariableText.Evaluate(Source, state);
        if (!source.IsKnown) return source;
        if (NotRead() is { } unknown) return unknown;
        if (_problem.Length > 0) return TextValue.Unknown(_problem);
        if (_proxies && state.Request.Header("X-Forwarded-For") is not "")
        {
            return TextValue.Unknown("a geo with proxies: who passed the request on");
        }

        var address = (Address(source.Text!) ?? None).Plain();
        // with ranges there are IPv4 addresses alone
        if (_ranges && address.AddressFamily == AddressFamily.InterNetworkV6) address = None;
        var best = -1;
        var value = _default;
        foreach (var network in _networks)
        {
            // the longest prefix, and of two alike (or two ranges) the later one
            if (network.First.AddressFamily != address.AddressFamily || network.Bits < best || Compare(address, network.First) < 0
                || Compare(address, network.Last) > 0)
            {
                continue;
            }

            (best, value) = (network.Bits, network.Value);
        }

        return value;
    }

    /// <summary><c>a-b</c>, <c>a/bits</c> or <c>a</c>; null for anything else.</summary>
    private (IPAddress First, IPAddress Last, int Bits)? Network(string text)
    {
        if (_ranges)
        {
            var dash = text.IndexOf('-', StringComparison.Ordinal);
            return dash > 0 && Address(text[..dash]) is { } from && Address(text[(dash + 1)..]) is { } to ? (from, to, 0) : null;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (Address(slash < 0 ? text : text[..slash]) is not { } address) return null;
        var bytes = address.GetAddressBytes();
        var bits = bytes.Length * 8;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), out bits) || bits < 0 || bits > bytes.Length * 8)) return null;
        var last = (byte[])bytes.Clone();
        for (var i = 0; i < bytes.Length; i++)
        {
            var mask = (byte)(0xFF00 >> Math.Clamp(bits - (8 * i), 0, 8));
            bytes[i] &= mask;
            last[i] |= (byte)~mask;
        }

        return (new IPAddress(bytes), new IPAddress(last), bits);
    }

    /// <summary>An address as nginx reads one: four decimal numbers, or IPv6 without brackets.</summary>
    private static IPAddress? Address(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return text.AsSpan().IndexOfAny("[]%") < 0 && IPAddress.TryParse(text, out var six) ? six : null;
        }

        var parts = text.Split('.');
        return parts.Length == 4 && parts.All(part => part.Length is > 0 and < 10 && part.All(char.IsAsciiDigit) && int.Parse(part) < 256)
            ? new IPAddress([.. parts.Select(part => (byte)int.Parse(part))])
            : null;
    }

    private static int Compare(IPAddress one, IPAddress other) => one.GetAddressBytes().AsSpan().SequenceCompareTo(other.GetAddressBytes());
}
