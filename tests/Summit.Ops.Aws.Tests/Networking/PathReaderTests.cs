using System.Net;
using System.Text.Json.Nodes;
using Summit.Ops.Aws.Calls;
using Summit.Ops.Aws.Targets;
using Summit.Ops.Aws.Tests.Endpoint;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Lab.Aws.Ec2;
using Summit.Ops.Network;

namespace Summit.Ops.Aws.Tests.Networking;

/// <summary>What EC2 answers arrives in Core's model, whole, whoever plays EC2.</summary>
[Trait("Category", "Lab")]
public sealed class PathReaderTests
{
    [Fact]
    public async Task The_whole_way_is_read_and_judged()
    {
        await using var account = new Account();
        var network = account.Aws.Ec2.Network;
        account.Add(Account.Id, machine => machine with { PublicAddress = "203.0.113.200" });
        var open = PathJudge.Instance(
            await account.Services.NetworkPathAsync(Account.Id, account.Connection, Account.Stop),
            new PathQuestion { Source = [AddressBlock.AllIPv4] });
        Assert.All(open, check => Assert.Equal(SummitCheckStatus.Pass, check.Status));

        Fill(network);
        var path = await account.Services.NetworkPathAsync(Account.Id, account.Connection, Account.Stop);
        Assert.Empty(path.Missing);
        Assert.Equal(["eni-0", "eni-1"], path.Interfaces.Select(card => card.Id));
        Assert.Equal(["203.0.113.200"], path.Interfaces[0].PublicAddresses.Select(address => address.ToString()));
        Assert.Equal(["2001:db8::5"], path.Interfaces[0].IPv6Addresses.Select(address => address.ToString()));
        Assert.Equal("app/web", Assert.Single(path.LoadBalancers).LoadBalancer);
        Assert.Equal(["sg-app"], path.Members.SelectMany(card => card.GroupIds));
        Assert.Equal(["sg-app"], path.MembersKnown);
        Assert.Equal("203.0.113.0/24", Assert.Single(path.PrefixLists["pl-0123"]).ToString());
        Assert.Equal(Lines(network.Groups.Where(group => group.Id is "sg-web" or "sg-lb")), Lines(path.Groups));
        Assert.Equal(
            network.Acls.SelectMany(acl => acl.Entries).Select(entry => entry.ToString()),
            path.Acls.SelectMany(acl => acl.Entries).Select(entry => entry.ToString()));
        Assert.Equal(network.Tables.SelectMany(table => table.Routes), path.RouteTables.SelectMany(table => table.Routes));
        Assert.Equal(
            network.Tables.Select(table => (table.Main, string.Join(',', table.SubnetIds))),
            path.RouteTables.Select(table => (table.Main, string.Join(',', table.SubnetIds))));
        Assert.Equal(["10.0.0.0/24", "2001:db8::/64"], path.Subnets[LabNetwork.Subnet].Select(block => block.ToString()));

        // from an address of the prefix list, from a member, from anywhere else
        SummitCheckStatus Group(string source) => PathJudge.Instance(path, new PathQuestion { Source = [AddressBlock.Parse(source)] })
            .First(check => check.Id == "Network.SecurityGroup").Status;
        Assert.Equal(
            [SummitCheckStatus.Pass, SummitCheckStatus.Pass, SummitCheckStatus.Fail],
            [Group("203.0.113.9"), Group("10.0.0.77"), Group("8.8.8.8")]);
        Assert.DoesNotContain(
            account.Aws.Calls,
            call => !call.Action.StartsWith("ec2:Describe", StringComparison.Ordinal) && call.Action != "ec2:GetManagedPrefixListEntries");
    }

