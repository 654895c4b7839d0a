using System.Management.Automation;
using Summit.Ops.Completion;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Network;

namespace Summit.Ops.Commands;

/// <summary>
/// Tests whether a source reaches an instance on a TCP port: security groups, network ACLs, routes and addresses, each blocker with
/// the command that would open it.
/// </summary>
/// <remarks>
/// <para>For an instance it looks at the whole way: the groups of the interface that carries the address (all of them together), prefix
/// lists and group references, the network ACL both ways in the order of its rules, the route to an internet gateway, and a public address.
/// Behind a load balancer both halves are judged: the clients to it, and it to the instance. Every blocker is a check of its own, not the
/// first one only, and the rule that allows is named. Nothing is ever changed: Fix is the narrow command of the AWS CLI to run.</para>
/// <para>Without -Source the question is asked for the internet, over IPv4 and IPv6. Where only a part of the source comes through, the
/// check fails with severity Warning and names the part.</para>
/// <para>What may not be read is Unknown, and Evidence names the missing action. The actions are in about_Summit_Permissions. -InputObject
/// judges saved groups and needs no account; of groups alone, ACLs, routes and addresses are not known.</para>
/// </remarks>
/// <example>
/// <title>Is port 443 open to the internet?</title>
/// <code>Test-SummitSecurityGroup -InstanceId i-06bc5b2218c041802 -Region eu-west-1</code>
/// <para>The guide's "Port 443 open in security group", and everything else on the way.</para>
/// </example>
/// <example>
/// <title>From the office only</title>
/// <code>Get-SummitTarget -Tag @{ Role = 'web' } | Test-SummitSecurityGroup -Source 203.0.113.0/24 | Where-Object Status -EQ Fail</code>
/// <para>What is closed for these addresses, on every web server.</para>
/// </example>
/// <example>
/// <title>From this machine</title>
/// <code>Test-SummitSecurityGroup -InstanceId i-06bc5b2218c041802 -Source (curl -s https://checkip.amazonaws.com)</code>
/// <para>Behind a NAT only somebody outside can tell the address that the instance sees, so nothing here guesses it: this asks a service of
/// AWS. From inside the VPC it is the machine's own address.</para>
/// </example>
/// <example>
/// <title>Saved groups, without credentials</title>
/// <code>Get-Content ./groups.json | Test-SummitSecurityGroup -Port 443</code>
/// <para>The file is what aws ec2 describe-security-groups printed. Each group is judged by itself; with -GroupId the named ones together,
/// as one interface has them.</para>
/// </example>
/// <example>
/// <title>Behind a load balancer</title>
/// <code>Test-SummitSecurityGroup -InstanceId i-06bc5b2218c041802 -LoadBalancer app/summit -TargetPort 8443</code>
/// <para>The clients come to the load balancer on 443, and it goes on to the instance on 8443.</para>
/// </example>
/// <seealso cref="TestSummitFirewallCommand"/>
/// <seealso cref="TestSummitWebSocketCommand"/>
/// <seealso cref="InvokeSummitDiagnosticCommand"/>
[Cmdlet(VerbsDiagnostic.Test, "SummitSecurityGroup", DefaultParameterSetName = InstanceSet)]
[OutputType(typeof(SummitCheck))]
public sealed class TestSummitSecurityGroupCommand : AwsCmdlet
{
    private const string InstanceSet = "InstanceId";
    private const string GroupSet = "GroupId";
    private const string InputSet = "InputObject";
    private const int AtOnce = 20;
    private TargetRun? _run;
    private SavedGroups? _saved;

    /// <summary>The instances.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = InstanceSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public string[] InstanceId { get; set; } = [];

    /// <summary>
    /// Security groups, judged together as one interface has them; with -InputObject those of the saved ones that are meant.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = GroupSet)]
    [Parameter(ParameterSetName = InputSet)]
    [ValidateNotNullOrEmpty]
    public string[] GroupId { get; set; } = [];

    /// <summary>
    /// Saved groups: the JSON of aws ec2 describe-security-groups as text, as a path or as an object. A target of
    /// Get-SummitTarget is the instance itself.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputSet)]
    [AllowEmptyString]
    public object? InputObject { get; set; }

    /// <summary>The TCP port that the client connects to.</summary>
    [Parameter]
    public int Port { get; set; } = 443;

