using System.Buffers;
using System.Globalization;
using System.Xml.Linq;

namespace Summit.Ops.Lab.Aws.Ec2;

/// <summary>EC2's DescribeInstances, one reservation an instance.</summary>
internal sealed class DescribeInstances(LabFleet fleet) : IEc2Operation
{
    private const int PageSize = 1000;
    private static readonly Dictionary<string, int> StateCodes = new(StringComparer.Ordinal)
    {
        ["pending"] = 0, ["running"] = 16, ["shutting-down"] = 32, ["terminated"] = 48, ["stopping"] = 64, ["stopped"] = 80,
    };

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private static XNamespace Ns => Ec2Service.Ns;

    public string Name => "DescribeInstances";

    public IEnumerable<XElement> Answer(string region, QueryParameters form)
    {
        var ids = form.List("InstanceId");
        foreach (var id in ids)
        {
            if (!IsWellFormed(id)) throw new AwsErrorException("InvalidInstanceID.Malformed", $"Invalid id: \"{id}\"");
        }

        var missing = ids.Where(id => fleet.Find(id, region) is null or { IsHybrid: true }).ToList();
        if (missing.Count > 0)
        {
            throw new AwsErrorException("InvalidInstanceID.NotFound", missing.Count == 1
                ? $"The instance ID '{missing[0]}' does not exist"
                : $"The instance IDs '{string.Join(", ", missing)}' do not exist");
        }

        var filters = form.Filters();
        var wanted = ids.ToHashSet(StringComparer.Ordinal);
        var from = int.TryParse(form["NextToken"], CultureInfo.InvariantCulture, out var token) ? token : 0;
        var size = Math.Clamp(form.Number("MaxResults", PageSize), 5, PageSize);
        var found = fleet.Machines.Where(machine => machine.Region == region && !machine.IsHybrid
            && (wanted.Count == 0 || wanted.Contains(machine.InstanceId))
            && filters.All(filter => Passes(machine, filter.Key, filter.Value))).ToList();
        yield return new XElement(Ns + "reservationSet", found.Skip(from).Take(size).Select(Reservation));
        if (from + size < found.Count) yield return new XElement(Ns + "nextToken", from + size);
    }

    private static bool IsWellFormed(string id) =>
        id.StartsWith("i-", StringComparison.Ordinal) && id.Length is 10 or 19 && !id.AsSpan(2).ContainsAnyExcept(HexDigits);

    private static bool Passes(LabMachine machine, string name, IReadOnlyList<string> values) => name switch
    {
        "instance-id" => QueryParameters.Matches(values, machine.InstanceId),
        "instance-state-name" => QueryParameters.Matches(values, machine.State),
        "private-ip-address" => QueryParameters.Matches(values, machine.PrivateAddress),
        "ip-address" => QueryParameters.Matches(values, machine.PublicAddress),
        "tag-key" => machine.Tags.Keys.Any(key => QueryParameters.Matches(values, key)),
        _ when name.StartsWith("tag:", StringComparison.Ordinal) => machine.Tags.TryGetValue(name[4..], out var tag)
            && QueryParameters.Matches(values, tag),
        _ => throw new AwsErrorException("InvalidParameterValue", $"The filter '{name}' is invalid"),
    };

    private static XElement Reservation(LabMachine machine) => new(Ns + "item",
        new XElement(Ns + "reservationId", "r-" + machine.InstanceId[2..]),
        new XElement(Ns + "ownerId", AwsEndpoint.Account),
        new XElement(Ns + "instancesSet", new XElement(Ns + "item",
            new XElement(Ns + "instanceId", machine.InstanceId),
            new XElement(
                Ns + "instanceState", new XElement(Ns + "code", StateCodes[machine.State]), new XElement(Ns + "name", machine.State)),
            new XElement(Ns + "instanceType", "t3.micro"),
            new XElement(Ns + "platformDetails", "Linux/UNIX"),
            machine.PrivateAddress.Length > 0 ? new XElement(Ns + "privateIpAddress", machine.PrivateAddress) : null,
            machine.PublicAddress.Length > 0 ? new XElement(Ns + "ipAddress", machine.PublicAddress) : null,
            new XElement(Ns + "tagSet", machine.Tags.Select(
                tag => new XElement(Ns + "item", new XElement(Ns + "key", tag.Key), new XElement(Ns + "value", tag.Value)))))));
}