    [Theory]
    [InlineData("ec2:DescribeSecurityGroups", "Network.SecurityGroup")]
    [InlineData("ec2:DescribeNetworkAcls", "Network.Acl")]
    [InlineData("ec2:DescribeRouteTables", "Network.Route")]
    [InlineData("ec2:GetManagedPrefixListEntries", "Network.SecurityGroup")]
    [InlineData("ec2:DescribeNetworkInterfaces", "Network.PublicAddress")]
    public async Task An_action_that_is_missing_is_named_and_its_check_is_Unknown(string action, string id)
    {
        await using var account = new Account();
        Fill(account.Aws.Ec2.Network);
        account.Aws.Knobs.Denied[action] = true;
        var path = await account.Services.NetworkPathAsync(Account.Id, account.Connection, Account.Stop);
        var check = PathJudge.Instance(path, new PathQuestion { Source = [AddressBlock.Parse("8.8.8.8")] }).First(check => check.Id == id);
        Assert.Equal(SummitCheckStatus.Unknown, check.Status);
        Assert.StartsWith(action, check.Evidence);
    }

    [Fact]
    public async Task A_load_balancer_that_may_send_to_the_instances_group_alone_reaches_it()
    {
        await using var account = new Account();
        var network = account.Aws.Ec2.Network;
        Fill(network);
        foreach (var old in network.Groups.Where(group => group.Id is "sg-web" or "sg-lb").ToList()) network.Groups.Remove(old);
        network.Groups.Add(new SecurityGroup
        {
            Id = "sg-web",
            Ingress = [new SecurityGroupRule { Protocol = "tcp", FromPort = 443, ToPort = 443, GroupId = "sg-lb" }],
        });
        network.Groups.Add(new SecurityGroup
        {
            Id = "sg-lb",
            Ingress = [new SecurityGroupRule { Protocol = "-1", Block = AddressBlock.AllIPv4 }],
            Egress = [new SecurityGroupRule { Protocol = "tcp", FromPort = 443, ToPort = 443, GroupId = "sg-web" }],
        });
        var path = await account.Services.NetworkPathAsync(Account.Id, account.Connection, Account.Stop);
        Assert.Equal(["sg-lb", "sg-web"], path.MembersKnown.Order(StringComparer.Ordinal));
        var inside = PathJudge.Instance(path, new PathQuestion { Source = [AddressBlock.AllIPv4] })
            .Last(check => check.Id == "Network.LoadBalancer");
        Assert.True(inside.Status == SummitCheckStatus.Pass, inside.Evidence);
    }

    [Fact]
    public async Task What_does_not_exist_is_an_error()
    {
        await using var account = new Account();
        Assert.Equal("InstanceNotFound", (await Assert.ThrowsAsync<SummitAwsException>(
            () => account.Services.NetworkPathAsync("i-0ffffffffffffffff", account.Connection, Account.Stop))).ErrorId);
        Assert.Equal("SecurityGroupNotFound", (await Assert.ThrowsAsync<SummitAwsException>(
            () => account.Services.SecurityGroupsAsync(["sg-0ffffffffffffffff"], account.Connection, Account.Stop))).ErrorId);
    }

    [Fact]
    public async Task The_real_CLI_reads_the_same_groups_from_the_endpoint()
    {
        if (await AwsCli.MissingAsync() is { } reason) Assert.Skip(reason);
        await using var account = new Account();
        Fill(account.Aws.Ec2.Network);
        var (code, json, error) = await AwsCli.RunAsync(account.Aws, "ec2", "describe-security-groups", "--group-ids", "sg-web", "sg-lb");
        Assert.True(code == 0, error);
        var saved = SecurityGroupFile.Parse(json!.ToJsonString(), "the CLI");
        Assert.Equal(
            Lines((await account.Services.SecurityGroupsAsync(["sg-web", "sg-lb"], account.Connection, Account.Stop)).Groups),
            Lines(saved));
        foreach (var call in new[]
        {
            "describe-network-interfaces", "describe-network-acls", "describe-route-tables", "describe-subnets",
            "describe-managed-prefix-lists",
        })
        {
            (code, json, error) = await AwsCli.RunAsync(account.Aws, "ec2", call);
            Assert.True(code == 0, error);
            Assert.NotEmpty(Assert.Single(json!.AsObject()).Value!.AsArray());
        }
    }

