using System.Management.Automation;

namespace Summit.Ops.Commands;

/// <summary>Describes a site.</summary>
[Cmdlet(VerbsCommon.New, "SummitSite")]
[OutputType(typeof(SummitSite))]
public sealed class NewSummitSiteCommand : SummitCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing() => WriteObject(new SummitSite());
}
