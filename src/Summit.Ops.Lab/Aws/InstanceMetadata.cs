using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Summit.Ops.Lab.Aws.Sts;

namespace Summit.Ops.Lab.Aws;

/// <summary>
/// A test part: the metadata service of an instance (IMDSv2) on the loopback, with the credentials of its role and its region. A client
/// needs a session token first, as with the real one where version 1 is off.
/// </summary>
public sealed class InstanceMetadata : IAsyncDisposable
{
    private const int Attempts = 20;
    private const string Role = "summit-lab-role", TokenHeader = "X-aws-ec2-metadata-token";
    private readonly HttpListener _listener;
    private readonly TemporaryKeys _keys;
    private readonly string _region;
    private readonly string _session = Guid.NewGuid().ToString("N");
    private readonly Task _serving;

    private InstanceMetadata(HttpListener listener, string url, TemporaryKeys keys, string region)
    {
        (_listener, Url, _keys, _region) = (listener, url, keys, region);
        _serving = ServeAsync();
    }

    /// <summary>Its URL, for <c>AWS_EC2_METADATA_SERVICE_ENDPOINT</c>.</summary>
    public string Url { get; }

    /// <summary>Every path that was asked for, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Starts one on a free port.</summary>
    /// <param name="keys">Where its role's keys come from: those of an endpoint.</param>
    /// <param name="region">The instance's region.</param>
    public static InstanceMetadata Start(TemporaryKeys keys, string region)
    {
        for (var attempt = 1; ; attempt++)
        {
            var url = $"http://127.0.0.1:{FreePorts.Choose(1)[0]}";
            var listener = new HttpListener { Prefixes = { url + "/" } };
            try
            {
                listener.Start();
                return new InstanceMetadata(listener, url, keys, region);
            }
            catch (HttpListenerException) when (attempt < Attempts)
            {
                listener.Close(); // someone else took the port meanwhile
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            var path = context.Request.Url!.AbsolutePath;
            Asked.Enqueue(path);
            var (status, text) = context.Request.HttpMethod == "PUT" && path == "/latest/api/token"
                ? (200, _session)
                : context.Request.Headers[TokenHeader] != _session ? (401, "") : Answer(path);
            context.Response.StatusCode = status;
            var body = Encoding.UTF8.GetBytes(text);
            if (path == "/latest/api/token") context.Response.Headers["X-aws-ec2-metadata-token-ttl-seconds"] = "21600";
            await context.Response.OutputStream.WriteAsync(body);
            context.Response.Close();
        }
    }

    private (int Status, string Text) Answer(string path) => path.TrimEnd('/') switch
    {
        "/latest/meta-data/iam/security-credentials" or "/latest/meta-data/iam/security-credentials-extended" => (200, Role),
        $"/latest/meta-data/iam/security-credentials/{Role}" or $"/latest/meta-data/iam/security-credentials-extended/{Role}" =>
            (200, Credentials()),
        "/latest/meta-data/iam/info" => (200, new JsonObject
        {
            ["Code"] = "Success",
            ["InstanceProfileArn"] = $"arn:aws:iam::{AwsEndpoint.Account}:instance-profile/{Role}",
        }.ToJsonString()),
        "/latest/meta-data/placement/region" => (200, _region),
        "/latest/meta-data/placement/availability-zone" => (200, _region + "a"),
        "/latest/dynamic/instance-identity/document" =>
            (200, new JsonObject { ["region"] = _region, ["accountId"] = AwsEndpoint.Account }.ToJsonString()),
        _ => (404, ""),
    };

    private string Credentials()
    {
        var (key, secret, token, expires) = _keys.Issue();
        return new JsonObject
        {
            ["Code"] = "Success", ["LastUpdated"] = "2026-01-01T00:00:00Z", ["Type"] = "AWS-HMAC",
            ["AccessKeyId"] = key, ["SecretAccessKey"] = secret, ["Token"] = token,
            ["Expiration"] = $"{expires:yyyy-MM-dd'T'HH:mm:ss'Z'}",
        }.ToJsonString();
    }
}
