using System.Management.Automation;

namespace Summit.Ops.Lab.Shell;

/// <summary>A running lab as scripts see it: <c>$Lab</c>.</summary>
internal static class LabVariable
{
    public const string Name = "Lab";

    /// <summary>The facts of the lab, one property each.</summary>
    public static PSObject From(LabInstance lab)
    {
        var variable = new PSObject();
        foreach (var (name, value) in Facts(lab)) variable.Properties.Add(new PSNoteProperty(name, value));
        return variable;
    }

    private static IEnumerable<(string Name, object? Value)> Facts(LabInstance lab) =>
    [
        ("Scenario", lab.Scenario.Name),
        ("Uri", lab.Uri),
        ("Port", lab.Port),
        ("ServerName", lab.ServerName),
        ("ConfigPath", lab.ConfigPath),
        ("NginxPrefix", lab.NginxPrefix),
        ("InstanceId", lab.InstanceId),
        ("Region", lab.Region),
        ("AwsEndpoint", lab.AwsEndpoint),
        ("BackendPort", lab.BackendPort),
        ("CertificatePath", lab.CertificatePath),
        ("Site", lab.Site),
        ("Target", lab.Target),
        ("LocalTarget", lab.LocalTarget),
    ];
}
