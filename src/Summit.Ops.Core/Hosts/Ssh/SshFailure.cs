using System.Text.RegularExpressions;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Hosts.Ssh;

/// <summary>Why no script ran, by what ssh itself says: OpenSSH has one exit code, 255, for all of it.</summary>
internal static class SshFailure
{
    private const int Longest = 600;
    private static readonly TimeSpan RegexLimit = TimeSpan.FromSeconds(5);

    /// <summary>One row: ssh's words, and what they mean. The first row that fits counts.</summary>
    /// <param name="Words">A regular expression over standard error.</param>
    /// <param name="ErrorId">The error.</param>
    /// <param name="Kind">Its kind.</param>
    /// <param name="Message">What it means; {0} is the host.</param>
    /// <param name="Action">What to run next; {0} is the host as ssh takes it.</param>
    private sealed record Row(string Words, string ErrorId, SummitErrorKind Kind, string Message, string Action);

    private static readonly Row[] Rows =
    [
        new(
            @"REMOTE HOST IDENTIFICATION HAS CHANGED", "SshHostKeyChanged", SummitErrorKind.PermissionDenied,
            "{0} shows another host key than the one that is known: it was installed anew, or somebody else answers in its "
                + "place. Nothing was sent.",
            "ssh-keygen -F {1}   # the key that is known; compare with the host's console (ssh-keygen "
                + "-lf /etc/ssh/ssh_host_ed25519_key.pub), and only then: ssh-keygen -R {1}"),
        new(
            @"Host key verification failed|host key is known for|authenticity of host", "SshHostKeyUnknown",
            SummitErrorKind.PermissionDenied,
            "The host key of {0} is not known, so it could be anybody. Nothing was sent.",
            "ssh {0}   # shows the fingerprint and asks; compare it with the host's own: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"),
        new(
            @"UNKNOWN port 65535|stdio forwarding failed|Connection to \S+ closed by jump|channel \d+: open failed",
            "SshJumpFailed", SummitErrorKind.Unavailable,
            "The jump host before {0} did not lead on.",
            "ssh -G {0}   # its line proxyjump or proxycommand names the jump host; then: ssh JUMPHOST true"),
        new(
            @"Could not resolve hostname|Name or service not known|nodename nor servname|Temporary failure in name "
                + @"resolution|No such host is known", "SshNameNotFound", SummitErrorKind.NotFound,
            "No address is known for {0}.", "ssh -G {0}   # its line hostname is the name that was looked for"),
        new(
            @"Connection refused", "SshRefused", SummitErrorKind.Unavailable,
            "{0} refuses connections on its SSH port: no sshd listens there, or a firewall rejects.",
            "ssh -G {0}   # its lines hostname and port; on the host: sudo systemctl status ssh"),
        new(
            @"timed out|Timeout, server|Operation timed out", "SshTimedOut", SummitErrorKind.Timeout,
            "{0} does not answer on its SSH port: a firewall or a security group drops the packets, or it is down.",
            "Test-SummitSecurityGroup -InstanceId i-… -Port 22   # for an instance of EC2; else: ssh -v {0} true"),
        new(
            @"No route to host|Network is unreachable|Host is down", "SshUnreachable", SummitErrorKind.Unavailable,
            "There is no way to {0} from this machine.", "ssh -v {0} true"),
        new(
            @"Too many authentication failures", "SshTooManyKeys", SummitErrorKind.PermissionDenied,
            "{0} ended the connection after too many keys: the agent holds more than it takes tries.",
            "ssh-add -l   # then name the one: -SshOption 'IdentitiesOnly=yes', 'IdentityFile=~/.ssh/KEY'"),
        new(
            @"agent refused operation|signing failed for", "SshAgentRefused", SummitErrorKind.PermissionDenied,
            "The SSH agent did not sign with the key that {0} takes: it asks for a touch or a passphrase, or it is locked.",
            "ssh-add -l; ssh {0} true   # at a terminal, where the agent can ask"),
        new(
            @"Permission denied \(|No supported authentication methods|no more authentication methods",
            "SshNotAuthenticated", SummitErrorKind.PermissionDenied, "{0} took no key of this account.",
            "ssh -v {0} true   # its lines 'Offering public key' name what was tried; "
                + "a key that asks for a passphrase needs an agent: ssh-add"),
        new(
            @"Bad configuration option|command-line line \d+|Bad owner or permissions|keyword .* extra arguments|Unsupported "
                + @"option|unknown option|terminating, \d+ bad configuration", "SshConfigurationInvalid", SummitErrorKind.InvalidData,
            "ssh does not take its configuration for {0}.", "ssh -G {0}"),
        new(
            @"no matching .* found|Unable to negotiate", "SshNothingInCommon", SummitErrorKind.NotSupported,
            "{0} and this machine's ssh have no algorithm in common: one of them is much older.",
            "ssh -Q kex; ssh -v {0} true   # names what the host offers"),
        new(
            @"kex_exchange_identification|Connection closed by|Connection reset|banner exchange|Broken pipe",
            "SshClosed", SummitErrorKind.Unavailable,
            "{0} closed the connection before it was set up: no sshd answers on that port, too many connections are open (MaxStartups), "
                + "or this address is banned (fail2ban).",
            "ssh -v {0} true; on the host: sudo journalctl -u ssh -n 50"),
    ];

