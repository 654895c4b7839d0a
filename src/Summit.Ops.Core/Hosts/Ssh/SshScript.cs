using System.Globalization;
using System.Security.Cryptography;

namespace Summit.Ops.Hosts.Ssh;

/// <summary>A script as it goes down an SSH connection, and its answer as it comes back.</summary>
/// <remarks>
/// Whatever the account's login shell is, it is told to become a POSIX sh that reads its standard input. All of it is one compound command,
/// which a shell reads whole before it runs any of it. A line of chance before and behind what the script prints tells it from the words of
/// rc files, and a script that ended from a connection that did. Standard input stays open: a word on it stops the script, and its end
/// without one stops what only reads.
/// </remarks>
internal sealed class SshScript
{
    /// <summary>What the login shell runs: no word of it means anything else in sh, bash, zsh, ksh, fish or csh.</summary>
    public const string Command = "exec /bin/sh -s";

    /// <summary>The line that stops the script.</summary>
    public const string Stop = "stop\n";

    // sshd gives a command a process group of its own: a shell that waits for a tool looks at no signal before, so the tool is ended too
    private const string StopsAll = """trap '' TERM; kill -TERM 0; sleep 2; kill -KILL 0""";

    // what changes the host is told once, and puts everything back in its own time
    private const string StopsScript = """[ "$summit_word" != stop ] || kill -TERM "$summit_script" """;

    private readonly string _begin;
    private readonly string _end;

    /// <summary>Wraps a script.</summary>
    public SshScript(HostScript script)
    {
        var mark = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        (_begin, _end) = ($"@summit-begin {mark}\n", $"\n@summit-end {mark} ");
        Text = $$"""
            {
            summit_again=yes
            trap summit_again=yes HUP TERM
            trap : PIPE
            printf '@summit-begin %s\n' {{mark}}
            printf '@summit-begin %s\n' {{mark}} >&2
            exec 3<&0
            (
            exec 3<&-
            {{(script.ReadOnly ? "" : "trap : PIPE")}}
            {{script.Text}}
            ) </dev/null &
            summit_script=$!
            (
            exec >/dev/null 2>&1
            summit_word=
            read -r summit_word <&3
            {{(script.ReadOnly ? StopsAll : StopsScript)}}
            ) &
            summit_reader=$!
            while [ "$summit_again" = yes ]; do
            summit_again=no
            wait "$summit_script"
            summit_code=$?
            done
            kill "$summit_reader" 2>/dev/null
            printf '\n@summit-end %s %s\n' {{mark}} "$summit_code"
            exit 0
            }

            """.ReplaceLineEndings("\n");
    }

    /// <summary>What goes to standard input.</summary>
    public string Text { get; }

    /// <summary>What stands before the exit code, behind all that the script prints.</summary>
    public string End => _end;

    /// <summary>What stands before all that the script prints.</summary>
    public string Begin => _begin;

    /// <summary>Whether the script has begun.</summary>
    public bool HasBegun(string output) => output.Contains(_begin, StringComparison.Ordinal);

    /// <summary>What the script itself printed, and its exit code; null where its end did not come.</summary>
    public (int ExitCode, string Output, string Error)? Read(string output, string error)
    {
        var end = output.LastIndexOf(_end, StringComparison.Ordinal);
        if (end < 0 || !HasBegun(output)) return null;
        // what the script has started may still print behind it
        var digits = output.AsSpan(end + _end.Length);
        if (digits.IndexOf('\n') is >= 0 and var line) digits = digits[..line];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? (code, After(output[..end]), After(error))
            : null;
    }

    private string After(string text) =>
        text.IndexOf(_begin, StringComparison.Ordinal) is >= 0 and var at ? text[(at + _begin.Length)..] : text;
}
