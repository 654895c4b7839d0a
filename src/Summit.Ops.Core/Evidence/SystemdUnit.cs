using System.Globalization;
using Summit.Ops.Text;

namespace Summit.Ops.Evidence;

/// <summary>A systemd unit, as <c>systemctl show</c> describes it.</summary>
internal sealed class SystemdUnit
{
    private const int Chdir = 200, Exec = 203, Output = 209, Group = 216, User = 217, Errors = 222, Namespace = 226, Folders = 238,
        Credentials = 243;
    // in microseconds: a thousand years, which no host was up
    private const long LongestUptime = 31_557_600_000_000_000;
    private readonly Dictionary<string, string> _values;

    private SystemdUnit(Dictionary<string, string> values) => _values = values;

    /// <summary>Its name, for example <c>nginx.service</c>.</summary>
    public string Id => Value("Id");

    /// <summary>Its name without <c>.service</c>, as systemctl takes it.</summary>
    public string Name => Id.EndsWith(".service", StringComparison.Ordinal) ? Id[..^".service".Length] : Id;

    /// <summary>Whether somebody has masked it, so that nothing starts it.</summary>
    public bool IsMasked => Value("LoadState") == "masked" || Value("UnitFileState") is "masked" or "masked-runtime";

    /// <summary>
    /// The command that takes the mask away and starts it; a mask for this boot only lies elsewhere, and has a word of its own.
    /// </summary>
    public string Unmask =>
        $"sudo systemctl unmask {(Value("UnitFileState") == "masked-runtime" ? "--runtime " : "")}{ShellWord.Quote(Name)} && sudo "
            + $"systemctl start {ShellWord.Quote(Name)}";

    /// <summary>Whether it runs now and no boot starts it.</summary>
    public bool IsDisabled => Value("UnitFileState") == "disabled" && Value("TriggeredBy").Length == 0;

    /// <summary>Whether its file changed since systemd read it, so that a restart starts what the file said before.</summary>
    public bool IsStale => Value("NeedDaemonReload") == "yes";

    /// <summary>Whether it has a network of its own, in which nothing of the host reaches it.</summary>
    public bool HasPrivateNetwork => Value("PrivateNetwork") == "yes";

    /// <summary>The commands that make systemd read its file again and start what that says.</summary>
    public string LoadAgain => $"sudo systemctl daemon-reload && sudo systemctl restart {ShellWord.Quote(Name)}";

    /// <summary>Whether a boot starts it.</summary>
    public bool IsEnabled => Value("UnitFileState") is "enabled" or "enabled-runtime";

    /// <summary>active, inactive, failed, activating …</summary>
    public string State => Value("ActiveState");

    /// <summary>Whether systemd starts it again and again, or has given up to.</summary>
    public bool IsLooping => (State == "activating" && Value("SubState") is "auto-restart" or "auto-restart-queued")
        || (State == "failed" && Value("Result") == "start-limit-hit")
        || (State is "failed" or "activating" && Restarts > 0);

    /// <summary>How often systemd has started it again.</summary>
    public int Restarts => int.TryParse(Value("NRestarts"), out var restarts) ? restarts : 0;

    /// <summary>When it was started last, counted from the boot; null where systemd did not say.</summary>
    public TimeSpan? Started =>
        long.TryParse(Value("ActiveEnterTimestampMonotonic"), CultureInfo.InvariantCulture, out var at) && at is > 0 and < LongestUptime
            ? TimeSpan.FromMicroseconds(at)
            : null;

    /// <summary>The main process, or null.</summary>
    public int? ProcessId => int.TryParse(Value("MainPID"), out var id) && id > 0 ? id : null;

    /// <summary>The folder that it starts in; systemd writes - or ! before what it may do without.</summary>
    public string WorkingDirectory => Value("WorkingDirectory").TrimStart('-', '!');

    /// <summary>The units that start it when something arrives, for example a socket's.</summary>
    public string TriggeredBy => Value("TriggeredBy");

    /// <summary>The files that change it, where an admin has some.</summary>
    public string DropIns => Value("DropInPaths");

    /// <summary>
    /// Whether systemd waits for something that has to end before the program is said to run: an ExecStartPre, a notification.
    /// </summary>
    public bool IsStarting => State == "activating" && Value("SubState").StartsWith("start", StringComparison.Ordinal);

    /// <summary>Its state in the words of systemctl: <c>failed (start-limit-hit)</c>.</summary>
    public string Described => IsMasked ? "masked" : State == "failed" && Value("Result") is { Length: > 0 } result ? $"failed ({result})"
        : State == "activating" && Value("SubState") is { Length: > 0 } sub ? $"activating ({sub})" : State;

    /// <summary>What systemd itself could not do to start it; empty where the program was started.</summary>
    public string StartFault => Value("LoadState") is "bad-setting" or "error"
        ? $"systemd refuses its file {Value("FragmentPath")} ({Value("LoadState")})"
        : State is not ("failed" or "activating") ? ""
        : Value("Result") == "resources" ? "systemd cannot load what the unit names, for example its EnvironmentFile (result resources)"
        : int.TryParse(Value("ExecMainStatus"), CultureInfo.InvariantCulture, out var status) ? status switch
        {
            Chdir => $"systemd cannot enter its WorkingDirectory {WorkingDirectory} (status 200/CHDIR)",
            Exec => "systemd cannot run its ExecStart: the file is missing or not executable (status 203/EXEC)",
            Output or Errors => "systemd cannot open the file of its StandardOutput or StandardError (status "
                + $"{(status == Output ? "209/STDOUT" : "222/STDERR")})",
            Group => $"its Group {Value("Group")} does not exist (status 216/GROUP)",
            User => $"its User {Value("User")} does not exist or cannot be taken (status 217/USER)",
            Namespace =>
                "systemd cannot set up its sandbox: a path of ReadWritePaths, BindPaths or the like is missing (status 226/NAMESPACE)",
            >= Folders and <= Credentials => $"systemd cannot make a folder or read a credential that the unit names (status {status})",
            _ => "",
        } : "";

    /// <summary>Reads it; null where there is no such unit.</summary>
    public static SystemdUnit? Read(string show)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in show.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) values[line[..equals]] = ForeignText.Visible(line[(equals + 1)..].Trim());
        }

        return values.GetValueOrDefault("LoadState") is null or "not-found" ? null : new SystemdUnit(values);
    }

    private string Value(string name) => _values.GetValueOrDefault(name, "");
}
