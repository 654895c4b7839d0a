using System.Collections;
using System.Management.Automation;
using Summit.Ops.Completion;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Hosts.Ssh;

namespace Summit.Ops.Commands;

/// <summary>Gets EC2 instances as targets, with what AWS Systems Manager knows of them.</summary>
/// <remarks>
/// <para>Names instances by id or by tag, or, with neither, every instance of the region. Each comes with its state, its addresses and its
/// PingStatus: Online, ConnectionLost, Inactive, or NotRegistered where Systems Manager has never heard of it. A target goes down the
/// pipeline to every cmdlet that works on a host, and takes the account along: -ProfileName and the like need not be said twice.</para>
/// <para>Credentials and region are found as every AWS tool finds them: parameters, profile (SSO ones too), environment,
/// web identity, instance metadata. It needs ec2:DescribeInstances and ssm:DescribeInstanceInformation; without the
/// latter the PingStatus is Unknown.</para>
/// <para>A hybrid node (mi-…) is found by its id, or by a tag whose value has no wildcard.</para>
/// <para>-HostName makes targets of hosts that SSH reaches, with the options that reach them: no AWS is asked.</para>
/// </remarks>
/// <example>
/// <title>All web servers by tag</title>
/// <code>Get-SummitTarget -Tag @{ Role = 'web'; Env = 'production' } -Region eu-west-1</code>
/// <para>Every instance that has both tags, whatever its state.</para>
/// </example>
/// <example>
/// <title>Diagnose a fleet</title>
/// <code>Get-SummitTarget -Tag @{ Role = 'web' } | Where-Object PingStatus -eq Online | Invoke-SummitDiagnostic -Site $site</code>
/// <para>Fifty instances are one command of Systems Manager; results come as instances finish.</para>
/// </example>
/// <example>
/// <title>Hosts behind SSH</title>
/// <code>Get-SummitTarget -HostName deploy@web1, deploy@web2:2222 -SshOption 'ProxyJump=bastion' |
///     Invoke-SummitDiagnostic -Site $site</code>
/// <para>The same diagnosis through this machine's OpenSSH client; each host has its own result or error.</para>
/// </example>
/// <example>
/// <title>Why can an instance not be reached?</title>
/// <code>Get-SummitTarget -InstanceId i-06bc5b2218c041802 -ProfileName production</code>
/// <para>A stopped instance, an agent that is offline and one that never registered are told apart.</para>
/// </example>
/// <seealso cref="InvokeSummitDiagnosticCommand"/>
/// <seealso cref="DeploySummitNginxConfigCommand"/>
[Cmdlet(VerbsCommon.Get, "SummitTarget", DefaultParameterSetName = "InstanceId")]
[OutputType(typeof(SummitTarget))]
public sealed class GetSummitTargetCommand : AwsCmdlet
{
    private readonly List<string> _ids = [];

    /// <summary>Ids of instances (i-…) or hybrid nodes (mi-…).</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "InstanceId")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public string[]? InstanceId { get; set; }

    /// <summary>
    /// Hosts behind SSH: user@host:port, ssh://user@host:port, or an alias of ~/.ssh/config. Nothing is asked of them here.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "HostName")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[]? HostName { get; set; }

    /// <summary>Options of ssh for -HostName, each as after ssh -o.</summary>
    [Parameter(ParameterSetName = "HostName")]
    [ValidateNotNullOrEmpty]
    public string[] SshOption { get; set; } = [];

    /// <summary>Tags that an instance must all have. Several values of one tag are alternatives; * and ? are wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Tag")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public Hashtable? Tag { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => CheckConnection();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (HostName is not null)
        {
            Guard(
                HostName,
                () => WriteObject(HostName.Select(name => SshHost.TargetOf(name, SshOption)).ToList(), enumerateCollection: true));
            return;
        }

        if (InstanceId is null) return;
        CheckInstanceIds(InstanceId);
        _ids.AddRange(InstanceId);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ParameterSetName == "HostName") return;
        var query = new TargetQuery { InstanceIds = [.. _ids.Distinct(StringComparer.Ordinal)] };
        if (Tag is not null) query = query with { Tags = Tags(Tag) };
        var missing = query.InstanceIds.ToHashSet(StringComparer.Ordinal);
        try
        {
            foreach (var target in HostDirectory.Aws.FindAsync(query, Connection, StopToken).ToBlockingEnumerable(StopToken))
            {
                missing.Remove(target.InstanceId);
                WriteObject(target);
            }
        }
        catch (SummitException error)
        {
            if (IsFatal(error)) Throw(error);
            WriteError(ErrorRecords.From(error));
            return;
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }

        foreach (var id in query.InstanceIds.Where(missing.Contains))
        {
            WriteError(ErrorRecords.From(new SummitAwsException(
                "InstanceNotFound", SummitErrorKind.NotFound, $"There is no instance {id} in this region of this account.", id,
                $"Get-SummitTarget -InstanceId {id} -Region OTHER-REGION (and whose account it is: aws sts get-caller-identity)")));
        }
    }
}
