using System.Management.Automation;
using System.Reflection;

namespace Summit.Ops.Tests.Conformance;

/// <summary>What changes something can be asked first what it would do, and asks nobody when it runs unattended.</summary>
public sealed class ShouldProcessTests
{
    // Repair-SummitNginxConfig is no host's: it gives back a configuration
    private static readonly HashSet<string> Mutating = new(StringComparer.Ordinal)
    {
        VerbsLifecycle.Deploy, VerbsData.Restore, VerbsLifecycle.Restart, VerbsData.Export, VerbsCommon.Set, VerbsCommon.Remove, VerbsData.Update, VerbsLifecycle.Install,
    };

    public static TheoryData<string> Changing => [.. ModuleCatalog.Cmdlets.Where(Changes).Select(cmdlet => cmdlet.Name)];

    public static TheoryData<string> Looking => [.. ModuleCatalog.Cmdlets.Where(cmdlet => !Changes(cmdlet)).Select(cmdlet => cmdlet.Name)];

    [Theory]
    [MemberData(nameof(Changing))]
    public void A_cmdlet_that_changes_something_supports_WhatIf_and_does_not_stop_an_unattended_run(string name)
    {
        var attribute = ModuleCatalog.Find(name).ImplementingType.GetCustomAttribute<CmdletAttribute>()!;
        Assert.True(attribute.SupportsShouldProcess, $"{name} has no -WhatIf.");
        Assert.Equal(ConfirmImpact.Medium, attribute.ConfirmImpact);
    }

    [Theory]
    [MemberData(nameof(Looking))]
    public void A_cmdlet_that_only_looks_has_no_WhatIf(string name) =>
        Assert.False(ModuleCatalog.Find(name).ImplementingType.GetCustomAttribute<CmdletAttribute>()!.SupportsShouldProcess);

    private static bool Changes(CmdletInfo cmdlet) => Mutating.Contains(cmdlet.Verb) || cmdlet.Name == "Repair-SummitWebSocket";
}