    [Fact]
    public async Task What_was_made_in_moto_is_read_the_same_from_its_API_and_from_its_saved_JSON()
    {
        if (await AwsCli.MissingAsync() is { } reason) Assert.Skip(reason);
        await using var moto = await MotoServer.StartAsync();
        var ids = new List<string>();
        foreach (var name in new[] { "web", "app" })
        {
            ids.Add((string)(await Moto("create-security-group", "--group-name", name, "--description", name))!["GroupId"]!);
        }

        var list = (string)(await Moto(
            "create-managed-prefix-list", "--prefix-list-name", "office", "--max-entries", "5", "--address-family",
            "IPv4", "--entries",
            "Cidr=203.0.113.0/24"))!["PrefixList"]!["PrefixListId"]!;
        await Moto("authorize-security-group-ingress", "--group-id", ids[0], "--ip-permissions",
            """[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"198.51.100.0/"""
                + $$"""24"}],"Ipv6Ranges":[{"CidrIpv6":"2001:db8::/32"}],"PrefixListIds":[{"PrefixListId":"{{list}}"}]},"""
                + """{"IpProtocol":"udp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]""");
        await Moto(
            "authorize-security-group-ingress", "--group-id", ids[0], "--ip-permissions",
            $$"""[{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"{{ids[1]}}"}]}]""");

        var services = new AwsServices();
        var connection =
            new AwsConnection { Region = Account.Region, EndpointUrl = moto.Url, Key = new AwsKey("testing", "testing", null) };
        var path = await services.SecurityGroupsAsync(ids, connection, Account.Stop);
        var saved = SecurityGroupFile.Parse((await Moto(["describe-security-groups", "--group-ids", .. ids]))!.ToJsonString(), "moto");
        Assert.Equal(Lines(saved), Lines(path.Groups));
        Assert.Contains("udp 443-443 0.0.0.0/0", Lines(saved).First(line => line.Contains("udp", StringComparison.Ordinal)));

        var web = path with { Groups = [path.Groups.Single(group => group.Id == ids[0])] };
        SummitCheckStatus At(string source) =>
            Assert.Single(PathJudge.Groups(web, new PathQuestion { Source = [AddressBlock.Parse(source)] })).Status;
        Assert.Equal(
            [SummitCheckStatus.Pass, SummitCheckStatus.Pass, SummitCheckStatus.Pass, SummitCheckStatus.Fail, SummitCheckStatus.Fail],
            [At("198.51.100.0/24"), At("2001:db8:7::1"), At("203.0.113.7"), At("0.0.0.0/0"), At("2001:db9::1")]);

        async Task<JsonNode?> Moto(params IReadOnlyList<string> arguments)
        {
            var (code, output, error) = await AwsCli.RunAsync(moto.Environment, ["ec2", .. arguments]);
            Assert.True(code == 0, error);
            return output.Trim().Length > 0 ? JsonNode.Parse(output) : null;
        }
    }

