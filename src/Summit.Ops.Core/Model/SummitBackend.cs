namespace Summit.Ops;

/// <summary>What keeps the backend running.</summary>
public enum SummitBackendManager
{
    /// <summary>Nothing that was found.</summary>
    None,

    /// <summary>pm2.</summary>
    Pm2,

    /// <summary>systemd.</summary>
    Systemd,
}

/// <summary>The site's backend process on one host.</summary>
public sealed record SummitBackend
{
    /// <summary>The host.</summary>
    public required SummitTarget Target { get; init; }

    /// <summary>The process's name in its manager.</summary>
    public required string Name { get; init; }

    /// <summary>What keeps it running.</summary>
    public required SummitBackendManager Manager { get; init; }

    /// <summary>Its process id; null where it does not run.</summary>
    public int? ProcessId { get; init; }

    /// <summary>
    /// The manager's own word for its state: online, stopped, errored, launching; active, failed …; empty without a manager.
    /// </summary>
    public string Status { get; init; } = "";

    /// <summary>How often the manager has restarted it.</summary>
    public int Restarts { get; init; }

    /// <summary>How long it has been running; null where it does not run or that is not known.</summary>
    public TimeSpan? Uptime { get; init; }

    /// <summary>Its resident memory in bytes; null where it is not known.</summary>
    public long? Memory { get; init; }

    /// <summary>Its processor use in percent of one core; null where it is not known.</summary>
    public double? Cpu { get; init; }

    /// <summary>The port it should listen on.</summary>
    public required int Port { get; init; }

    /// <summary>Whether anything on the host listens on that port.</summary>
    public required bool Listening { get; init; }

    /// <summary>The addresses that are listened on, as address:port.</summary>
    public IReadOnlyList<string> ListenAddress { get; init => field = ItemList.Of(value); } = ItemList<string>.None;

    /// <summary>pm2's mode, <c>fork</c>, or <c>cluster</c>, in which a reload closes the port at no time; empty without pm2.</summary>
    public string Mode { get; init; } = "";

    /// <summary>The folder that it runs in; empty where the manager does not say.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>The file of its standard output; empty without pm2.</summary>
    public string OutputLogPath { get; init; } = "";

    /// <summary>The file of its standard error; empty without pm2.</summary>
    public string ErrorLogPath { get; init; } = "";

    /// <summary>Whether the manager says it runs.</summary>
    public bool Running => Status is "online" or "active";

    /// <summary>Name and state.</summary>
    public override string ToString() => Status.Length == 0 ? Name : $"{Name}: {Status}";
}
