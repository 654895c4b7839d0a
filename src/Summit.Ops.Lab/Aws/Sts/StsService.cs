using System.Xml.Linq;

namespace Summit.Ops.Lab.Aws.Sts;

/// <summary>STS: who is calling.</summary>
internal sealed class StsService : IAwsService
{
    private static readonly XNamespace Ns = "https://sts.amazonaws.com/doc/2011-06-15/";

    public string Name => "sts";

    public AwsAnswer Answer(AwsRequest request) => request.Operation switch
    {
        "GetCallerIdentity" => AwsAnswer.Xml(new XElement(Ns + "GetCallerIdentityResponse",
            new XElement(Ns + "GetCallerIdentityResult",
                new XElement(Ns + "Arn", $"arn:aws:iam::{AwsEndpoint.Account}:user/lab"),
                new XElement(Ns + "UserId", "AIDASUMMITOPSLAB00001"),
                new XElement(Ns + "Account", AwsEndpoint.Account)),
            new XElement(Ns + "ResponseMetadata", new XElement(Ns + "RequestId", Guid.NewGuid())))),
        _ => throw new AwsErrorException("InvalidAction", $"Could not find operation {request.Operation} for version 2011-06-15"),
    };
}