    [Fact]
    public async Task An_instance_in_moto_is_found_and_the_way_to_it_judged_as_it_was_built_there()
    {
        if (await AwsCli.MissingAsync() is { } reason) Assert.Skip(reason);
        await using var moto = await MotoServer.StartAsync();
        var vpc = await Moto("create-vpc --cidr-block 10.7.0.0/16 --query Vpc.VpcId");
        var subnet = await Moto($"create-subnet --vpc-id {vpc} --cidr-block 10.7.1.0/24 --query Subnet.SubnetId");
        var group = await Moto($"create-security-group --group-name web --description web --vpc-id {vpc} --query GroupId");
        var image = await Moto("describe-images --query Images[0].ImageId");
        var id = await Moto($"run-instances --image-id {image} --subnet-id {subnet} --security-group-ids {group} --tag-specifications "
            + "ResourceType=instance,Tags=[{Key=Name,Value=web-1},{Key=Role,Value=web}] --query Instances[0].InstanceId");
        await Moto($"run-instances --image-id {image} --subnet-id {subnet} --tag-specifications "
            + "ResourceType=instance,Tags=[{Key=Name,Value=db-1}] --query Instances[0].InstanceId");

        // Get-SummitTarget's half of EC2: by id, by tag with a wildcard, and one that is not there
        var connection =
            new AwsConnection { Region = Account.Region, EndpointUrl = moto.Url, Key = new AwsKey("testing", "testing", null) };
        using var clients = await AwsClients.CreateAsync(connection);
        var inventory = new Inventory(
            clients, new ApiCalls(new AwsPlace(Account.Region, clients.Source, clients.Settings), TimeProvider.System));
        Assert.Equal([id], await Machines([id, "i-0ffffffffffffffff"], tags: null));
        Assert.Equal([id], await Machines(
            [], new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["Name"] = ["we*", "x"], ["Role"] = ["web"] }));
        Assert.Equal(2, (await Machines([], new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal))).Count);

        // nothing is open yet; then one blocker after the other goes, by commands as the checks propose them
        var card = await Moto($"describe-network-interfaces --filters Name=attachment.instance-id,Values={id} "
            + "--query NetworkInterfaces[0].NetworkInterfaceId");
        Assert.Equal(["Network.PublicAddress", "Network.Route", "Network.SecurityGroup"], await Blockers());
        var gateway = await Moto("create-internet-gateway --query InternetGateway.InternetGatewayId");
        await Moto($"attach-internet-gateway --internet-gateway-id {gateway} --vpc-id {vpc}");
        var table = await Moto($"describe-route-tables --filters Name=vpc-id,Values={vpc} --query RouteTables[0].RouteTableId");
        await Moto($"create-route --route-table-id {table} --destination-cidr-block 0.0.0.0/0 --gateway-id {gateway}");
        Assert.Equal(["Network.PublicAddress", "Network.SecurityGroup"], await Blockers());
        await Moto($"authorize-security-group-ingress --group-id {group} --protocol tcp --port 443 --cidr 0.0.0.0/0");
        Assert.Equal(["Network.PublicAddress"], await Blockers());
        var address = await Moto("allocate-address --domain vpc --query AllocationId");
        await Moto($"associate-address --network-interface-id {card} --allocation-id {address}");
        Assert.Empty(await Blockers());

        // an ACL as it is there, rule 100 before the rest; the way back is stateless
        var acl = await Moto(
            $"describe-network-acls --filters Name=association.subnet-id,Values={subnet} --query NetworkAcls[0].NetworkAclId");
        await Moto($"create-network-acl-entry --network-acl-id {acl} --egress --rule-number 90 --protocol tcp "
            + "--port-range From=2000,To=3000 --cidr-block 0.0.0.0/0 --rule-action deny");
        Assert.Equal(["Network.Acl"], await Blockers());

        async Task<IReadOnlyList<string>> Machines(IReadOnlyList<string> ids, IReadOnlyDictionary<string, IReadOnlyList<string>>? tags)
        {
            var found = new List<string>();
            await foreach (var machine in inventory.MachinesAsync(ids, tags, Account.Stop)) found.Add(machine.InstanceId);
            return found;
        }

        async Task<IReadOnlyList<string>> Blockers()
        {
            var path = await new AwsServices().NetworkPathAsync(id, connection, Account.Stop);
            Assert.Empty(path.Missing);
            return [.. PathJudge.Instance(path, new PathQuestion { Source = [AddressBlock.AllIPv4] })
                .Where(check => check.Status == SummitCheckStatus.Fail).Select(check => check.Id).Order(StringComparer.Ordinal)];
        }

        async Task<string> Moto(string arguments)
        {
            var (code, output, error) = await AwsCli.RunAsync(moto.Environment, ["ec2", .. arguments.Split(' '), "--output", "text"]);
            Assert.True(code == 0, error);
            return output.Trim();
        }
    }

    private static void Fill(LabNetwork network)
    {
        network.Groups.Add(new SecurityGroup
        {
            Id = "sg-web",
            Name = "web",
            Ingress =
            [
                new SecurityGroupRule { Protocol = "tcp", FromPort = 443, ToPort = 443, PrefixListId = "pl-0123" },
                new SecurityGroupRule { Protocol = "tcp", FromPort = 0, ToPort = 65535, GroupId = "sg-app" },
                new SecurityGroupRule { Protocol = "udp", FromPort = 443, ToPort = 443, Block = AddressBlock.AllIPv4 },
                new SecurityGroupRule { Protocol = "tcp", FromPort = 443, ToPort = 443, Block = AddressBlock.Parse("2001:db8::/32") },
            ],
        });
        network.Groups.Add(new SecurityGroup { Id = "sg-lb", Name = "lb", Ingress =
        [
            new SecurityGroupRule { Protocol = "-1", Block = AddressBlock.AllIPv4 },
        ], Egress = [new SecurityGroupRule { Protocol = "-1", Block = AddressBlock.AllIPv4 }] });
        network.PrefixLists["pl-0123"] = [AddressBlock.Parse("203.0.113.0/24")];
        network.Subnets[LabNetwork.Subnet] = [AddressBlock.Parse("10.0.0.0/24"), AddressBlock.Parse("2001:db8::/64")];
        network.Tables.Add(new RouteTable
        {
            Id = "rtb-own", VpcId = LabNetwork.Vpc, SubnetIds = ["subnet-private"],
            Routes =
            [
                new Route { Destination = AddressBlock.Parse("10.0.0.0/16"), Target = "local" },
                new Route { Destination = AddressBlock.AllIPv4, Target = "nat-1", Active = false },
                new Route { PrefixListId = "pl-0123", Target = "tgw-1" },
                new Route { Destination = AddressBlock.AllIPv6, Target = "eigw-1" },
            ],
        });
        var card = new NetworkInterface
        {
            Id = "eni-0", InstanceId = Account.Id, SubnetId = LabNetwork.Subnet, VpcId = LabNetwork.Vpc, GroupIds = ["sg-web"],
            PrivateAddresses = [IPAddress.Parse("10.0.0.10")], PublicAddresses = [IPAddress.Parse("203.0.113.200")],
            IPv6Addresses = [IPAddress.Parse("2001:db8::5")],
        };
        network.Interfaces.Add(card with { Id = "eni-1", DeviceIndex = 1, PublicAddresses = [], PrivateAddresses =
        [
            IPAddress.Parse("10.0.0.11"),
        ], IPv6Addresses = [] });
        network.Interfaces.Add(card);
        network.Interfaces.Add(card with { Id = "eni-app", InstanceId = "i-0aaaaaaaaaaaaaaa9", GroupIds =
        [
            "sg-app",
        ], PublicAddresses = [], PrivateAddresses = [IPAddress.Parse("10.0.0.77")], IPv6Addresses = [] });
        network.Interfaces.Add(new NetworkInterface { Id = "eni-lb", Description = "ELB app/web/50dc6c495c0c9188", SubnetId =
            LabNetwork.Subnet, VpcId = LabNetwork.Vpc, GroupIds = ["sg-lb"], PrivateAddresses = [IPAddress.Parse("10.0.0.99")] });
    }

    private static List<string> Lines(IEnumerable<SecurityGroup> groups) => [.. groups
        .SelectMany(group => group.Ingress.Select(rule => (group.Id, Way: "in", rule))
            .Concat(group.Egress.Select(rule => (group.Id, Way: "out", rule))))
        .Select(line => $"{line.Id} {line.Way} {line.rule.Protocol} {line.rule.FromPort}-{line.rule.ToPort} "
            + $"{line.rule.Block}{line.rule.PrefixListId}{line.rule.GroupId}").Order(StringComparer.Ordinal)];
}
