namespace Summit.Ops.Errors;

/// <summary>Errors of an AWS account as a whole.</summary>
internal static class AwsErrorIds
{
    /// <summary>What makes every further target fail in the same way: no credentials, no region.</summary>
    public static readonly IReadOnlySet<string> EndAll = new HashSet<string>(StringComparer.Ordinal)
    {
        "AwsNoCredentials", "AwsNoRegion", "AwsProfileNotFound", "AwsCredentialsRefused", "AwsCredentialsExpired",
        "AwsRegionInvalid", "AwsClockSkew",
        "AwsSsoTokenMissing", "AwsSsoTokenExpired", "AwsSsoRegistrationExpired", "AwsSsoRefused",
        "AwsLoginSessionExpired", "AwsCredentialProcessFailed", "AwsRoleRefused", "AwsMfaNeeded",
        "AwsSourceProfileLoop", "AwsWebIdentityMissing", "AwsWebIdentityRefused", "AwsContainerCredentialsRefused",
        "AwsProfileSettingRefused",
    };
}
