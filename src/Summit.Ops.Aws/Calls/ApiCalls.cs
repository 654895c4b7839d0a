using System.Collections.Concurrent;

namespace Summit.Ops.Aws.Calls;

/// <summary>Makes calls as often as the service allows: throttled ones again after a jittered wait, and slower from then on.</summary>
internal sealed class ApiCalls(AwsPlace place, TimeProvider time)
{
    private const int UsualAttempts = 10;
    // where nobody listens, or a name is not known, waiting longer than a moment has never helped
    private const int AttemptsToConnect = 3;
    // each of them is long in itself
    private const int AttemptsInSilence = 3;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);
    private readonly ConcurrentDictionary<string, CallPace> _paces = new(StringComparer.Ordinal);

    /// <summary>Makes a call that may be repeated: it reads, or doing it twice is doing it once.</summary>
    public Task<T> CallAsync<T>(string action, Func<CancellationToken, Task<T>> call, CancellationToken cancellation) =>
        CallAsync(action, call, repeatable: true, cancellation);

    /// <summary>Makes a call that must not be carried out twice.</summary>
    /// <exception cref="AmbiguousCallException">Nobody knows whether it was carried out.</exception>
    public Task<T> CallOnceAsync<T>(string action, Func<CancellationToken, Task<T>> call, CancellationToken cancellation) =>
        CallAsync(action, call, repeatable: false, cancellation);

    private async Task<T> CallAsync<T>(
        string action, Func<CancellationToken, Task<T>> call, bool repeatable, CancellationToken cancellation)
    {
        var pace = _paces.GetOrAdd(action, _ => new CallPace(time));
        for (var attempt = 1; ; attempt++)
        {
            await pace.TurnAsync(cancellation);
            try
            {
                var answer = await call(cancellation);
                pace.Quicker();
                return answer;
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested)
            {
                if (AwsErrors.IsOfCredentials(error)) throw; // their source has its own retries
                var throttled = AwsErrors.IsThrottling(error);
                if (throttled) pace.Slower();
                var unreachable = !throttled && AwsErrors.IsUnreachable(error);
                var transient = !throttled && !unreachable && AwsErrors.IsTransient(error);
                if (transient && !repeatable) throw new AmbiguousCallException(error);
                var most = Math.Min(
                    place.Settings.MaxAttempts ?? UsualAttempts,
                    unreachable ? AttemptsToConnect : transient && AwsErrors.IsSilence(error) ? AttemptsInSilence : int.MaxValue);
                if ((!throttled && !unreachable && !transient) || attempt >= most) throw;
            }

            await Task.Delay(Jitter.Full(FirstWait * Math.Pow(2, attempt - 1), LongestWait), time, cancellation);
        }
    }

    /// <summary>The error of a call in words.</summary>
    public Errors.SummitException Describe(Exception error, string action, string document = "") =>
        AwsErrors.Describe(error, action, place, document);
}
