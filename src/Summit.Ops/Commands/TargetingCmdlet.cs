using System.Collections;
using System.Management.Automation;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Hosts.Ssh;

namespace Summit.Ops.Commands;

/// <summary>What the cmdlets share that work on hosts: instances named by id, by tag or as targets, and the way to them.</summary>
public abstract class TargetingCmdlet : AwsCmdlet
{
    /// <summary>The Run Command document that runs the scripts, where AWS-RunShellScript is not allowed.</summary>
    /// <value>AWS-RunShellScript</value>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DocumentName { get; set; }

    /// <summary>
    /// Options of ssh for -HostName, each as after ssh -o: 'IdentityFile=~/.ssh/summit', 'ProxyJump=bastion'. They come
    /// before those of ~/.ssh/config.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] SshOption { get; set; } = [];

    /// <summary>Checks that hosts are named in one way only.</summary>
    /// <param name="names">The parameters that name hosts.</param>
    private protected void CheckWays(params ReadOnlySpan<string> names)
    {
        var given = new List<string>();
        foreach (var name in names)
        {
            if (MyInvocation.BoundParameters.ContainsKey(name)) given.Add(name);
        }

        if (given.Count > 1)
        {
            Throw(new SummitArgumentException(
                "TargetAmbiguous",
                $"Hosts are named by -{string.Join(" and by -", given)}: one of them is enough.",
                null, "Get-Help about_Summit_Ops"));
        }
    }

    /// <summary>
    /// Checks what was written into the call itself: an id that is empty, and an account without a host in it, must
    /// not silently mean this machine.
    /// </summary>
    /// <param name="instanceId">The value of -InstanceId.</param>
    /// <param name="hostName">The value of -HostName.</param>
    private protected void CheckHosts(string[]? instanceId, string[]? hostName)
    {
        var given = MyInvocation.BoundParameters;
        if (given.ContainsKey("HostName"))
        {
            if (EmptyHostName(hostName) is { } empty) Throw(empty);
            try
            {
                _ = BySsh(hostName!);
            }
            catch (SummitException error)
            {
                Throw(error);
            }
        }
        else if (given.ContainsKey("InstanceId"))
        {
            if (EmptyInstanceId(instanceId, MyInvocation.MyCommand.Name) is { } empty) Throw(empty);
        }
        else if (!MyInvocation.ExpectingInput && !given.ContainsKey("Target") && !given.ContainsKey("Tag")
            && AwsWithoutHost(this, "-InstanceId, -Tag or -Target") is { } nowhere)
        {
            Throw(nowhere);
        }
    }

    /// <summary>The hosts of this pipeline item. A target has an InstanceId property as well: the target itself is meant then.</summary>
    /// <param name="targets">The value of -Target; null where none was given.</param>
    /// <param name="instanceId">The value of -InstanceId.</param>
    /// <param name="hostName">The value of -HostName.</param>
    private protected IReadOnlyList<SummitTarget> Hosts(SummitTarget[]? targets, string[]? instanceId, string[]? hostName)
    {
        if (targets is not null) return targets;
        // bound by an item that brings none; what another item brought stays among the bound parameters
        if (hostName is not null || (instanceId is null && MyInvocation.BoundParameters.ContainsKey("HostName"))) return ByName(hostName);
        if (instanceId is null && !MyInvocation.BoundParameters.ContainsKey("InstanceId")) return [SummitTarget.Local];
        if (EmptyInstanceId(instanceId, MyInvocation.MyCommand.Name) is not { } empty) return ById(instanceId!);
        WriteError(ErrorRecords.From(empty)); // one item of the pipeline that names no instance does not end it
        return [];
    }

    // one item of the pipeline that names no host does not end it
    private SummitTarget[] ByName(string[]? names)
    {
        try
        {
            return EmptyHostName(names) is { } empty ? throw empty : BySsh(names!);
        }
        catch (SummitException error)
        {
            WriteError(ErrorRecords.From(error));
            return [];
        }
    }

    private SummitTarget[] BySsh(string[] names) => [.. names.Select(name => SshHost.TargetOf(name, SshOption))];

    private SummitArgumentException? EmptyHostName(string[]? names) =>
        names is null || names.Length == 0 || names.Any(string.IsNullOrWhiteSpace)
            ? new SummitArgumentException(
                "HostNameEmpty", "-HostName was given without the name of a host. Leave it out for this machine.", null,
                $"{MyInvocation.MyCommand.Name} -HostName deploy@web1.example.com")
            : null;

    private SummitTarget[] ById(string[] ids)
    {
        CheckInstanceIds(ids);
        return [.. ids.Select(id => new SummitTarget { Name = id, Kind = SummitTargetKind.Ssm, InstanceId = id, Region = Region ?? "" })];
    }

    /// <summary>A target with the way to it: what is emitted goes down the pipeline with the account that it was reached by.</summary>
    private protected SummitTarget Connected(SummitTarget target)
    {
        if (target.Kind != SummitTargetKind.Ssm) return target;
        var connection = HasConnection
            ? Connection
            : (target.Connection ?? new AwsConnection()) with { Purpose = MyInvocation.MyCommand.Name };
        return target with { Connection = DocumentName is null ? connection : connection with { DocumentName = DocumentName } };
    }

    /// <summary>Finds the running instances that have tags; where there are none, that is an error.</summary>
    /// <param name="tag">The tags.</param>
    /// <param name="found">Told each as it is found.</param>
    private protected void FindTagged(Hashtable tag, Action<SummitTarget> found)
    {
        var tags = Tags(tag);
        var (running, others) = (0, 0);
        try
        {
            foreach (var target in HostDirectory.Aws.FindAsync(new TargetQuery { Tags = tags }, Connection, StopToken)
                .ToBlockingEnumerable(StopToken))
            {
                if (target.State == "running")
                {
                    running++;
                    found(target);
                }
                else
                {
                    others++;
                }
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

        if (others > 0) WriteVerbose($"{others} further instances with these tags do not run.");
        if (running > 0) return;
        var said = string.Join(", ", tags.Select(each => $"{each.Key}={string.Join('|', each.Value)}"));
        WriteError(ErrorRecords.From(new SummitAwsException(
            "NoTargetFound", SummitErrorKind.NotFound,
            $"No running instance has the tag {said}{(others > 0 ? $"; {others} that do not run have it" : "")}.", said,
            $"Get-SummitTarget -Tag @{{ {string.Join("; ", tags.Select(each => $"'{each.Key}' = '{each.Value[0]}'"))} }}")));
    }
}
