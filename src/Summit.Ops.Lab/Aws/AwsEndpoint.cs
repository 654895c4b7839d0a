using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Summit.Ops.Lab.Aws.Ec2;
using Summit.Ops.Lab.Aws.Ssm;
using Summit.Ops.Lab.Aws.Sts;

namespace Summit.Ops.Lab.Aws;

/// <summary>
/// A test part: one listener on the loopback that speaks so much of Systems Manager, EC2 and STS that the AWS CLI and the
/// SDKs take it for the real one.
/// </summary>
/// <remarks>
/// Its Run Command really runs the script, with <c>sh</c> on this machine, unless the instance is simulated.
/// It is no AWS and keeps nothing.
/// </remarks>
public sealed class AwsEndpoint : IAsyncDisposable
{
    /// <summary>The account that all of it belongs to.</summary>
    public const string Account = "123456789012";

    private const int Attempts = 20;
    private readonly HttpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly Dictionary<string, IAwsService> _services;
    private readonly RunCommand _runCommand;
    private readonly Throttle _throttle;
    private readonly TimeProvider _time;
    private readonly Task _accepting;
    private int _disposed;

    private AwsEndpoint(HttpListener listener, string url, TimeProvider time)
    {
        (_listener, Url, _time) = (listener, url, time);
        _throttle = new Throttle(Knobs, time);
        _runCommand = new RunCommand(Fleet, Knobs, time);
        Ec2 = new Ec2Service(Fleet);
        _services = new IAwsService[] { new SsmService(Fleet, _runCommand), Ec2, new StsService(Temporary, WebIdentityToken) }.ToDictionary(
            service => service.Name, StringComparer.Ordinal);
        _accepting = AcceptAsync();
    }

    /// <summary>Its URL, for <c>AWS_ENDPOINT_URL</c> or <c>-EndpointUrl</c>.</summary>
    public string Url { get; }

    /// <summary>The access key that it knows.</summary>
    public string AccessKeyId { get; } = "AKIASUMMITOPSLAB0001";

    /// <summary>Its secret, new for each endpoint.</summary>
    public string SecretAccessKey { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(30));

    /// <summary>The token of the web identity that may assume a role here.</summary>
    public string WebIdentityToken { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(60));

    /// <summary>The temporary keys that it knows.</summary>
    public TemporaryKeys Temporary { get; } = new();

    /// <summary>The instances.</summary>
    public LabFleet Fleet { get; } = new();

    /// <summary>How it misbehaves.</summary>
    public AwsKnobs Knobs { get; } = new();

    /// <summary>EC2, for more operations.</summary>
    public Ec2Service Ec2 { get; }

    /// <summary>Every call it answered, in order.</summary>
    public ConcurrentQueue<AwsCall> Calls { get; } = new();

    /// <summary>Faults of the endpoint's own: a test that sees one has found a mistake here.</summary>
    public ConcurrentQueue<Exception> Faults { get; } = new();

