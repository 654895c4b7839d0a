using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Summit.Ops.Hosts;

namespace Summit.Ops.Aws.Tests.Failures;

/// <summary>What people meet: how it comes about, and what the module has to say of it.</summary>
/// <param name="Name">What is met.</param>
/// <param name="ErrorId">The ErrorId.</param>
/// <param name="Says">What the message has to say.</param>
/// <param name="Command">How the recommended command begins.</param>
/// <param name="Arrange">Makes it happen, and says how the account is reached.</param>
internal sealed record ErrorCase(string Name, string ErrorId, string[] Says, string Command, Func<ErrorBench, AwsConnection> Arrange)
{
    /// <summary>Whether EC2 is asked, and not Run Command.</summary>
    public bool AsksEc2 { get; init; }
}

/// <summary>The table.</summary>
internal static class ErrorTable
{
    private const string Denied = "User: arn:aws:iam::123456789012:user/lab is not authorized to perform: ssm:SendCommand on resource: "
        + "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript";
    private const string Role = "arn:aws:iam::123456789012:role/ops";
    private const string Start = "https://example.awsapps.com/start";

    public static IReadOnlyList<ErrorCase> All { get; } =
    [
        // --- profiles
        new("a profile that does not exist", "AwsProfileNotFound", ["no AWS profile 'producton'", "did you mean production?"],
            "aws configure list-profiles", bench =>
            {
                bench.Write($"[profile production]\n{bench.Key}[profile staging]\n{bench.Key}");
                return bench.Profile("producton");
            }),
        new("AWS_PROFILE names none", "AwsProfileNotFound", ["no AWS profile 'stagin'", "did you mean staging?"],
            "aws configure list-profiles", bench =>
            {
                bench.Write($"[profile staging]\n{bench.Key}");
                bench.Set("AWS_PROFILE", "stagin");
                return bench.Chain;
            }),
        new("a source_profile that does not exist", "AwsProfileNotFound",
            ["no AWS profile 'bas'", "'ops' names as its source_profile", "did you mean base?"], "aws configure list-profiles", bench =>
            {
                bench.Write($"[profile ops]\nrole_arn = {Role}\nsource_profile = bas\n[profile base]\n{bench.Key}");
                return bench.Profile("ops");
            }),
        new("a loop of source profiles", "AwsSourceProfileLoop", ["one -> two -> one"], "aws configure get source_profile --profile one",
            bench =>
            {
                bench.Write(
                    $"[profile one]\nrole_arn = {Role}\nsource_profile = two\n[profile two]\nrole_arn = {Role}2\nsource_profile = one\n");
                return bench.Profile("one");
            }),
        new("a role that wants MFA", "AwsMfaNeeded", ["'ops'", "mfa/me"], "aws configure export-credentials --profile ops", bench =>
        {
            bench.Write($"[profile ops]\nrole_arn = {Role}\nmfa_serial = arn:aws:iam::123456789012:mfa/me\nsource_profile = base\n"
                + $"[profile base]\n{bench.Key}");
            return bench.Profile("ops");
        }),
        new("a role that may not be assumed", "AwsRoleRefused", [Role, "trust policy", "sts:AssumeRole"],
            $"aws sts assume-role --role-arn {Role}", bench =>
            {
                bench.Set("AWS_ENDPOINT_URL", bench.Account.Aws.Url);
                bench.Account.Aws.Knobs.Errors["sts:AssumeRole"] = new(
                    "AccessDenied",
                    $"User: arn:aws:iam::123456789012:user/lab is not authorized to perform: sts:AssumeRole on resource: {Role}",
                    403);
                bench.Write($"[profile ops]\nrole_arn = {Role}\nsource_profile = base\nregion = eu-west-1\n[profile base]\n{bench.Key}");
                return bench.Profile("ops");
            }),
        new("a role that cannot be asked for", "AwsUnreachable", ["gives the AWS credentials", "refused"],
            "aws sts get-caller-identity --profile ops", bench =>
            {
                bench.Set("AWS_ENDPOINT_URL", ErrorBench.Closed());
                bench.Write($"[profile ops]\nrole_arn = {Role}\nsource_profile = base\nregion = eu-west-1\n[profile base]\n{bench.Key}");
                return bench.Profile("ops");
            }),
        // --- SSO and login
        Sso("no SSO login", "AwsSsoTokenMissing", "is missing", expires: null, registration: null),
        Sso("an SSO login that has expired", "AwsSsoTokenExpired", "has expired", expires: -1, registration: null),
        Sso("an SSO login whose registration has expired", "AwsSsoRegistrationExpired", "registration of this machine", expires: -1,
            registration: -1),
        new("a login session without a login", "AwsLoginSessionExpired", ["'ops'"], "aws login --profile ops", bench =>
        {
            bench.Write("[profile ops]\nlogin_session = arn:aws:iam::123456789012:user/lab\nregion = eu-west-1\n");
            return bench.Profile("ops");
        }),
        // --- credential_process
        Process("a credential_process that fails", "sh -c 'echo no vault >&2; exit 3'", "no vault"),
        Process("a credential_process that prints nonsense", "echo hello", "Version 1"),
        Process("a credential_process that is not there", "/nonexistent/vault", "credential_process"),
        // --- web identity, containers, instances
        new("no file of a web identity", "AwsWebIdentityMissing", ["/nonexistent/token"], "ls -l /nonexistent/token", bench =>
        {
            bench.Set("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent/token");
            bench.Set("AWS_ROLE_ARN", Role);
            return bench.Chain;
        }),
        new("container credentials that are refused", "AwsContainerCredentialsRefused", ["127.0.0.1", "task or the pod"], "env", bench =>
        {
            bench.Set(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                bench.Serve("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") + "/role");
            return bench.Chain;
        }),
        new("instance metadata switched off", "AwsNoCredentials", ["There are no AWS credentials", "AWS_EC2_METADATA_DISABLED"],
            "aws configure list", bench => bench.Chain),
        new("instance metadata that does not answer", "AwsNoCredentials", ["There are no AWS credentials"], "aws ", bench =>
        {
            bench.Set("AWS_EC2_METADATA_DISABLED", null);
            bench.Set("AWS_EC2_METADATA_SERVICE_ENDPOINT", ErrorBench.Closed());
            return bench.Chain;
        }),
        // --- what AWS says of a key
        new("a clock that is behind", "AwsClockSkew", ["20 minutes behind"], "timedatectl", bench =>
        {
            bench.Account.Aws.Knobs.ClockAhead = TimeSpan.FromMinutes(20);
            return bench.Says(
                "InvalidSignatureException",
                "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z (20260101T002000Z - 5 min.)");
        }),
        new("a clock that is ahead, by EC2's words", "AwsClockSkew", ["3 hours ahead"], "timedatectl", bench =>
        {
            bench.Account.Aws.Knobs.ClockAhead = TimeSpan.FromHours(-3);
            return bench.Says("AuthFailure", "AWS was not able to validate the provided access credentials", 401, "ec2:DescribeInstances");
        }) { AsksEc2 = true },
        new("AuthFailure", "AwsCredentialsRefused", ["not valid", "eu-west-1 is not enabled"], "aws sts get-caller-identity",
            bench => bench.Says(
                "AuthFailure",
                "AWS was not able to validate the provided access credentials",
                401, "ec2:DescribeInstances")) { AsksEc2 = true },
        new("UnrecognizedClientException", "AwsCredentialsRefused", ["UnrecognizedClientException"], "aws sts get-caller-identity",
            bench => bench.Says("UnrecognizedClientException", "The security token included in the request is invalid.")),
        new("InvalidClientTokenId", "AwsCredentialsRefused", ["InvalidClientTokenId"], "aws sts get-caller-identity",
            bench => bench.Says("InvalidClientTokenId", "The security token included in the request is invalid.", 403)),
        new("a secret of another key", "AwsCredentialsRefused", ["does not belong"], "aws sts get-caller-identity",
            bench => bench.Account.Connection with { Key = new AwsKey(bench.Account.Aws.AccessKeyId, "wrong", null) }),
        new("ExpiredToken", "AwsCredentialsExpired", ["have expired"], "aws sso login --profile 'my profile'", bench =>
        {
            bench.Write($"[profile my profile]\n{bench.Key}");
            bench.Says("ExpiredTokenException", "The security token included in the request is expired");
            return bench.Profile("my profile");
        }),
        new("OptInRequired", "AwsOptInRequired", ["not enabled for the account"],
            "aws account get-region-opt-status --region-name eu-west-1",
            bench => bench.Says("OptInRequired", "You are not subscribed to this service.", 401, "ec2:DescribeInstances"))
        {
            AsksEc2 = true,
        },
        // --- who denied
        Deny("an SCP", "with an explicit deny in a service control policy", "a service control policy of the organization denies it"),
        Deny("a permissions boundary", "because no permissions boundary allows the ssm:SendCommand action",
            "the permissions boundary of the caller does not allow it"),
        Deny("a session policy", "because no session policy allows the ssm:SendCommand action",
            "the policy of this session does not allow it"),
        Deny("a VPC endpoint", "because no VPC endpoint policy allows the ssm:SendCommand action",
            "the policy of the VPC endpoint does not allow it"),
        Deny("an explicit deny", "with an explicit deny in an identity-based policy", "a policy of the caller denies it"),
        Deny("no policy", "because no identity-based policy allows the ssm:SendCommand action", "no policy of the caller allows it"),
        new("EC2's encoded denial", "AwsAccessDenied", ["ec2:DescribeInstances"],
            "aws sts decode-authorization-message --encoded-message abc-DEF_1",
            bench => bench.Says(
                "UnauthorizedOperation",
                "You are not authorized to perform this operation. Encoded authorization failure message: abc-DEF_1",
                403, "ec2:DescribeInstances")) { AsksEc2 = true },
        // --- the way there
        new("a proxy that wants a password", "AwsProxyRefused", ["407", "HTTPS_PROXY"], "curl -sI https://ssm.example.com/",
            bench => Proxied(bench, "407 Proxy Authentication Required")),
        new("a proxy that does not let it through", "AwsProxyRefused", ["403", "NO_PROXY"], "curl -sI https://ssm.example.com/",
            bench => Proxied(bench, "403 Forbidden")),
        new("TLS opened on the way", "AwsCertificateNotTrusted", ["does not trust", "AWS_CA_BUNDLE"],
            "openssl s_client -connect 127.0.0.1:", bench =>
                bench.Account.Connection with { EndpointUrl = bench.Serve("", bench.Certificate().Certificate) }),
        new("TLS opened on the way, with its authority trusted", "AwsCredentialsRefused", ["UnrecognizedClientException"],
            "aws sts get-caller-identity", bench =>
            {
                var (certificate, file) = bench.Certificate();
                bench.Set("AWS_CA_BUNDLE", file);
                const string body =
                    """{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}""";
                return bench.Account.Connection with { EndpointUrl = bench.Serve(
                    $"HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {body.Length}\r\n"
                        + $"Connection: close\r\n\r\n{body}",
                    certificate) };
            }),
        new("a name that DNS does not know", "AwsUnreachable", ["DNS knows no ssm.example.invalid"], "nslookup ssm.example.invalid",
            bench => bench.Account.Connection with { EndpointUrl = "http://ssm.example.invalid" }),
        new("a port where nobody listens", "AwsUnreachable", ["got no answer", "refused"], "curl -sI http://127.0.0.1:",
            bench => bench.Account.Connection with { EndpointUrl = ErrorBench.Closed() }),
        new("throttling", "AwsThrottled", ["the rate of ssm:SendCommand", "-MaxConcurrency"], "aws cloudtrail lookup-events", bench =>
        {
            bench.Set("AWS_MAX_ATTEMPTS", "2");
            return bench.Says("ThrottlingException", "Rate exceeded");
        }),
        new("throttling of EC2", "AwsThrottled", ["the rate of ec2:DescribeInstances"], "aws cloudtrail lookup-events", bench =>
        {
            bench.Set("AWS_MAX_ATTEMPTS", "2");
            return bench.Says("RequestLimitExceeded", "Request limit exceeded.", 503, "ec2:DescribeInstances");
        }) { AsksEc2 = true },
        // --- Run Command
        Run("UnsupportedPlatformType", "RunCommandPlatformUnsupported", "another platform"),
        Run("InvalidDocument", "RunCommandDocumentInvalid", "does not exist there"),
        Run("InvalidDocumentVersion", "RunCommandDocumentVersionInvalid", "does not have that version",
            "aws ssm list-document-versions --name Our-Shell"),
        Run("MaxDocumentSizeExceeded", "RunCommandTooLarge", "64 KB"),
        Run("DuplicateInstanceId", "RunCommandDuplicateInstance", "named twice", "Get-SummitTarget"),
        Run("InvalidOutputFolder", "RunCommandOutputInvalid", "S3 bucket"),
        Run("InvalidParameters", "RunCommandParametersInvalid", "'commands' and 'executionTimeout'"),
        // --- settings that cannot be followed
        Setting("retry_mode = sometimes", "retry_mode"),
        Setting("max_attempts = 0", "max_attempts"),
        Setting("use_fips_endpoint = perhaps", "use_fips_endpoint"),
        Setting("use_fips_endpoint = true", "use_fips_endpoint"),
        Setting("ca_bundle = /nonexistent/ca.pem", "ca_bundle"),
    ];

