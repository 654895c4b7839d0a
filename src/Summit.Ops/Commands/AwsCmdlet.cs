using System.Buffers;
using System.Management.Automation;
using Summit.Ops.Completion;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;

namespace Summit.Ops.Commands;

/// <summary>What the cmdlets share that reach into an AWS account: the parameters have the names of AWS.Tools.</summary>
public abstract class AwsCmdlet : SummitCmdlet
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>
    /// The AWS region, for example eu-west-1. Without it: the profile's, AWS_REGION, or that of the instance this runs on.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string? Region { get; set; }

    /// <summary>A profile of the AWS configuration files; SSO profiles work after aws sso login.</summary>
    [Parameter]
    [Alias("AWSProfileName")]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ProfileName { get; set; }

    /// <summary>Another credentials file than ~/.aws/credentials.</summary>
    [Parameter]
    [Alias("AWSProfilesLocation", "ProfilesLocation")]
    [ValidateNotNullOrEmpty]
    public string? ProfileLocation { get; set; }

    /// <summary>Another endpoint than the region's, for example that of a VPC endpoint.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? EndpointUrl { get; set; }

    /// <summary>
    /// An access key: its id is the user name, its secret the password. For runbooks; elsewhere the usual chain finds credentials.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    /// <summary>The session token that belongs to a temporary access key.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SessionToken { get; set; }

    /// <summary>Whether one of the parameters above was given.</summary>
    private protected bool HasConnection =>
        Region is not null || ProfileName is not null || ProfileLocation is not null || EndpointUrl is not null || Credential is not null;

    /// <summary>What the parameters say.</summary>
    private protected AwsConnection Connection => new()
    {
        Region = Region,
        ProfileName = ProfileName,
        ProfileLocation = ProfileLocation is null ? null : FileSystemPath(ProfileLocation),
        EndpointUrl = EndpointUrl,
        Key = Credential is null ? null : new AwsKey(Credential.UserName, Credential.GetNetworkCredential().Password, SessionToken),
        Purpose = MyInvocation.MyCommand.Name,
    };

    /// <summary>Whether an error ends the whole pipeline: no credentials, no region.</summary>
    internal static bool IsFatal(SummitException error) => AwsErrorIds.EndAll.Contains(error.ErrorId);

    /// <summary>Checks what the parameters say, before anything is asked of anybody.</summary>
    private protected void CheckConnection()
    {
        if (EndpointUrl is not null && !(Uri.TryCreate(EndpointUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            Throw(new SummitArgumentException(
                "EndpointUrlInvalid", $"'{EndpointUrl}' is no URL of an endpoint.", EndpointUrl,
                "-EndpointUrl https://vpce-0123.ssm.eu-west-1.vpce.amazonaws.com"));
        }

        if (SessionToken is not null && Credential is null)
        {
            Throw(new SummitArgumentException(
                "SessionTokenAlone", "A session token belongs to an access key, and none is given.", null,
                "-Credential (Get-Credential ACCESS-KEY-ID) -SessionToken …"));
        }
    }

    /// <summary>
    /// The parameters above that somebody wrote into this call; those of <c>$PSDefaultParameterValues</c> are not among them.
    /// </summary>
    internal static IReadOnlyList<string> WrittenAwsParameters(PSCmdlet cmdlet) =>
    [
        .. new[]
        {
            nameof(Region), nameof(ProfileName), nameof(ProfileLocation), nameof(EndpointUrl), nameof(Credential), nameof(SessionToken),
            nameof(TargetingCmdlet.DocumentName),
        }
            .Where(name => cmdlet.MyInvocation.BoundParameters.ContainsKey(name) && !DefaultParameterValues.Gave(cmdlet, name)),
    ];

    /// <summary>The error where AWS parameters are given and no host is: it would silently be about this machine.</summary>
    internal static SummitArgumentException? AwsWithoutHost(PSCmdlet cmdlet, string ways) =>
        WrittenAwsParameters(cmdlet) is { Count: > 0 } written
            ? new SummitArgumentException(
                "HostNotNamed",
                $"-{string.Join(" and -", written)} {(written.Count == 1 ? "is" : "are")} for instances over AWS, and none is named: "
                    + $"this machine would be meant. Add {ways}, or leave {(written.Count == 1 ? "it" : "them")} out for this machine.",
                null,
                $"{cmdlet.MyInvocation.MyCommand.Name} -InstanceId i-0123456789abcdef0")
            : null;

    /// <summary>
    /// The error for ids that were given and are none: a variable without a value must not mean this machine; null where there is one.
    /// </summary>
    internal static SummitArgumentException? EmptyInstanceId(IEnumerable<string?>? ids, string cmdlet) =>
        ids is null || !ids.Any() || ids.Any(string.IsNullOrWhiteSpace)
            ? new SummitArgumentException(
                "InstanceIdEmpty",
                "-InstanceId was given without the id of an instance. Leave it out for this machine.",
                null, $"{cmdlet} -InstanceId i-0123456789abcdef0")
            : null;

    /// <summary>Checks ids as they are written: i- or mi- and 8 or 17 hexadecimal digits.</summary>
    private protected void CheckInstanceIds(IEnumerable<string> ids)
    {
        if (WrongInstanceId(ids) is { } error) Throw(error);
    }

    /// <summary>The error for the first id that is none; null where all are.</summary>
    internal static SummitArgumentException? WrongInstanceId(IEnumerable<string> ids) =>
        ids.FirstOrDefault(id => !IsInstanceId(id)) is { } wrong
            ? new SummitArgumentException(
                "InstanceIdInvalid",
                $"'{wrong}' is no id of an instance (i- and 17 hexadecimal digits) or of a hybrid node (mi- and 17).", wrong,
                "Get-SummitTarget -Tag @{ Name = 'summit-api' }")
            : null;

    /// <summary>The tags of a hashtable, each with its alternatives.</summary>
    private protected IReadOnlyDictionary<string, IReadOnlyList<string>> Tags(System.Collections.Hashtable tags)
    {
        var result = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry tag in tags)
        {
            var values = (LanguagePrimitives.GetEnumerable(tag.Value)?.Cast<object?>() ?? [tag.Value])
                .Select(value => value?.ToString() ?? "").ToList();
            result[tag.Key.ToString() ?? ""] = values;
        }

        if (result.Count == 0)
        {
            Throw(new SummitArgumentException(
                "TagEmpty", "-Tag names no tag, and would mean every instance of the account.", null, "-Tag @{ Name = 'summit-api' }"));
        }

        return result;
    }

    private static bool IsInstanceId(string id)
    {
        var digits = id.StartsWith("i-", StringComparison.Ordinal)
            ? id.AsSpan(2)
            : SummitTarget.IsHybrid(id) ? id.AsSpan(3) : default;
        return digits.Length is 8 or 17 && digits.IndexOfAnyExcept(HexDigits) < 0;
    }
}
