using System.Globalization;
using System.Text.RegularExpressions;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Aws.Calls;

/// <summary>What every service of AWS answers where it does not carry a call out.</summary>
internal static partial class ServiceErrors
{
    // AWS refuses a signature that is five minutes off
    private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(4);

    private static readonly HashSet<string> Denied = new(StringComparer.Ordinal)
    {
        "AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorized",
    };

    private static readonly HashSet<string> Expired = new(StringComparer.Ordinal)
    {
        "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired",
    };

    private static readonly HashSet<string> WrongSecret =
        new(StringComparer.Ordinal) { "InvalidSignatureException", "SignatureDoesNotMatch" };

    private static readonly HashSet<string> NotKnown = new(StringComparer.Ordinal)
    {
        "UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "IncompleteSignature", "MissingAuthenticationToken",
    };

    // in AWS's own words, from the one that the account's administrator cannot change to the caller's own policy
    private static readonly (string Said, string Means)[] Deniers =
    [
        ("explicit deny in a service control policy", "a service control policy of the organization denies it"),
        ("no service control policy allows", "no service control policy of the organization allows it"),
        ("explicit deny in a resource control policy", "a resource control policy of the organization denies it"),
        ("no resource control policy allows", "no resource control policy of the organization allows it"),
        ("explicit deny in a permissions boundary", "the permissions boundary of the caller denies it"),
        ("no permissions boundary allows", "the permissions boundary of the caller does not allow it"),
        ("explicit deny in a session policy", "the policy of this session denies it"),
        ("no session policy allows", "the policy of this session does not allow it"),
        ("explicit deny in a VPC endpoint policy", "the policy of the VPC endpoint denies it"),
        ("no VPC endpoint policy allows", "the policy of the VPC endpoint does not allow it"),
        ("explicit deny in a resource-based policy", "the policy of the resource denies it"),
        ("explicit deny in an identity-based policy", "a policy of the caller denies it"),
        ("no identity-based policy allows", "no policy of the caller allows it"),
        ("explicit deny", "a policy denies it"),
    ];

    /// <summary>The rows.</summary>
    public static IReadOnlyList<KnownError> Rows { get; } =
    [
        new("AwsAccessDenied", SummitErrorKind.PermissionDenied, facts => Denied.Contains(facts.Code) && Encoded(facts) is not null,
            facts => $"The credentials in use may not do {facts.DeniedAction} in {facts.Region}{Denier(facts)}. AWS says: "
                + $"{facts.Said[..facts.Said.IndexOf("Encoded", StringComparison.Ordinal)].TrimEnd()}",
            facts => $"aws sts decode-authorization-message --encoded-message {Encoded(facts)} # {facts.DeniedAction}"),
        new("AwsAccessDenied", SummitErrorKind.PermissionDenied, facts => Denied.Contains(facts.Code),
            facts => $"The credentials in use may not do {facts.DeniedAction} in {facts.Region}{Denier(facts)}. AWS says: {facts.Said}",
            facts => $"Get-Help about_Summit_Permissions # an administrator has to allow {facts.DeniedAction}"),
        new("AwsOptInRequired", SummitErrorKind.PermissionDenied, facts => facts.Code == "OptInRequired",
            facts => $"The account has no access to {facts.Action.Split(':')[0]} in {facts.Region}: "
                + $"the region is not enabled for the account, or its registration is not complete. AWS says: {facts.Said}",
            facts => $"aws account get-region-opt-status --region-name {ShellWord.Quote(facts.Region)}"),
        new("AwsClockSkew", SummitErrorKind.InvalidData, IsSkewed,
            facts => $"AWS refuses the call because this machine's clock is wrong: it {Difference(facts)}. AWS says: {facts.Said}",
            _ => OperatingSystem.IsWindows() ? "w32tm /resync" : "timedatectl status"),
        new("AwsCredentialsExpired", SummitErrorKind.PermissionDenied, facts => Expired.Contains(facts.Code),
            facts => $"The AWS credentials have expired: {facts.Said}",
            facts => facts.Place.Source.Renew),
        new("AwsCredentialsRefused", SummitErrorKind.PermissionDenied, facts => WrongSecret.Contains(facts.Code),
            facts => $"AWS does not accept the credentials: the secret access key does not belong to the access key id ({facts.Code}). "
                + $"AWS says: {facts.Said}",
            facts => facts.Place.Source.Who),
        new("AwsCredentialsRefused", SummitErrorKind.PermissionDenied, facts => NotKnown.Contains(facts.Code),
            facts => $"AWS does not accept the credentials: the key or the session token is not valid, or {facts.Region} is not enabled "
                + $"for the account ({facts.Code}). AWS says: {facts.Said}",
            facts => facts.Place.Source.Who),
        new("AwsThrottled", SummitErrorKind.Unavailable, facts => AwsErrors.IsThrottling(facts.Error),
            facts => $"{facts.Action} was throttled again and again: other calls of this account use up the rate of {facts.Action}. "
                + "Run it again later, or with fewer targets at a time: -MaxConcurrency 10.",
            facts => "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue="
                + $"{ShellWord.Quote(facts.Action.Split(':')[^1])} --region {ShellWord.Quote(facts.Region)}"),
    ];

    private static string Denier(ErrorFacts facts) =>
        Deniers.FirstOrDefault(each => facts.Said.Contains(each.Said, StringComparison.OrdinalIgnoreCase)) is { Means: { } means }
            ? $": {means}"
            : "";

    private static string? Encoded(ErrorFacts facts) =>
        EncodedMessage().Match(facts.Said) is { Success: true } found ? found.Groups["text"].Value : null;

    private static bool IsSkewed(ErrorFacts facts)
    {
        if (!WrongSecret.Contains(facts.Code)
            && facts.Code is not ("AuthFailure" or "RequestExpired" or "RequestTimeTooSkewed" or "RequestInTheFuture"))
        {
            return false;
        }

        return facts.Code is "RequestTimeTooSkewed" or "RequestInTheFuture"
            || facts.Said.StartsWith("Signature expired", StringComparison.Ordinal)
            || facts.Said.StartsWith("Signature not yet current", StringComparison.Ordinal) || facts.Ahead?.Duration() > Tolerated;
    }

    private static string Difference(ErrorFacts facts)
    {
        var ahead = facts.Ahead is { } measured && measured.Duration() > TimeSpan.FromSeconds(1) ? measured : Told(facts.Said);
        return ahead is not { } off ? "differs from the clock of AWS by more than five minutes"
            : $"is {Words(off.Duration())} {(off > TimeSpan.Zero ? "ahead of" : "behind")} the clock of AWS";
    }

    // Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z (20260101T001500Z - 5 min.)
    private static TimeSpan? Told(string said)
    {
        var times = Stamp().Matches(said).Select(match => DateTimeOffset.ParseExact(
            match.Value, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)).ToList();
        return times.Count == 3 ? times[0] - times[2] : null;
    }

    private static string Words(TimeSpan time) => time.TotalMinutes < 2
        ? $"{time.TotalSeconds:0} s"
        : time.TotalHours < 2 ? $"{time.TotalMinutes:0} minutes" : $"{time.TotalHours:0} hours";

    [GeneratedRegex(
        "Encoded authorization failure message: (?<text>[A-Za-z0-9_-]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EncodedMessage();

    [GeneratedRegex("[0-9]{8}T[0-9]{6}Z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Stamp();
}