    private static ErrorCase Sso(string name, string id, string says, int? expires, int? registration) =>
        new(name, id, ["'sso'", says], "aws sso login --profile sso", bench =>
        {
            bench.Write($"[profile sso]\nsso_start_url = {Start}\nsso_region = eu-west-1\nsso_account_id = 123456789012\n"
                + $"sso_role_name = Ops\nregion = eu-west-1\n");
            if (expires is { } hours)
            {
                var file = string.Concat(SHA1.HashData(Encoding.UTF8.GetBytes(Start))
                    .Select(part => part.ToString("x2", CultureInfo.InvariantCulture)));
                var more = registration is { } until
                    ? $",\"clientId\":\"c\",\"clientSecret\":\"s\",\"refreshToken\":\"r\",\"registrationExpiresAt\":\"{Time(until)}\""
                    : "";
                bench.Store(
                    $".aws/sso/cache/{file}.json",
                    $"{{\"startUrl\":\"{Start}\",\"region\":\"eu-west-1\",\"accessToken\":\"t\",\"expiresAt\":\"{Time(hours)}\"{more}}}");
            }

            return bench.Profile("sso");
        });

    private static string Time(int hours) =>
        TimeProvider.System.GetUtcNow().AddHours(hours).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static ErrorCase Process(string name, string command, string says) =>
        new(name, "AwsCredentialProcessFailed", ["'vault'", says], "aws configure export-credentials --profile vault", bench =>
        {
            bench.Write($"[profile vault]\ncredential_process = {command}\nregion = eu-west-1\n");
            return bench.Profile("vault");
        });

