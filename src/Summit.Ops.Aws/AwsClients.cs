using System.Text.RegularExpressions;
using Amazon;
using Amazon.EC2;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.SimpleSystemsManagement;
using Summit.Ops.Aws.Calls;
using Summit.Ops.Aws.Credentials;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;

namespace Summit.Ops.Aws;

/// <summary>The SDK's clients for one connection: its credentials and region found, nothing called yet.</summary>
internal sealed partial class AwsClients : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    private AwsClients(AWSCredentials credentials, CredentialSource source, string region, AwsSettings settings)
    {
        (Region, Source, Settings) = (region, source, settings);
        Ssm = new SsmClient(credentials, Configure(new AmazonSimpleSystemsManagementConfig(), "ssm", region, settings));
        Ec2 = new Ec2Client(credentials, Configure(new AmazonEC2Config(), "ec2", region, settings));
    }

    /// <summary>The region in use.</summary>
    public string Region { get; }

    /// <summary>Where the credentials come from.</summary>
    public CredentialSource Source { get; }

    /// <summary>What the environment and the profile say of endpoints, TLS and retries.</summary>
    public AwsSettings Settings { get; }

    /// <summary>Systems Manager.</summary>
    public IAmazonSimpleSystemsManagement Ssm { get; }

    /// <summary>EC2.</summary>
    public IAmazonEC2 Ec2 { get; }

    /// <summary>Finds credentials and region and makes the clients.</summary>
    /// <exception cref="SummitAwsException">There are none.</exception>
    public static async Task<AwsClients> CreateAsync(AwsConnection connection)
    {
        // the chain may ask a web identity or the instance's metadata, and blocks while it does
        return await Task.Run(async () =>
        {
            // the SDK finds no profile at all where one of its settings has a value that it does not know
            var settings = AwsSettings.Of(connection);
            var source = CredentialSource.Of(connection);
            var region = await FindRegionAsync(connection, source);
            return new AwsClients(await FindCredentialsAsync(connection, new AwsPlace(region, source, settings)), source, region, settings);
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Ssm.Dispose();
        Ec2.Dispose();
    }

    private static async Task<string> FindRegionAsync(AwsConnection connection, CredentialSource source)
    {
        var region = connection.Region ?? source.First?.Region?.SystemName
            ?? FallbackRegionFactory.GetRegionEndpoint(includeInstanceMetadata: false)?.SystemName;
        if (region is null && await MetadataService.AnswersAsync()) region = FallbackRegionFactory.GetRegionEndpoint()?.SystemName;
        if (region is null)
        {
            throw new SummitAwsException(
                "AwsNoRegion", SummitErrorKind.InvalidArgument,
                "No AWS region is given: not by -Region, not by the profile, not by AWS_REGION, not by an instance's metadata.", null,
                "Get-SummitTarget -Region eu-west-1 # or $env:AWS_REGION = 'eu-west-1', or aws configure");
        }

        return RegionName().IsMatch(region) ? region : throw new SummitArgumentException(
            "AwsRegionInvalid", $"'{region}' is no AWS region.", region, "aws ec2 describe-regions --query Regions[].RegionName");
    }

    private static async Task<AWSCredentials> FindCredentialsAsync(AwsConnection connection, AwsPlace place)
    {
        var source = place.Source;
        if (connection.Key is { } key)
        {
            return key.SessionToken is { } token
                ? new SessionAWSCredentials(key.AccessKeyId, key.SecretAccessKey, token)
                : new BasicAWSCredentials(key.AccessKeyId, key.SecretAccessKey);
        }

        try
        {
            if (source.First is { } profile)
            {
                return AWSCredentialsFactory.GetAWSCredentials(profile, new CredentialProfileStoreChain(connection.ProfileLocation));
            }

            var needsMetadata = source is { IdentityFile: null, Container: null } && CredentialSource.Variable("AWS_ACCESS_KEY_ID") is null
                && !new CredentialProfileStoreChain(connection.ProfileLocation).TryGetProfile("default", out _);
            if (needsMetadata && !await MetadataService.AnswersAsync())
            {
                throw new AmazonClientException("The metadata of an instance does not answer.");
            }

            return DefaultAWSCredentialsIdentityResolver.GetCredentials();
        }
        catch (Exception error) when (AwsErrors.IsOfCredentials(error))
        {
            throw AwsErrors.Describe(error, "sts:GetCallerIdentity", place);
        }
    }

    private static T Configure<T>(T config, string service, string region, AwsSettings settings)
        where T : ClientConfig
    {
        // retries are ours: only we know what may be sent twice
        config.MaxErrorRetry = 0;
        config.ThrottleRetries = false;
        config.Timeout = CallTimeout;
        config.ConnectTimeout = ConnectTimeout;
        // the SDK reads the environment once in a process, and the settings of a profile that was named not at all
        config.IgnoreConfiguredEndpointUrls = true;
        if (settings.Authorities is { } file) config.HttpClientFactory = new TrustedAuthorities(file);
        if (settings.Endpoint(service) is { } url)
        {
            config.ServiceURL = url;
            config.AuthenticationRegion = region;
            (config.UseFIPSEndpoint, config.UseDualstackEndpoint) = (false, false);
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
            (config.UseFIPSEndpoint, config.UseDualstackEndpoint) = (settings.UseFips, settings.UseDualstack);
        }

        return config;
    }

    [GeneratedRegex("^[a-z]{2,8}(-[a-z]+)+-[0-9]{1,3}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RegionName();
}
