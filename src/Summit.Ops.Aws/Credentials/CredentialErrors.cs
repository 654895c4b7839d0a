using Amazon.Runtime;
using Summit.Ops.Aws.Calls;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Aws.Credentials;

/// <summary>Why there are no credentials, where the source says so only when they are needed.</summary>
internal static class CredentialErrors
{
    private const string Nowhere =
        "There are no AWS credentials: not by -Credential or -ProfileName, not in the environment, not in a default profile, "
            + "not by a web identity, not by an instance profile.";

    /// <summary>The rows.</summary>
    public static IReadOnlyList<KnownError> Rows { get; } =
    [
        Sso("AwsSsoRegistrationExpired", SsoState.RegistrationExpired,
            "has expired, and so has the registration of this machine that could renew it"),
        Sso("AwsSsoTokenExpired", SsoState.Expired, "has expired"),
        Sso("AwsSsoTokenMissing", SsoState.Missing, "is missing: nobody has logged in on this machine as this user"),
        new("AwsSsoRefused", SummitErrorKind.PermissionDenied,
            facts => facts.IsOfCredentials && SsoProfile(facts) is not null && !IsOnTheWay(facts),
            facts => $"IAM Identity Center gives no credentials for the role {SsoProfile(facts)!.Options.SsoRoleName} in the account "
                + $"{SsoProfile(facts)!.Options.SsoAccountId} (profile '{SsoProfile(facts)!.Name}'): {facts.Said}",
            facts => facts.Place.Source.Renew),
        new("AwsLoginSessionExpired", SummitErrorKind.PermissionDenied,
            facts => facts.IsOfCredentials && Login(facts) is not null && !IsOnTheWay(facts),
            facts => $"The login of the AWS profile '{Login(facts)!.Name}' is missing or has expired: {facts.Said}",
            facts => $"aws login --profile {ShellWord.Quote(Login(facts)!.Name)}"),
        new("AwsCredentialProcessFailed", SummitErrorKind.PermissionDenied,
            facts => Program(facts) is not null && facts.Chain.Any(error => error is ProcessAWSCredentialException),
            facts => $"The credential_process of the AWS profile '{Program(facts)!.Name}' gives no credentials: "
                + $"{facts.Root}. It has to print JSON with Version 1, AccessKeyId and SecretAccessKey, and to exit with 0.",
            facts => $"aws configure export-credentials --profile {ShellWord.Quote(Program(facts)!.Name)}"),
        new("AwsRoleRefused", SummitErrorKind.PermissionDenied,
            facts => facts.IsOfCredentials && Role(facts) is not null && facts.Code is "AccessDenied" or "AccessDeniedException",
            facts => $"The role {Role(facts)!.Options.RoleArn} of the AWS profile '{Role(facts)!.Name}' may not be assumed: "
                + $"its trust policy or the policy of the caller does not allow it. AWS says: {facts.Said}",
            facts =>
                $"aws sts assume-role --role-arn {ShellWord.Quote(Role(facts)!.Options.RoleArn)} --role-session-name test{Source(facts)}"),
        new("AwsWebIdentityRefused", SummitErrorKind.PermissionDenied,
            facts => facts.IsOfCredentials && facts.Place.Source.IdentityFile is not null && !IsOnTheWay(facts),
            facts => "There are no AWS credentials: "
                + $"STS does not take the web identity in {ForeignText.Visible(facts.Place.Source.IdentityFile!)}: {facts.Said}",
            facts => $"ls -l {ShellWord.Quote(facts.Place.Source.IdentityFile!)}"),
        new("AwsContainerCredentialsRefused", SummitErrorKind.PermissionDenied,
            facts => facts.IsOfCredentials && facts.Place.Source.Container is not null,
            facts => $"The container's credentials cannot be had from {ForeignText.Visible(facts.Place.Source.Container!)}: {facts.Root}. "
                + "The task or the pod needs a role, and the agent on its host has to run.",
            _ => "env"),
        new("AwsNoCredentials", SummitErrorKind.PermissionDenied,
            facts => facts.IsOfCredentials && facts.Place.Source.Profile is null && IsMetadataOff,
            _ => $"{Nowhere} The instance's metadata is switched off by AWS_EC2_METADATA_DISABLED.", _ => "aws configure list"),
        new("AwsNoCredentials", SummitErrorKind.PermissionDenied,
            facts => facts.IsOfCredentials && facts.Place.Source is { Profile: null, InContainer: true } && !IsOnTheWay(facts),
            _ => $"{Nowhere} In a container on EC2 the instance's metadata answers only where its hop limit is 2 or more.",
            _ => "aws ec2 modify-instance-metadata-options --instance-id INSTANCE --http-put-response-hop-limit 2 --http-endpoint enabled"),
        new("AwsNoCredentials", SummitErrorKind.PermissionDenied,
            facts => facts.IsOfCredentials && facts.Place.Source.Profile is null && facts.Code.Length == 0,
            _ => $"{Nowhere} On an EC2 instance its metadata may be off, or the instance has no role.", _ => "aws configure list"),
        new("AwsNoCredentials", SummitErrorKind.PermissionDenied,
            facts => facts.IsOfCredentials && facts.Place.Source.Profile is not null && facts.Code.Length == 0 && !IsOnTheWay(facts),
            facts => $"The AWS profile '{facts.Place.Source.Profile}' gives no credentials: {facts.Root}",
            facts => $"aws configure list{Profile(facts)}"),
        new("AwsUnreachable", SummitErrorKind.Unavailable, facts => facts.IsOfCredentials && IsOnTheWay(facts),
            facts => "The service that gives the AWS credentials cannot be reached: "
                + $"{ForeignText.Visible(facts.Chain.OfType<HttpRequestException>().FirstOrDefault()?.Message ?? facts.Root)}",
            facts => facts.Place.Source.Who),
    ];

