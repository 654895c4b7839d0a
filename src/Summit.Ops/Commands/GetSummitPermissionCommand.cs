using System.Management.Automation;
using System.Reflection;
using Summit.Ops.Completion;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Permissions;

namespace Summit.Ops.Commands;

/// <summary>Gets the IAM actions that a cmdlet needs, tries them, or writes the policy that allows them.</summary>
/// <remarks>
/// <para>One object for each action, with what it is for and whether the cmdlet does anything without it. Nothing is asked of
/// AWS unless -Test is given.</para>
/// <para>-Test is a preflight: it tries what only reads, without doing anything (EC2's own dry run; a list of at most one entry), and says
/// for each action whether the credentials may do it. ssm:SendCommand and ssm:CancelCommand would change something and stay Unknown.</para>
/// <para>-AsPolicy gives the least-privilege policy as JSON. With -Region, -DocumentName and -Tag it is as narrow as these, and has the
/// partition of the region (aws-cn, aws-us-gov, aws-eusc). The same policies stand in about_Summit_Permissions.</para>
/// </remarks>
/// <example>
/// <title>What does a diagnosis need?</title>
/// <code>Get-SummitPermission -Command Invoke-SummitDiagnostic</code>
/// <para>Actions that are not Required leave a part of the answer Unknown, which names them.</para>
/// </example>
/// <example>
/// <title>A preflight of a runbook</title>
/// <code>Get-SummitPermission -Command Invoke-SummitDiagnostic -Test -Region eu-west-1 | Where-Object Status -eq Fail</code>
/// <para>What the credentials in use may not do; no output means that nothing that could be tried is missing.</para>
/// </example>
/// <example>
/// <title>The policy for a role</title>
/// <code>Get-SummitPermission -Command Invoke-SummitDiagnostic, Restart-SummitNginx -AsPolicy -Region eu-west-1 > ./policy.json</code>
/// <para>One policy document for both: aws iam put-role-policy --policy-document file://policy.json takes it.</para>
/// </example>
/// <example>
/// <title>Only the instances with a tag</title>
/// <code>Get-SummitPermission -Command Invoke-SummitDiagnostic -AsPolicy -Region eu-west-1 -Tag @{ Role = 'proxy' }</code>
/// <para>Run Command is allowed on instances and hybrid nodes with this tag, and on no others.</para>
/// </example>
/// <seealso cref="GetSummitTargetCommand"/>
/// <seealso cref="InvokeSummitDiagnosticCommand"/>
[Cmdlet(VerbsCommon.Get, "SummitPermission", DefaultParameterSetName = ListSet)]
[OutputType(typeof(SummitPermission), ParameterSetName = [ListSet, TestSet])]
[OutputType(typeof(string), ParameterSetName = [PolicySet])]
public sealed class GetSummitPermissionCommand : AwsCmdlet
{
    private const string ListSet = "List";
    private const string TestSet = "Test";
    private const string PolicySet = "Policy";
    private readonly List<SummitPermission> _permissions = [];

    /// <summary>The cmdlets; every one that reaches into an account where none is given.</summary>
    /// <value>Every cmdlet that asks AWS</value>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(AwsCommandCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Command { get; set; } = [.. Commands];

    /// <summary>Tries the actions that only read, without doing anything.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TestSet)]
    public SwitchParameter Test { get; set; }

    /// <summary>Writes one policy for all the cmdlets, as JSON.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PolicySet)]
    public SwitchParameter AsPolicy { get; set; }

    /// <summary>The Run Command document that the cmdlets will be given, where it is not AWS-RunShellScript.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string DocumentName { get; set; } = AwsConnection.ShellDocument;

    /// <summary>
    /// The tags that an instance must have to be sent commands, as a condition of the policy. A value may have the wildcards * and ?.
    /// </summary>
    [Parameter(ParameterSetName = PolicySet)]
    [ValidateNotNull]
    public System.Collections.Hashtable? Tag { get; set; }

    /// <summary>The cmdlets that ask AWS.</summary>
    internal static IReadOnlyList<string> Commands { get; } =
    [
        .. typeof(AwsCmdlet).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(AwsCmdlet)) && !type.IsAbstract && type != typeof(GetSummitPermissionCommand))
            .Select(type => type.GetCustomAttribute<CmdletAttribute>()!)
            .Select(named => $"{named.VerbName}-{named.NounName}")
            .Order(StringComparer.Ordinal),
    ];

    /// <inheritdoc/>
    protected override void BeginProcessing() => CheckConnection();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Command)
        {
            Guard(name, () => _permissions.AddRange(CommandPermissions.Of(Known(name), Region, DocumentName)));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (AsPolicy)
        {
            if (_permissions.Count > 0) WriteObject(IamPolicy.Of(_permissions, Tag is null ? null : Tags(Tag)));
        }
        else if (!Test)
        {
            WriteObject(_permissions, enumerateCollection: true);
        }
        else if (_permissions.Count > 0)
        {
            Pump(TestAsync);
        }
    }

    private async Task TestAsync(PipelineQueue queue)
    {
        var tried = await HostDirectory.Aws.TryActionsAsync(
            [.. _permissions.Select(permission => permission.Action).Distinct(StringComparer.Ordinal)], Connection, StopToken);
        foreach (var permission in _permissions)
        {
            var (allowed, evidence) = tried[permission.Action];
            queue.Write(permission with { Evidence = evidence, Status =
                allowed switch { true => SummitCheckStatus.Pass, false => SummitCheckStatus.Fail, null => SummitCheckStatus.Unknown } });
        }
    }

    private static string Known(string name) =>
        Commands.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw new SummitArgumentException(
            "CommandAsksNoAws", $"'{name}' is no cmdlet of Summit.Ops that asks AWS, so it needs no IAM action.", name,
            "Get-SummitPermission");
}