    /// <summary>Starts one on a free port.</summary>
    public static AwsEndpoint Start(TimeProvider? time = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var url = $"http://127.0.0.1:{FreePorts.Choose(1)[0]}";
            var listener = new HttpListener { Prefixes = { url + "/" } };
            try
            {
                listener.Start();
                return new AwsEndpoint(listener, url, time ?? TimeProvider.System);
            }
            catch (HttpListenerException) when (attempt < Attempts)
            {
                listener.Close(); // someone else took the port meanwhile
            }
        }
    }

    /// <summary>The variables that lead the AWS CLI and the SDKs here.</summary>
    public IReadOnlyDictionary<string, string> Environment(string region) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AWS_ENDPOINT_URL"] = Url,
        ["AWS_ACCESS_KEY_ID"] = AccessKeyId,
        ["AWS_SECRET_ACCESS_KEY"] = SecretAccessKey,
        ["AWS_REGION"] = region,
        ["AWS_DEFAULT_REGION"] = region,
    };

    /// <summary>Ends the listener and every script that still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _stop.CancelAsync();
        _listener.Close();
        await _accepting;
        await Task.WhenAll(_running.Keys);
        await _runCommand.DisposeAsync();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
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

            var serving = Task.Run(() => ServeAsync(context));
            _running[serving] = 0;
            _ = serving.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body, _stop.Token);
            var request = AwsRequest.Read(context.Request.Headers, body.ToArray());
            var answer = request is null
                ? AwsAnswer.Of(
                    AwsProtocol.Query, new AwsErrorException("MissingAuthenticationToken", "Request is missing Authentication Token", 403))
                : await AnswerAsync(context.Request, request, body.ToArray());
            if (request is not null)
            {
                Calls.Enqueue(new AwsCall(request.Action, answer?.Outcome ?? "Reset", request) { Answer = answer?.Body ?? "" });
            }

            if (answer is null) await ResetAsync(context.Response);
            else await answer.WriteAsync(context.Response, _time.GetUtcNow() + Knobs.ClockAhead);
        }
        catch (Exception error)
            when (error is OperationCanceledException or HttpListenerException or IOException or ObjectDisposedException)
        {
            // the caller had enough, or the endpoint ends
        }
        catch (Exception error)
        {
            Faults.Enqueue(error);
            context.Response.Abort();
        }
    }

    /// <summary>Ends the connection in the middle of an answer.</summary>
    private static async Task ResetAsync(HttpListenerResponse response)
    {
        response.ContentLength64 = 1000;
        await response.OutputStream.WriteAsync("{"u8.ToArray());
        response.Abort();
    }

    private async Task<AwsAnswer?> AnswerAsync(HttpListenerRequest http, AwsRequest request, byte[] body)
    {
        if (Knobs.Latency > TimeSpan.Zero) await Task.Delay(Knobs.Latency, _stop.Token);
        try
        {
            var fault = _throttle.Draw(request.Action);
            Authenticate(http, request, body);
            if (Knobs.Denied.ContainsKey(request.Action) || Knobs.Allowed?.Contains(request.Action) == false) throw Denied(request);
            if (Knobs.Errors.TryGetValue(request.Action, out var error)) throw error;
            if (fault == CallFault.ServerError)
            {
                throw new AwsErrorException("InternalServerError", "An error occurred on the server side.", 500);
            }

            if (fault == CallFault.ResetBefore) return null;
            if (fault == CallFault.Throttle || !_throttle.Takes(request.Action))
            {
                throw request.Service == "ec2"
                    ? new AwsErrorException("RequestLimitExceeded", "Request limit exceeded.", 503)
                    : new AwsErrorException("ThrottlingException", "Rate exceeded");
            }

            if (!_services.TryGetValue(request.Service, out var service))
            {
                throw new AwsErrorException("UnknownOperationException", $"This loopback endpoint does not play {request.Service}.");
            }

            var answer = service.Answer(request);
            return fault == CallFault.ResetAfter ? null : answer;
        }
        catch (AwsErrorException refused)
        {
            return AwsAnswer.Of(request.Protocol, refused);
        }
    }

    private void Authenticate(HttpListenerRequest http, AwsRequest request, byte[] body)
    {
        if (request is { Operation: StsService.WebIdentity, AccessKeyId: "" }) return;
        var secret = request.AccessKeyId == AccessKeyId
            ? SecretAccessKey
            : Temporary.Secret(request.AccessKeyId, http.Headers["X-Amz-Security-Token"]);
        var known = secret is not null;
        if (known && Signature.Matches(http.HttpMethod, http.Url!, http.Headers, body, secret!)) return;
        throw request.Protocol switch
        {
            AwsProtocol.Ec2Query =>
                new AwsErrorException("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
            AwsProtocol.Query when !known =>
                new AwsErrorException("InvalidClientTokenId", "The security token included in the request is invalid.", 403),
            AwsProtocol.Query => new AwsErrorException("SignatureDoesNotMatch", "The request signature we calculated does not match the "
                + "signature you provided. Check your AWS Secret Access Key and signing method.", 403),
            _ when !known => new AwsErrorException("UnrecognizedClientException", "The security token included in the request is invalid."),
            _ => new AwsErrorException(
                "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided. "
                    + "Check your AWS Secret Access Key and signing method."),
        };
    }

    private static AwsErrorException Denied(AwsRequest request)
    {
        var user = $"User: arn:aws:iam::{Account}:user/lab is not authorized to perform: {request.Action}";
        return request.Service == "ec2"
            ? new AwsErrorException("UnauthorizedOperation", "You are not authorized to perform this operation. "
                + $"{user} because no identity-based policy allows the {request.Action} action", 403)
            : new AwsErrorException(
                "AccessDeniedException",
                $"{user} on resource: arn:aws:{request.Service}:{request.Region}:{Account}:* because no identity-based policy allows the "
                    + $"{request.Action} action");
    }
}
