using System.Text.RegularExpressions;
using Amazon;
using Amazon.EC2;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.SimpleSystemsManagement;
using Summit.Ops.Aws.Calls;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;

namespace Summit.Ops.Aws;

/// <summary>The SDK's clients for one connection: its credentials and region found, nothing called yet.</summary>
internal sealed partial class AwsClients : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    private AwsClients(AWSCredentials credentials, string region, AwsConnection connection)
    {
        Region = region;
        var ssm = Configure(new AmazonSimpleSystemsManagementConfig(), region, connection);
        EndpointUrl = ssm.ServiceURL;
        Ssm = new SsmClient(credentials, ssm);
        Ec2 = new Ec2Client(credentials, Configure(new AmazonEC2Config(), region, connection));
    }

    /// <summary>The region in use.</summary>
    public string Region { get; }

    /// <summary>The endpoint that was named, by the connection, the environment or the configuration file; null for the region's own.</summary>
    public string? EndpointUrl { get; }

    /// <summary>Systems Manager.</summary>
    public IAmazonSimpleSystemsManagement Ssm { get; }

    /// <summary>EC2.</summary>
    public IAmazonEC2 Ec2 { get; }

    /// <summary>Finds credentials and region and makes the clients.</summary>
    /// <exception cref="SummitAwsException">There are none.</exception>
    public static async Task<AwsClients> CreateAsync(AwsConnection connection)
    {
        var profile = Profile(connection);
        // the chain may ask a web identity or the instance's metadata, and blocks while it does
        var (region, credentials) = await Task.Run(() => (FindRegion(connection, profile), FindCredentials(connection, profile)));
        return new AwsClients(credentials, region, connection);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Ssm.Dispose();
        Ec2.Dispose();
    }

    private static CredentialProfile? Profile(AwsConnection connection)
    {
        if (connection.ProfileName is not { } name) return null;
        return new CredentialProfileStoreChain(connection.ProfileLocation).TryGetProfile(name, out var profile) ? profile : throw new SummitAwsException(
            "AwsProfileNotFound", SummitErrorKind.InvalidArgument, $"There is no AWS profile '{name}'{(connection.ProfileLocation is { } file ? $" in {file}" : "")}.", name,
            "aws configure list-profiles");
    }

    private static string FindRegion(AwsConnection connection, CredentialProfile? profile)
    {
        var region = connection.Region ?? profile?.Region?.SystemName ?? FallbackRegionFactory.GetRegionEndpoint()?.SystemName;
        if (region is null)
        {
            throw new SummitAwsException(
                "AwsNoRegion", SummitErrorKind.InvalidArgument, "No AWS region is given: not by -Region, not by the profile, not by AWS_REGION, not by an instance's metadata.", null,
                "Get-SummitTarget -Region eu-west-1 (or $env:AWS_REGION = 'eu-west-1', or aws configure)");
        }

        return RegionName().IsMatch(region) ? region : throw new SummitArgumentException("AwsRegionInvalid", $"'{region}' is no AWS region.", region, "aws ec2 describe-regions --query Regions[].RegionName");
    }

    private static AWSCredentials FindCredentials(AwsConnection connection, CredentialProfile? profile)
    {
        if (connection.Key is { } key)
        {
            return key.SessionToken is { } token ? new SessionAWSCredentials(key.AccessKeyId, key.SecretAccessKey, token) : new BasicAWSCredentials(key.AccessKeyId, key.SecretAccessKey);
        }

        try
        {
            return profile is null
                ? DefaultAWSCredentialsIdentityResolver.GetCredentials()
                : AWSCredentialsFactory.GetAWSCredentials(profile, new CredentialProfileStoreChain(connection.ProfileLocation));
        }
        catch (AmazonClientException error)
        {
            throw NoCredentials(connection.ProfileName, error);
        }
    }

    /// <summary>The error for credentials that cannot be had.</summary>
    internal static SummitAwsException NoCredentials(string? profile, Exception inner) => new(
        "AwsNoCredentials", SummitErrorKind.PermissionDenied,
        profile is null
            ? "There are no AWS credentials: not by -Credential or -ProfileName, not in the environment, not in a default profile, not by a web identity, not by an instance profile."
            : $"The AWS profile '{profile}' gives no credentials: {Text.ForeignText.Visible(inner.Message)}",
        profile,
        profile is null ? "aws configure sso, then: Get-SummitTarget -ProfileName NAME (or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)" : $"aws sso login --profile {profile}",
        inner);

    private static T Configure<T>(T config, string region, AwsConnection connection)
        where T : ClientConfig
    {
        // retries are ours: only we know what may be sent twice
        config.MaxErrorRetry = 0;
        config.ThrottleRetries = false;
        config.Timeout = CallTimeout;
        config.ConnectTimeout = ConnectTimeout;
        if (connection.EndpointUrl is { } url)
        {
            config.ServiceURL = url;
            config.AuthenticationRegion = region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        return config;
    }

    [GeneratedRegex("^[a-z]{2}(-[a-z]+){1,3}-[0-9]{1,2}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RegionName();
}
