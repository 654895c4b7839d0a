using System.Globalization;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Hosts.Ssh;

/// <summary>
/// Where SSH leads: <c>host</c>, <c>user@host:port</c>, <c>ssh://user@host:port</c>, <c>[2001:db8::1]:22</c>, or an alias of ~/.ssh/config.
/// </summary>
/// <param name="User">The account; empty for what the configuration says.</param>
/// <param name="Host">The host's name, address or alias.</param>
/// <param name="Port">The port; null for what the configuration says.</param>
internal sealed record SshDestination(string User, string Host, int? Port)
{
    private const string Scheme = "ssh://";

    /// <summary>Reads it; what ssh could take for an option, or a shell for more than one word, is refused.</summary>
    /// <exception cref="SummitArgumentException">It is none.</exception>
    public static SshDestination Read(string text)
    {
        var rest = text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? text[Scheme.Length..].TrimEnd('/') : text;
        var at = rest.LastIndexOf('@');
        var user = at < 0 ? "" : rest[..at];
        if (at == 0) throw Wrong(text, "its account is empty");
        rest = rest[(at + 1)..];
        var (host, port) = Split(rest);
        if (host.Length == 0) throw Wrong(text, "it names no host");
        if (user.StartsWith('-') || host.StartsWith('-')) throw Wrong(text, "what begins with - is an option of ssh");
        if (!user.All(IsOfUser)) throw Wrong(text, "an account has letters, digits and . _ - + \\ @ $");
        if (!host.All(IsOfHost)) throw Wrong(text, "a host has letters, digits and . _ - : %");
        if (port is null) return new SshDestination(user, host, null);
        return int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 65535
            ? new SshDestination(user, host, number)
            : throw Wrong(text, $"'{ForeignText.Visible(port)}' is no TCP port");
    }

    private static (string Host, string? Port) Split(string text)
    {
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0) return ("", null);
            var behind = text[(end + 1)..];
            return behind.Length == 0 ? (text[1..end], null) : behind[0] == ':' ? (text[1..end], behind[1..]) : ("", null);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        // more than one colon is an address of IPv6 without a port
        return colon < 0 || text.LastIndexOf(':') != colon ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }

    private static bool IsOfUser(char character) =>
        char.IsLetterOrDigit(character) || character is '.' or '_' or '-' or '+' or '\\' or '@' or '$';

    private static bool IsOfHost(char character) => char.IsLetterOrDigit(character) || character is '.' or '_' or '-' or ':' or '%';

    private static SummitArgumentException Wrong(string text, string why) => new(
        "HostNameInvalid", $"'{ForeignText.Visible(text)}' is no host to reach by SSH: {why}.", text,
        "-HostName deploy@web1.example.com:22   # or an alias of ~/.ssh/config");

    /// <summary>The words that name it to ssh.</summary>
    public IEnumerable<string> Arguments()
    {
        if (Port is { } port) yield return $"-p{port.ToString(CultureInfo.InvariantCulture)}";
        if (User.Length > 0) yield return $"-l{User}";
        yield return "--";
        yield return Host;
    }
}