    /// <summary>
    /// Where the client is: addresses or blocks, such as 203.0.113.0/24. Without it: the internet, over IPv4 and IPv6. This machine's own
    /// address is not guessed: the examples show how to name it.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Source { get; set; } = [];

    /// <summary>
    /// The load balancer in front of the instance, by name; without it, the one whose group the instance's groups let in.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LoadBalancer { get; set; }

    /// <summary>The port on the instance, where a load balancer goes on to another than -Port.</summary>
    [Parameter]
    public int? TargetPort { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        CheckConnection();
        CheckInstanceIds(InstanceId);
        if (new[] { Port, TargetPort ?? Port }.FirstOrDefault(port => port is < 1 or > 65535, -1) is var wrong and not -1)
        {
            Throw(new SummitArgumentException(
                "PortInvalid", $"{wrong} is no TCP port: 1 to 65535.", wrong, "Test-SummitSecurityGroup -InstanceId i-… -Port 443"));
        }

        if (Source.FirstOrDefault(text => !AddressBlock.TryParse(text, out _)) is { } source)
        {
            Throw(new SummitArgumentException(
                "SourceInvalid", $"'{source}' is no address and no block of addresses.", source,
                "Test-SummitSecurityGroup -InstanceId i-… -Source 203.0.113.0/24"));
        }

        _run = new TargetRun(this, AtOnce, int.MaxValue, fleet: null, StopToken);
        _saved = new SavedGroups(FileSystemPath);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var id in InstanceId) BeginInstance(id, Connection);
        if (ParameterSetName == GroupSet)
        {
            _run!.Add(SummitTarget.Local, new SummitSite(), async (queue, cancellation) => Write(
                queue, PathJudge.Groups(await HostDirectory.Aws.SecurityGroupsAsync(GroupId, Connection, cancellation), Question)));
        }

        if (ParameterSetName != InputSet || InputObject is null) return;
        var input = InputObject is PSObject wrapped ? wrapped.BaseObject : InputObject;
        if (input is not SummitTarget target)
        {
            Guard(target: null, () => _saved!.Add(InputObject));
            return;
        }

        if (target.InstanceId.Length == 0)
        {
            Guard(target, () => throw NoInstance($"{target} is no instance of EC2", target, "Test-SummitWebSocket"));
            return;
        }

        var connection = HasConnection
            ? Connection
            : (target.Connection ?? new AwsConnection()) with { Purpose = MyInvocation.MyCommand.Name };
        BeginInstance(target.InstanceId, target.Region.Length > 0 ? connection with { Region = target.Region } : connection);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Guard(target: null, () =>
        {
            var groups = _saved!.Read(named: ParameterSetName == InputSet ? GroupId : []);
            // groups of one file need not be of one interface: each is judged by itself, unless the caller says which belong together
            var together = groups.GroupBy(
                group => GroupId.Length == 0 ? group.Id : GroupId.Contains(group.Id, StringComparer.Ordinal) ? "together" : "",
                StringComparer.Ordinal).Where(some => some.Key.Length > 0);
            foreach (var some in together)
            {
                WriteObject(
                    PathJudge.Groups(new NetworkPath { Region = Region ?? "", Groups = [.. some] }, Question), enumerateCollection: true);
            }
        });
        _run!.Finish();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _run?.Dispose();
        base.Dispose(disposing);
    }

    private PathQuestion Question =>
        new() { Port = Port, TargetPort = TargetPort, LoadBalancer = LoadBalancer, Source = [.. Source.Select(AddressBlock.Parse)] };

    private void BeginInstance(string id, AwsConnection connection) => _run!.Add(
        new SummitTarget { Name = id, Kind = SummitTargetKind.Ssm, InstanceId = id }, new SummitSite(), async (queue, cancellation) =>
        {
            if (SummitTarget.IsHybrid(id))
            {
                throw NoInstance($"{id} is a hybrid node and no instance of EC2", id, $"Test-SummitFirewall -InstanceId {id}");
            }

            queue.Verbose($"Asking EC2 for the way to {id}.");
            return Write(queue, PathJudge.Instance(await HostDirectory.Aws.NetworkPathAsync(id, connection, cancellation), Question));
        });

    private static SummitArgumentException NoInstance(string what, object target, string next) =>
        new("TargetHasNoInstance", $"{what}, so there is no security group on the way to it.", target, next);

    private static bool Write(PipelineQueue queue, IEnumerable<SummitCheck> checks)
    {
        foreach (var check in checks) queue.Write(check);
        return true;
    }
}
