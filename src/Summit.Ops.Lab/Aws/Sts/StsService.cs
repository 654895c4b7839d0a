using System.Xml.Linq;

namespace Summit.Ops.Lab.Aws.Sts;

/// <summary>STS: who is calling, and a temporary key for who shows the token of a web identity.</summary>
internal sealed class StsService(TemporaryKeys keys, string identityToken) : IAwsService
{
    /// <summary>The operation that needs no key.</summary>
    public const string WebIdentity = "AssumeRoleWithWebIdentity";

    private static readonly XNamespace Ns = "https://sts.amazonaws.com/doc/2011-06-15/";

    public string Name => "sts";

    public AwsAnswer Answer(AwsRequest request) => request.Operation switch
    {
        "GetCallerIdentity" => Said(request.Operation,
            new XElement(Ns + "Arn", $"arn:aws:iam::{AwsEndpoint.Account}:user/lab"),
            new XElement(Ns + "UserId", "AIDASUMMITOPSLAB00001"),
            new XElement(Ns + "Account", AwsEndpoint.Account)),
        WebIdentity => Assume(request),
        _ => throw new AwsErrorException("InvalidAction", $"Could not find operation {request.Operation} for version 2011-06-15"),
    };

    private AwsAnswer Assume(AwsRequest request)
    {
        if (request.Form["WebIdentityToken"] != identityToken)
        {
            throw new AwsErrorException("InvalidIdentityToken", "No OpenIDConnect provider found in your account for this token.");
        }

        var (key, secret, token, expires) = keys.Issue();
        return Said(request.Operation,
            new XElement(
                Ns + "Credentials", new XElement(Ns + "AccessKeyId", key), new XElement(Ns + "SecretAccessKey", secret),
                new XElement(Ns + "SessionToken", token),
                new XElement(Ns + "Expiration", $"{expires:yyyy-MM-dd'T'HH:mm:ss'Z'}")),
            new XElement(Ns + "AssumedRoleUser", new XElement(Ns + "AssumedRoleId", "AROASUMMITOPSLAB00001:lab"), new XElement(
                Ns + "Arn", $"{request.Form["RoleArn"]}/lab")),
            new XElement(Ns + "SubjectFromWebIdentityToken", "lab"));
    }

    private static AwsAnswer Said(string operation, params IReadOnlyList<XElement> content) =>
        AwsAnswer.Xml(new XElement(Ns + $"{operation}Response",
            new XElement(Ns + $"{operation}Result", content),
            new XElement(Ns + "ResponseMetadata", new XElement(Ns + "RequestId", Guid.NewGuid()))));
}
