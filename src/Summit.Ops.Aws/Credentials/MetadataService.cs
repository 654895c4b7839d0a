using System.Net;

namespace Summit.Ops.Aws.Credentials;

/// <summary>The instance's metadata, asked once whether it is there: the SDK's own retries take half a minute where it is not.</summary>
internal static class MetadataService
{
    private const string Usual = "http://169.254.169.254", TokenTime = "X-aws-ec2-metadata-token-ttl-seconds";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Whether it gives tokens to this process.</summary>
    public static async Task<bool> AnswersAsync()
    {
        if (string.Equals(CredentialSource.Variable("AWS_EC2_METADATA_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)) return false;
        if (!Uri.TryCreate(
            new Uri(CredentialSource.Variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? Usual), "/latest/api/token", out var url))
        {
            return false;
        }

        // never through a proxy: it would answer for another machine
        using var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = Patience };
        using var client = new HttpClient(handler) { Timeout = Patience };
        using var request = new HttpRequestMessage(HttpMethod.Put, url);
        request.Headers.Add(TokenTime, "60");
        try
        {
            using var answer = await client.SendAsync(request);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