    private static ErrorCase Deny(string name, string said, string means) => new(
        $"denied by {name}", "AwsAccessDenied", [$"ssm:SendCommand in eu-west-1: {means}"],
        "Get-Help about_Summit_Permissions # an administrator has to allow ssm:SendCommand",
        bench => bench.Says("AccessDeniedException", $"{Denied} {said}"));

    private static ErrorCase Run(
        string code, string id, string says, string command = "aws ssm describe-document --name Our-Shell --region eu-west-1") =>
        new(code, id, [says, code], command, bench => bench.Says(code, "AWS says why.") with { DocumentName = "Our-Shell" });

    private static ErrorCase Setting(string line, string name) =>
        new(line, "AwsProfileSettingRefused", [name], $"aws configure get {name} --profile ops", bench =>
        {
            bench.Write($"[profile ops]\n{bench.Key}{line}\n");
            return bench.Profile("ops");
        });

    private static AwsConnection Proxied(ErrorBench bench, string status)
    {
        var proxy = bench.Serve($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        HttpClient.DefaultProxy = new WebProxy(proxy);
        // a client of its own, so that it takes this proxy and not the one of an earlier test
        bench.Set("AWS_CA_BUNDLE", bench.Certificate().File);
        return bench.Account.Connection with { EndpointUrl = "https://ssm.example.com" };
    }
}