    /// <summary>The error of a run in which the script did not begin.</summary>
    /// <param name="target">The host.</param>
    /// <param name="exitCode">ssh's exit code.</param>
    /// <param name="output">What came on standard output: the words of a login shell or a forced command.</param>
    /// <param name="error">What ssh said.</param>
    /// <param name="hint">What could be learned on this machine: the keys that were there to be tried, a fingerprint.</param>
    public static SummitHostException NotBegun(SummitTarget target, int exitCode, string output, string error, Func<string, string> hint)
    {
        const int OwnFailure = 255;
        var named = Name(target);
        if (exitCode == OwnFailure)
        {
            var row = Array.Find(
                Rows, each => Regex.IsMatch(error, each.Words, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, RegexLimit));
            return row is null
                ? new SummitHostException(
                    "SshFailed", SummitErrorKind.Unavailable, $"ssh did not reach {target}: {Said(error)}", target, $"ssh -v {named} true")
                : new SummitHostException(
                    row.ErrorId, row.Kind,
                    Join(Fill(row.Message, target.ToString(), named), hint(row.ErrorId), Said(error)),
                    target, Fill(row.Action, named, HostOf(target)));
        }

        return new SummitHostException(
            "SshShellUnusable", SummitErrorKind.NotSupported,
            $"The account on {target} runs no script: its login shell is none that can start /bin/sh (nologin, rbash), "
                + "or its key has a command of its own. "
                + $"It ended with exit code {exitCode}{(Said(output + "\n" + error) is { Length: > 0 } said ? $" and said: {said}" : ".")}",
            target, $"ssh {named} 'exec /bin/sh -c id'   # prints the account where a script can run");
    }

    /// <summary>The error of a run that began and whose end did not come.</summary>
    public static SummitHostException Lost(SummitTarget target, HostScript script, string error) => new(
        "SshConnectionLost", SummitErrorKind.Unavailable,
        $"The connection to {target} was lost while '{script.Name}' ran there{(Said(error) is { Length: > 0 } said ? $" ({said})" : "")}. "
            + (script.ReadOnly
                ? "It changes nothing, and ends by itself."
                : "It goes on to its end on the host, or puts everything back, and nobody heard which."),
        target,
        script.ReadOnly
            ? $"ssh {Name(target)} true   # then run the cmdlet again"
            : $"Invoke-SummitDiagnostic{Checks.Command.Instance(target)}   # what is on the host now; "
                + $"Get-SummitNginxBackup{Checks.Command.Instance(target)} shows what was there before");

    /// <summary>The host as a command of a shell takes it.</summary>
    private static string Name(SummitTarget target) => SshDestination.Read(target.HostName) is var (user, host, port)
        ? $"{(port is { } number ? $"-p {number} " : "")}{ShellWord.Quote(user.Length > 0 ? $"{user}@{host}" : host)}"
        : "";

    // known_hosts names a host with another port than 22 in brackets
    private static string HostOf(SummitTarget target) => SshDestination.Read(target.HostName) is { Port: { } port and not 22 } other
        ? ShellWord.Quote($"[{other.Host}]:{port}")
        : ShellWord.Quote(SshDestination.Read(target.HostName).Host);

    private static string Fill(string text, string first, string second) =>
        text.Replace("{0}", first, StringComparison.Ordinal).Replace("{1}", second, StringComparison.Ordinal);

    private static string Join(params string[] parts) => string.Join(' ', parts.Where(part => part.Length > 0));

    private static string Said(string text)
    {
        var lines = text.Split('\n')
            .Select(line => line.Trim().Trim('@').Trim())
            .Where(line => line.Length > 0 && !line.StartsWith("summit-begin", StringComparison.Ordinal));
        var said = ForeignText.Visible(string.Join("; ", lines));
        return said.Length > Longest ? $"{said[..Longest]} …" : said;
    }
}
