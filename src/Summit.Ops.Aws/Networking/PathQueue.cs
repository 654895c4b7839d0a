using Summit.Ops.Aws.Calls;
using Summit.Ops.Errors;
using Summit.Ops.Network;

namespace Summit.Ops.Aws.Networking;

/// <summary>
/// Asks EC2 about many instances as about one: those that are asked for at the same moment share their calls, so
/// that a fleet is not throttled.
/// </summary>
/// <param name="reader">Makes a reader; each has one look.</param>
/// <param name="time">The clock.</param>
internal sealed class PathQueue(Func<PathReader> reader, TimeProvider time)
{
    private const int AtOnce = 50;
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(20);

    private readonly Gathering<IReadOnlyDictionary<string, (NetworkPath? Path, SummitException? Error)>> _gathering =
        new(AtOnce, () => Quiet, ids => reader().InstancesAsync(ids, CancellationToken.None), time);

    /// <summary>The way to an instance.</summary>
    /// <exception cref="SummitAwsException">There is no such instance, or AWS cannot be asked at all.</exception>
    public async Task<NetworkPath> InstanceAsync(string instanceId, CancellationToken cancellation)
    {
        var (path, error) = (await _gathering.AnswerAsync(instanceId, cancellation))[instanceId];
        return path ?? throw error!;
    }
}
