namespace Summit.Ops.Lab;

/// <summary>A running lab: what Start-SummitLab emits.</summary>
public sealed class SummitLab
{
    internal SummitLab(LabInstance instance, Drill? drill = null) =>
        (Instance, AwsEndpoint, Drill) = (instance, instance.AwsEndpoint, drill);

    /// <summary>The scenario's name; <c>drill</c> where it is to be found out.</summary>
    public string Scenario => Drill is null ? Instance.Scenario.Name : "drill";

    /// <summary>What is broken, in a few words.</summary>
    public string Description => Drill is null ? Instance.Scenario.Description : "a fault to find out; Stop-SummitLab tells which";

    /// <summary>The root cause that a diagnosis should find; None in a drill.</summary>
    public SummitCause Expected => Drill is null ? Instance.Scenario.Expected : SummitCause.None;

    /// <summary>Further causes that are as true where no process manager tells more; empty under pm2.</summary>
    public IReadOnlyList<SummitCause> AlsoTrue =>
        Drill is not null || Instance.Backend.Kind == LabBackendKind.Pm2 ? [] : Instance.Scenario.AlsoTrue;

    /// <summary>
    /// Whether the fault is in the account's network: a diagnosis sees it over Systems Manager only (<c>-Target $Lab.Target</c>).
    /// </summary>
    public bool OverSystemsManager => Drill is null && Instance.Scenario.OverSystemsManager;

    /// <summary>What clients open; dialable as it stands.</summary>
    public string Uri => Instance.Uri;

    /// <summary>The port that nginx speaks TLS on.</summary>
    public int Port => Instance.Port;

    /// <summary>The site's name, also in its certificate.</summary>
    public string ServerName => Instance.ServerName;

    /// <summary>The site's file.</summary>
    public string ConfigPath => Instance.ConfigPath;

    /// <summary>nginx's prefix.</summary>
    public string NginxPrefix => Instance.NginxPrefix;

    /// <summary>The id of the lab's instance.</summary>
    public string InstanceId => Instance.InstanceId;

    /// <summary>Its region.</summary>
    public string Region => Instance.Region;

    /// <summary>The URL of the lab's AWS.</summary>
    public string AwsEndpoint { get; }

    /// <summary>What runs the backend.</summary>
    public LabBackendKind Backend => Instance.Backend.Kind;

    /// <summary>The backend's port.</summary>
    public int BackendPort => Instance.BackendPort;

    /// <summary>The server's certificate chain (PEM).</summary>
    public string CertificatePath => Instance.CertificatePath;

    /// <summary>All the cmdlets need to know of the site.</summary>
    public SummitSite Site => Instance.Site;

    /// <summary>The lab's instance, over Systems Manager.</summary>
    public SummitTarget Target => Instance.Target;

    /// <summary>This machine.</summary>
    public SummitTarget LocalTarget => Instance.LocalTarget;

    internal LabInstance Instance { get; }

    internal Drill? Drill { get; }

    /// <summary>The scenario and the address.</summary>
    public override string ToString() => $"{Scenario} at {Uri}";
}
