using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace Summit.Ops.Lab.Shell;

/// <summary>Whether what reaches the host right now is formatted output; an information record that is shown reaches it by the same call.</summary>
internal sealed class OutputPhase
{
    /// <summary>Whether Out-Default or Out-Host is writing.</summary>
    public bool Active { get; private set; }

    /// <summary>Runs a step of one of the two cmdlets.</summary>
    public static void During(PSCmdlet cmdlet, Action step)
    {
        if (cmdlet.Host.PrivateData?.BaseObject is not OutputPhase { Active: false } phase)
        {
            step();
            return;
        }

        phase.Active = true;
        try
        {
            step();
        }
        finally
        {
            phase.Active = false;
        }
    }
}

/// <summary>Out-Default, which says to the host when it writes.</summary>
[Cmdlet(VerbsData.Out, "Default")]
public sealed class OutConsoleDefaultCommand : OutDefaultCommand
{
    /// <inheritdoc/>
    protected override void BeginProcessing() => OutputPhase.During(this, base.BeginProcessing);

    /// <inheritdoc/>
    protected override void ProcessRecord() => OutputPhase.During(this, base.ProcessRecord);

    /// <inheritdoc/>
    protected override void EndProcessing() => OutputPhase.During(this, base.EndProcessing);
}

/// <summary>Out-Host, which says to the host when it writes.</summary>
[Cmdlet(VerbsData.Out, "Host")]
public sealed class OutConsoleHostCommand : OutHostCommand
{
    /// <inheritdoc/>
    protected override void BeginProcessing() => OutputPhase.During(this, base.BeginProcessing);

    /// <inheritdoc/>
    protected override void ProcessRecord() => OutputPhase.During(this, base.ProcessRecord);

    /// <inheritdoc/>
    protected override void EndProcessing() => OutputPhase.During(this, base.EndProcessing);
}
