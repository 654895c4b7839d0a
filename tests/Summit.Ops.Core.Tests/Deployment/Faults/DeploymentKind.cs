namespace Summit.Ops.Core.Tests.Deployment.Faults;

/// <summary>The kinds of deployment that go through the script on different ways.</summary>
internal enum DeploymentKind
{
    /// <summary>A file that is there and enabled changes.</summary>
    Change,

    /// <summary>Neither the file nor its link is there.</summary>
    First,

    /// <summary>The file stays as it is, and its link is made.</summary>
    Enable,

    /// <summary>The site's file is itself a link to another.</summary>
    ThroughLink,

    /// <summary>The host has no mount namespaces: tested in place.</summary>
    WithoutNamespace,

    /// <summary>nginx does not run before it.</summary>
    NginxDown,

    /// <summary>The new file stops WebSockets: it is rolled back.</summary>
    Worse,

    /// <summary>nginx cannot take the new file, for a port is taken: it is rolled back.</summary>
    PortTaken,

    /// <summary>A killed run is undone first.</summary>
    Recovery,

    /// <summary>A change that stands is taken back: nothing is deployed but the file from before.</summary>
    TakeBack,

    /// <summary>A first deployment that stands is taken back: file and link go.</summary>
    TakeBackFirst,
}

/// <summary>What goes wrong at a point of the script, as shell code that runs there.</summary>
internal enum Fault
{
    /// <summary>SIGKILL: nothing of the script runs any more.</summary>
    Kill,

    /// <summary>SIGTERM, as Run Command and a cancelled cmdlet send it.</summary>
    Terminate,

    /// <summary>SIGHUP: the terminal went away.</summary>
    HangUp,

    /// <summary>SIGINT: Ctrl+C.</summary>
    Interrupt,

    /// <summary>Nobody reads what the script says any more.</summary>
    ConnectionLost,

    /// <summary>From here on no file takes a byte.</summary>
    DiskFull,

    /// <summary>All processes of nginx are killed.</summary>
    NginxKilled,
}
