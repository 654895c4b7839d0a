using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Hosts.Ssh;

/// <summary>The options of ssh that a caller adds, each as after <c>ssh -o</c>.</summary>
internal static class SshOptions
{
    // what runs on the host, and how its input and output come, is this module's
    private static readonly string[] Ours =
    [
        "RequestTTY", "RemoteCommand", "SessionType", "StdinNull", "ForkAfterAuthentication", "LogLevel", "LocalCommand",
        "PermitLocalCommand",
    ];

    /// <summary>The options that stand on each command line, behind those of the caller: ssh takes the first that it is given.</summary>
    public static readonly IReadOnlyList<string> Always =
    [
        "BatchMode=yes", "ConnectTimeout=10", "ServerAliveInterval=5", "ServerAliveCountMax=3", "LogLevel=INFO",
        "RequestTTY=no", "RemoteCommand=none",
        "PermitLocalCommand=no", "ClearAllForwardings=yes", "ForwardAgent=no", "ForwardX11=no",
    ];

    /// <summary>Checks what the caller adds.</summary>
    /// <exception cref="SummitArgumentException">One has not the form KEY=VALUE, or would change how a script runs.</exception>
    public static void Check(IEnumerable<string?> options)
    {
        foreach (var option in options)
        {
            var key = Key(option ?? "");
            if (key.Length == 0 || !key.All(char.IsAsciiLetterOrDigit) || option!.Any(char.IsControl))
            {
                throw new SummitArgumentException(
                    "SshOptionInvalid",
                    $"'{ForeignText.Visible(option ?? "")}' is no option of ssh: it is written as after ssh -o, KEY=VALUE.",
                    option,
                    "-SshOption 'IdentityFile=~/.ssh/summit', 'ProxyJump=bastion'");
            }

            if (Ours.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                throw new SummitArgumentException(
                    "SshOptionReserved", $"{key} says how a script runs on the host, which Summit.Ops does itself.", option,
                    "ssh -G HOST   # shows every option of a host; most of them can stand in ~/.ssh/config");
            }

            if (key.Equals("BatchMode", StringComparison.OrdinalIgnoreCase)
                && !option![(key.Length + 1)..].Trim().Equals("yes", StringComparison.OrdinalIgnoreCase) && Console.IsInputRedirected)
            {
                throw new SummitArgumentException(
                    "SshOptionUnattended",
                    "Without BatchMode ssh asks for a password at the terminal, and this session has none: it would wait for ever.", option,
                    "ssh-add   # or: -SshOption 'IdentityFile=~/.ssh/KEY'");
            }
        }
    }

    private static string Key(string option)
    {
        var end = option.AsSpan().IndexOfAny('=', ' ');
        return end > 0 ? option[..end] : "";
    }
}
