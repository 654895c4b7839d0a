using System.Management.Automation;
using Summit.Ops.Diagnosis;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Network;
using Summit.Ops.Network.Firewalls;

namespace Summit.Ops.Commands;

/// <summary>
/// Tests whether the firewall on the host itself lets clients in on a TCP port: ufw, firewalld, nftables and iptables, legacy and nft.
/// </summary>
/// <remarks>
/// <para>The rules are read as the kernel has them, by one script that changes nothing, and followed as the kernel follows them: chains,
/// jumps, verdict maps, sets, sources and policies. The check names the rule that allows or stops the port, and its Fix is the command of
/// the tool that is in charge. One check comes for each host and family of addresses.</para>
/// <para>Reading needs root: where the account is not root, sudo -n is tried. What could not be read is Unknown, and so is what depends on
/// things that rules do not show, such as a rate, an ipset, or another interface.</para>
/// <para>A security group of AWS lies before the host: Test-SummitSecurityGroup looks at that.</para>
/// </remarks>
/// <example>
/// <title>This machine</title>
/// <code>Test-SummitFirewall</code>
/// <para>The guide's "Check EC2 firewall allows 443".</para>
/// </example>
/// <example>
/// <title>A fleet, what is wrong only</title>
/// <code>Test-SummitFirewall -Tag @{ Role = 'web' } -Region eu-west-1 | Where-Object Status -EQ Fail</code>
/// <para>One script for all of them, through AWS Systems Manager.</para>
/// </example>
/// <example>
/// <title>From one network, on another port</title>
/// <code>Test-SummitFirewall -InstanceId i-06bc5b2218c041802 -Port 8443 -Source 10.0.0.0/16</code>
/// <para>A rule that stops only a part of them makes a Warning that names the part.</para>
/// </example>
/// <seealso cref="TestSummitSecurityGroupCommand"/>
/// <seealso cref="InvokeSummitDiagnosticCommand"/>
[Cmdlet(VerbsDiagnostic.Test, "SummitFirewall")]
[OutputType(typeof(SummitCheck))]
public sealed class TestSummitFirewallCommand : OnHostCmdlet
{
    /// <summary>The TCP port that the client connects to; the site's where none is given.</summary>
    /// <value>The site's port</value>
    [Parameter]
    public int? Port { get; set; }

    /// <summary>Where the client is: addresses or blocks, such as 203.0.113.0/24. Without it: the internet, over IPv4 and IPv6.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Source { get; set; } = [];

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Port is < 1 or > 65535)
        {
            Throw(new SummitArgumentException("PortInvalid", $"{Port} is no TCP port: 1 to 65535.", Port, "Test-SummitFirewall -Port 443"));
        }

        if (Source.FirstOrDefault(text => !AddressBlock.TryParse(text, out _)) is { } source)
        {
            Throw(new SummitArgumentException(
                "SourceInvalid", $"'{source}' is no address and no block of addresses.", source,
                "Test-SummitFirewall -Source 203.0.113.0/24"));
        }

        base.BeginProcessing();
    }

    private protected override async Task<bool> RunAsync(IHost host, SummitSite site, PipelineQueue queue, CancellationToken cancellation)
    {
        using var progress = queue.Activity("Looking at the firewall", host.Target.ToString());
        var question = new PathQuestion { Port = Port ?? site.Port, Source = [.. Source.Select(AddressBlock.Parse)] };
        foreach (var check in Suppressions.Mark(await HostFirewall.TestAsync(host, question, cancellation), site, host.Target))
        {
            queue.Write(check);
        }

        return true;
    }
}
