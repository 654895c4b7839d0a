using System.Collections.Specialized;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;

namespace Summit.Ops.Lab.Aws;

/// <summary>How a service is spoken to.</summary>
public enum AwsProtocol
{
    /// <summary>JSON 1.1: the operation in <c>X-Amz-Target</c>, one JSON object each way (Systems Manager).</summary>
    Json,

    /// <summary>EC2's Query protocol: a form in, XML out, lists counted from 1.</summary>
    Ec2Query,

    /// <summary>The plain Query protocol (STS).</summary>
    Query,
}

/// <summary>One call of the API, read.</summary>
public sealed record AwsRequest
{
    /// <summary>The protocol.</summary>
    public required AwsProtocol Protocol { get; init; }

    /// <summary>The service as IAM names it: <c>ssm</c>, <c>ec2</c>, <c>sts</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The operation, for example <c>SendCommand</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>The region that it was signed for.</summary>
    public required string Region { get; init; }

    /// <summary>The access key that signed it.</summary>
    public required string AccessKeyId { get; init; }

    /// <summary>The body of a JSON call; empty for the others.</summary>
    public JsonObject Json { get; init; } = [];

    /// <summary>The form of a Query call; empty for the others.</summary>
    public QueryParameters Form { get; init; } = new([]);

    /// <summary>The operation as an IAM policy names it, for example <c>ssm:SendCommand</c>.</summary>
    public string Action => $"{Service}:{Operation}";

    /// <summary>Reads it; null where it is no signed call of AWS.</summary>
    internal static AwsRequest? Read(NameValueCollection headers, byte[] body)
    {
        // AWS4-HMAC-SHA256 Credential=KEY/20260101/eu-west-1/ssm/aws4_request, SignedHeaders=…, Signature=…
        const string mark = "Credential=";
        var authorization = headers["Authorization"] ?? "";
        var at = authorization.IndexOf(mark, StringComparison.Ordinal);
        if (at < 0) return WithoutKey(headers, body);
        var scope = authorization[(at + mark.Length)..].Split(',', 2)[0].Split('/');
        if (scope.Length != 5) return null;

        if (headers["X-Amz-Target"] is { } target)
        {
            return new AwsRequest
            {
                Protocol = AwsProtocol.Json,
                Service = scope[3],
                Operation = target[(target.IndexOf('.', StringComparison.Ordinal) + 1)..],
                Region = scope[2],
                AccessKeyId = scope[0],
                Json = body.Length == 0 ? [] : JsonNode.Parse(body) as JsonObject ?? [],
            };
        }

        var form = new QueryParameters(HttpUtility.ParseQueryString(Encoding.UTF8.GetString(body)));
        return form["Action"] is not { } action ? null : new AwsRequest
        {
            Protocol = scope[3] == "ec2" ? AwsProtocol.Ec2Query : AwsProtocol.Query,
            Service = scope[3],
            Operation = action,
            Region = scope[2],
            AccessKeyId = scope[0],
            Form = form,
        };
    }

    // the one call that is made by who has no key yet: it brings the token of a web identity
    private static AwsRequest? WithoutKey(NameValueCollection headers, byte[] body)
    {
        if (headers["X-Amz-Target"] is not null) return null;
        var form = new QueryParameters(HttpUtility.ParseQueryString(Encoding.UTF8.GetString(body)));
        return form["Action"] != Sts.StsService.WebIdentity ? null : new AwsRequest { Protocol =
            AwsProtocol.Query, Service = "sts", Operation = Sts.StsService.WebIdentity, Region = "", AccessKeyId = "", Form = form };
    }
}
