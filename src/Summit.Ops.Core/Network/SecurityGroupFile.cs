using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Network;

/// <summary>Reads what <c>aws ec2 describe-security-groups</c> printed, or the same as AWS.Tools has it.</summary>
internal static class SecurityGroupFile
{
    private const string Save = "aws ec2 describe-security-groups --group-ids sg-… > groups.json";

    /// <summary>The groups in a JSON text.</summary>
    /// <param name="json">An object with SecurityGroups, an array of groups, or one group.</param>
    /// <param name="source">Where it came from, for errors.</param>
    /// <exception cref="SummitFileException">It is no such JSON.</exception>
    public static IReadOnlyList<SecurityGroup> Parse(string json, string source)
    {
        try
        {
            return Read(JsonNode.Parse(json), source);
        }
        catch (JsonException error)
        {
            throw Invalid($"{source} is no JSON: {ForeignText.Visible(error.Message)}", source, error);
        }
    }

    /// <summary>The groups in a JSON tree.</summary>
    /// <exception cref="SummitFileException">There are none in it.</exception>
    public static IReadOnlyList<SecurityGroup> Read(JsonNode? root, string source)
    {
        try
        {
            var listed = root switch
            {
                JsonArray array => array,
                JsonObject one when one["SecurityGroups"] is JsonArray array => array,
                JsonObject one when one["GroupId"] is not null => [one.DeepClone()],
                _ => null,
            };
            var groups = listed?.Select(Group).ToList() ?? [];
            return groups.Count > 0 ? groups : throw Invalid($"{source} holds no security group.", source, null);
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            throw Invalid($"{source} is not what describe-security-groups prints: {ForeignText.Visible(error.Message)}", source, error);
        }
    }

    private static SecurityGroup Group(JsonNode? group) => new()
    {
        Id = Text(group, "GroupId") ?? throw new FormatException("a group has no GroupId"),
        Name = ForeignText.Visible(Text(group, "GroupName") ?? ""),
        Ingress = Rules(group, "IpPermissions"),
        Egress = Rules(group, "IpPermissionsEgress"),
    };

    private static List<SecurityGroupRule> Rules(JsonNode? group, string name) => [.. Items(group, name).SelectMany(permission =>
    {
        var rule = new SecurityGroupRule
        {
            Protocol = Text(permission, "IpProtocol") ?? throw new FormatException($"a rule of {name} has no IpProtocol"),
            FromPort = Number(permission, "FromPort"),
            ToPort = Number(permission, "ToPort"),
        };
        // AWS.Tools calls the first Ipv4Ranges, and a list's id Id
        return (IEnumerable<SecurityGroupRule>)
        [
            .. Items(permission, Has(permission, "IpRanges") ? "IpRanges" : "Ipv4Ranges").Select(
                range => rule with { Block = AddressBlock.Parse(Value(range, "CidrIp")) }),
            .. Items(permission, "Ipv6Ranges").Select(range => rule with { Block = AddressBlock.Parse(Value(range, "CidrIpv6")) }),
            .. Items(
                permission, "PrefixListIds").Select(list => rule with { PrefixListId = Text(list, "PrefixListId") ?? Value(list, "Id") }),
            .. Items(permission, "UserIdGroupPairs").Select(pair => rule with { GroupId = Value(pair, "GroupId") }),
        ];
    })];

    private static bool Has(JsonNode? node, string name) => node is JsonObject item && item[name] is JsonArray { Count: > 0 };

    private static IEnumerable<JsonNode?> Items(JsonNode? node, string name) =>
        node is JsonObject item ? item[name] as JsonArray ?? [] : throw new FormatException($"{name} is looked for in what is no object");

    private static string Value(JsonNode? node, string name) =>
        (node is JsonValue ? node.ToString() : Text(node, name)) ?? throw new FormatException($"a rule's peer has no {name}");

    private static string? Text(JsonNode? node, string name) => node is JsonObject item ? item[name]?.ToString() : null;

    // AWS.Tools says 0 for a protocol without ports; -1 means all
    private static int? Number(JsonNode? node, string name) =>
        Text(node, name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private static SummitFileException Invalid(string message, string source, Exception? inner) =>
        new("SecurityGroupsInvalid", SummitErrorKind.InvalidData, message, source, Save, inner);
}
