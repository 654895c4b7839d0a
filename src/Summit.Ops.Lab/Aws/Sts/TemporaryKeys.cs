using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Summit.Ops.Lab.Aws.Sts;

/// <summary>The temporary keys that were given out, each with its session token.</summary>
public sealed class TemporaryKeys
{
    private readonly ConcurrentDictionary<string, (string Secret, string Token)> _keys = new(StringComparer.Ordinal);

    /// <summary>Gives out a new one, good for an hour.</summary>
    public (string AccessKeyId, string SecretAccessKey, string SessionToken, DateTimeOffset Expires) Issue()
    {
        var id = $"ASIA{Convert.ToHexString(RandomNumberGenerator.GetBytes(8))}";
        var (secret, token) = (
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(30)), Convert.ToBase64String(RandomNumberGenerator.GetBytes(60)));
        _keys[id] = (secret, token);
        return (id, secret, token, TimeProvider.System.GetUtcNow().AddHours(1));
    }

    /// <summary>The secret of a key that came with its token; null for another.</summary>
    internal string? Secret(string accessKeyId, string? sessionToken) =>
        _keys.TryGetValue(accessKeyId, out var key) && key.Token == sessionToken ? key.Secret : null;
}