    private static bool IsMetadataOff =>
        string.Equals(CredentialSource.Variable("AWS_EC2_METADATA_DISABLED"), "true", StringComparison.OrdinalIgnoreCase);

    private static KnownError Sso(string id, SsoState state, string means) => new(
        id, SummitErrorKind.PermissionDenied,
        facts => facts.IsOfCredentials && SsoProfile(facts) is { } profile && (state != SsoState.Expired || !IsOnTheWay(facts))
            && SsoToken.State(profile.Options, facts.Now) == state,
        facts => $"The SSO login of the AWS profile '{SsoProfile(facts)!.Name}' {means}.",
        facts => $"aws sso login --profile {ShellWord.Quote(SsoProfile(facts)!.Name)}");

    // the source itself was not reached: what is wrong with the way says more
    private static bool IsOnTheWay(ErrorFacts facts) =>
        AwsErrors.IsUnreachable(facts.Error) || facts.Chain.Any(error => error is System.Security.Authentication.AuthenticationException);

    private static Amazon.Runtime.CredentialManagement.CredentialProfile? SsoProfile(ErrorFacts facts) =>
        facts.Place.Source.Uses(options => options.SsoStartUrl ?? options.SsoSession);

    private static Amazon.Runtime.CredentialManagement.CredentialProfile? Login(ErrorFacts facts) =>
        facts.Place.Source.Uses(options => options.LoginSession);

    private static Amazon.Runtime.CredentialManagement.CredentialProfile? Program(ErrorFacts facts) =>
        facts.Place.Source.Uses(options => options.CredentialProcess);

    private static Amazon.Runtime.CredentialManagement.CredentialProfile? Role(ErrorFacts facts) =>
        facts.Place.Source.Uses(options => options.RoleArn);

    private static string Source(ErrorFacts facts) =>
        Role(facts)!.Options.SourceProfile is { Length: > 0 } source ? $" --profile {ShellWord.Quote(source)}" : "";

    private static string Profile(ErrorFacts facts) => $" --profile {ShellWord.Quote(facts.Place.Source.Profile!)}";
}
