using System.Collections.Specialized;
using System.Security.Cryptography;
using System.Text;

namespace Summit.Ops.Lab.Aws;

/// <summary>Checks a Signature Version 4, as AWS does before it looks at anything else.</summary>
internal static class Signature
{
    /// <summary>Whether the request was signed with the secret.</summary>
    public static bool Matches(string method, Uri url, NameValueCollection headers, byte[] body, string secret)
    {
        var parts = (headers["Authorization"] ?? "").Split(' ', 2) is [_, var fields]
            ? fields.Split(',', StringSplitOptions.TrimEntries).Select(field => field.Split('=', 2)).Where(field => field.Length == 2)
                .ToDictionary(field => field[0], field => field[1], StringComparer.Ordinal)
            : [];
        if (!parts.TryGetValue("Credential", out var credential) || !parts.TryGetValue("SignedHeaders", out var signed)
            || !parts.TryGetValue("Signature", out var signature))
        {
            return false;
        }

        var scope = credential.Split('/')[1..];
        var canonical = string.Join('\n',
            method,
            url.AbsolutePath,
            Query(url),
            string.Concat(signed.Split(';').Select(name => $"{name}:{headers[name]?.Trim()}\n")),
            signed,
            headers["X-Amz-Content-SHA256"] ?? Hex(SHA256.HashData(body)));
        var toSign = string.Join(
            '\n', "AWS4-HMAC-SHA256", headers["X-Amz-Date"], string.Join('/', scope),
            Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in scope) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        var expected = Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(signature));
    }

    private static string Query(Uri url) =>
        string.Join('&', url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();
}
