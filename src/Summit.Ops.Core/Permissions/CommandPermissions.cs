namespace Summit.Ops.Permissions;

/// <summary>
/// What each cmdlet asks of AWS, as data: the policies of about_Summit_Permissions and of Get-SummitPermission are made of it, and a test
/// holds it against recorded calls.
/// </summary>
internal static class CommandPermissions
{
    private static readonly (string Action, bool Required, string Purpose)[] Network =
    [
        ("ec2:DescribeNetworkInterfaces", true, "the instance's addresses, and load balancers in its VPC"),
        ("ec2:DescribeSecurityGroups", false, "whether a group lets the client in"),
        ("ec2:DescribeNetworkAcls", false, "whether a network ACL lets the packets through, both ways"),
        ("ec2:DescribeRouteTables", false, "whether there is a route back to the client"),
        ("ec2:DescribeSubnets", false, "who is in the same subnet, where no network ACL is in between"),
        ("ec2:GetManagedPrefixListEntries", false, "the addresses of the prefix lists that rules and routes name"),
        ("ec2:DescribeInstances", false, "why an instance has no network interface"),
    ];

    private static readonly (string Action, bool Required, string Purpose)[] OnHost =
    [
        ("ssm:SendCommand", true, "runs the script on the instance"),
        ("ssm:GetCommandInvocation", true, "the answer of one instance"),
        ("ssm:ListCommandInvocations", true, "the answers of several instances by one call"),
        ("ssm:ListCommands", false, "whether a command was sent when the answer of AWS was lost"),
        ("ssm:CancelCommand", false, "ends the command on Ctrl+C"),
        ("ssm:DescribeInstanceInformation", false, "why an instance takes no command"),
        ("ec2:DescribeInstances", false, "resolves -Tag, and tells whether an instance exists and runs"),
    ];

    // a verdict over an instance looks at the network in front of it as well
    private static readonly (string Action, bool Required, string Purpose)[] Diagnosis =
    [.. OnHost, .. Network.Where(each => OnHost.All(known => known.Action != each.Action)).Select(each => each with { Required = false })];

    private static readonly Dictionary<string, (string Action, bool Required, string Purpose)[]> Own = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Get-SummitTarget"] =
        [("ec2:DescribeInstances", true, "finds the instances"), ("ssm:DescribeInstanceInformation", false, "their PingStatus")],
        ["Test-SummitSecurityGroup"] = Network,
        ["Invoke-SummitDiagnostic"] = Diagnosis,
        ["Repair-SummitWebSocket"] = Diagnosis,
    };

    /// <summary>The actions of a cmdlet.</summary>
    /// <param name="command">The cmdlet: one that is not named here works on hosts and needs what all of those need.</param>
    /// <param name="region">The region, for resources; null for every region.</param>
    /// <param name="document">The Run Command document.</param>
    public static IReadOnlyList<SummitPermission> Of(string command, string? region, string document) =>
    [
        .. (Own.GetValueOrDefault(command) ?? OnHost).Select(each => new SummitPermission
        {
            Command = command,
            Action = each.Action,
            Required = each.Required,
            Purpose = each.Purpose,
            Resource = each.Action == "ssm:SendCommand"
                ?
                [
                    $"arn:{AwsPartition.Of(region)}:ssm:{region ?? "*"}:"
                        + $"{(document == Hosts.AwsConnection.ShellDocument ? "" : "*")}:document/{document}",
                    $"arn:{AwsPartition.Of(region)}:ec2:{region ?? "*"}:*:instance/*",
                    $"arn:{AwsPartition.Of(region)}:ssm:{region ?? "*"}:*:managed-instance/*",
                ]
                : ["*"],
        }),
    ];
}
