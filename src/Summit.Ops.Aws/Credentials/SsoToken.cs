using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Runtime.CredentialManagement;

namespace Summit.Ops.Aws.Credentials;

/// <summary>What is left of an SSO login on this machine.</summary>
internal enum SsoState
{
    /// <summary>There was none, or its file cannot be read.</summary>
    Missing,

    /// <summary>It is over.</summary>
    Expired,

    /// <summary>It is over, and so is the registration of this machine, so that it cannot be renewed.</summary>
    RegistrationExpired,

    /// <summary>It is good.</summary>
    Valid,
}

/// <summary>Reads the login that <c>aws sso login</c> keeps under <c>~/.aws/sso/cache</c>. The token itself is not looked at.</summary>
internal static class SsoToken
{
    /// <summary>The state of the login that a profile uses.</summary>
    public static SsoState State(CredentialProfileOptions options, DateTimeOffset now)
    {
        // the AWS tools name the file by the session, or by the start URL where the profile has no session
        var name = options.SsoSession is { Length: > 0 } session ? session : options.SsoStartUrl ?? "";
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var file = Path.Combine(
            home, ".aws", "sso", "cache",
            $"{string.Concat(Sha1(name).Select(part => part.ToString("x2", CultureInfo.InvariantCulture)))}.json");
        try
        {
            if (!File.Exists(file) || JsonNode.Parse(File.ReadAllText(file)) is not JsonObject token) return SsoState.Missing;
            if (Time(token, "registrationExpiresAt") is { } registration && registration <= now) return SsoState.RegistrationExpired;
            return Time(token, "expiresAt") is { } expires && expires > now ? SsoState.Valid : SsoState.Expired;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return SsoState.Missing;
        }
    }

    // the name of a file, not a protection
#pragma warning disable CA5350
    private static byte[] Sha1(string name) => SHA1.HashData(Encoding.UTF8.GetBytes(name));
#pragma warning restore CA5350

    private static DateTimeOffset? Time(JsonObject token, string name) =>
        DateTimeOffset.TryParse(
            token[name]?.GetValue<string>()?.Replace("UTC", "Z", StringComparison.Ordinal),
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
