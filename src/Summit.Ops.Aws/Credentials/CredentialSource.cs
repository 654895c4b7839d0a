using Amazon.Runtime.CredentialManagement;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Text;

namespace Summit.Ops.Aws.Credentials;

/// <summary>Where the credentials of a connection come from: what an error has to name.</summary>
internal sealed record CredentialSource
{
    /// <summary>The profile; null where none is named.</summary>
    public string? Profile { get; init; }

    /// <summary>The profile and those that it takes its first credentials from, in this order.</summary>
    public IReadOnlyList<CredentialProfile> Profiles { get; init; } = [];

    /// <summary>The profile itself; null for none.</summary>
    public CredentialProfile? First => Profiles is [var first, ..] ? first : null;

    /// <summary>Whether <c>-Credential</c> gave a key.</summary>
    public bool IsGiven { get; init; }

    /// <summary>The file of a web identity's token.</summary>
    public string? IdentityFile { get; init; }

    /// <summary>The URL that a container has its credentials from.</summary>
    public string? Container { get; init; }

    /// <summary>Whether this process is in a container: the metadata of the instance is one hop farther away then.</summary>
    public bool InContainer { get; init; }

    /// <summary>The command that renews them.</summary>
    public string Renew => IsGiven
        ? "Get-Credential"
        : Uses(options => options.LoginSession) is { } login ? $"aws login --profile {ShellWord.Quote(login.Name)}"
            : $"aws sso login{Option(Uses(options => options.SsoStartUrl ?? options.SsoSession)?.Name ?? Profile)}";

    /// <summary>The command that tells whose they are.</summary>
    public string Who => $"aws sts get-caller-identity{Option(Profile)}";

    /// <summary>The first profile with a setting; null for none.</summary>
    public CredentialProfile? Uses(Func<CredentialProfileOptions, string?> setting) =>
        Profiles.FirstOrDefault(profile => !string.IsNullOrEmpty(setting(profile.Options)));

    /// <summary>Finds it, and stops at once where it cannot give credentials.</summary>
    /// <exception cref="SummitAwsException">
    /// A profile does not exist, needs what only a person can give, or takes its credentials from itself.
    /// </exception>
    public static CredentialSource Of(AwsConnection connection)
    {
        if (connection.Key is not null && connection.ProfileName is null) return new CredentialSource { IsGiven = true };
        var hasKey = Variable("AWS_ACCESS_KEY_ID") is not null && Variable("AWS_SECRET_ACCESS_KEY") is not null;
        var named = connection.ProfileName ?? (hasKey ? null : Variable("AWS_PROFILE"));
        var store = new CredentialProfileStoreChain(connection.ProfileLocation);
        var source = new CredentialSource
        {
            Profile = named,
            Profiles = Walk(store, named, connection.ProfileLocation),
            IsGiven = connection.Key is not null,
            IdentityFile = named is null ? Variable("AWS_WEB_IDENTITY_TOKEN_FILE") : null,
            Container = named is null
                ? Variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") ?? Variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
                : null,
            InContainer = File.Exists("/.dockerenv") || File.Exists("/run/.containerenv")
                || Variable("KUBERNETES_SERVICE_HOST") is not null,
        };
        return source.IdentityFile is { } file && !hasKey && !File.Exists(file) ? throw IdentityFileMissing(file) : source;
    }

    /// <summary>A variable of the environment; null for an empty one.</summary>
    public static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static List<CredentialProfile> Walk(CredentialProfileStoreChain store, string? first, string? location)
    {
        var walked = new List<CredentialProfile>();
        for (var name = first; name is not null;)
        {
            if (!store.TryGetProfile(name, out var profile)) throw NotFound(store, name, walked.LastOrDefault()?.Name, location);
            if (walked.Exists(each => each.Name == name))
            {
                // a profile with a key of its own may name itself
                if (walked[^1].Name == name && !string.IsNullOrEmpty(profile.Options.AccessKey)) break;
                throw Loop([.. walked.Select(each => each.Name), name]);
            }

            walked.Add(profile);
            if (profile.Options is { RoleArn.Length: > 0, MfaSerial.Length: > 0 }) throw NeedsMfa(profile);
            if (profile.Options.WebIdentityTokenFile is { Length: > 0 } file && !File.Exists(file)) throw IdentityFileMissing(file);
            name = string.IsNullOrEmpty(profile.Options.SourceProfile) ? null : profile.Options.SourceProfile;
        }

        return walked;
    }

    private static SummitAwsException NotFound(CredentialProfileStoreChain store, string name, string? wantedBy, string? location)
    {
        var known = store.ListProfiles().Select(profile => profile.Name).Order(StringComparer.Ordinal).ToList();
        return new SummitAwsException(
            "AwsProfileNotFound", SummitErrorKind.InvalidArgument,
            $"There is no AWS profile '{name}'{(location is null ? "" : $" in {location}")}"
                + $"{(wantedBy is null ? "" : $", which the profile '{wantedBy}' names as its source_profile")}"
                + $"{Nearest.Suggestion(name, known)}", name, "aws configure list-profiles");
    }

    private static SummitAwsException Loop(IReadOnlyList<string> names) => new(
        "AwsSourceProfileLoop", SummitErrorKind.InvalidArgument, "The AWS profiles take their credentials from each other: "
            + $"{string.Join(" -> ", names)}. One of them needs a key, an SSO session or a credential_process of its own.", names[0],
        $"aws configure get source_profile --profile {ShellWord.Quote(names[^1])}");

    private static SummitAwsException NeedsMfa(CredentialProfile profile) => new(
        "AwsMfaNeeded", SummitErrorKind.PermissionDenied,
        $"The AWS profile '{profile.Name}' assumes {profile.Options.RoleArn} with a code of {profile.Options.MfaSerial}, "
            + "and Summit.Ops does not ask for codes. Let the AWS CLI ask, and take its credentials into the environment.", profile.Name,
        $"aws configure export-credentials --profile {ShellWord.Quote(profile.Name)} --format powershell");

    private static SummitAwsException IdentityFileMissing(string file) => new(
        "AwsWebIdentityMissing", SummitErrorKind.PermissionDenied,
        $"The token of the web identity is not there: {ForeignText.Visible(file)} does not exist or may not be read. "
            + "In Kubernetes the pod needs a service account with the role's annotation.", file,
        $"ls -l {ShellWord.Quote(file)}");

    private static string Option(string? profile) => profile is null ? "" : $" --profile {ShellWord.Quote(profile)}";
}
