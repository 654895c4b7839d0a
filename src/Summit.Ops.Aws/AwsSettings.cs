using System.Globalization;
using Summit.Ops.Aws.Credentials;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Text;

namespace Summit.Ops.Aws;

/// <summary>
/// What the environment and the profile say of endpoints, TLS and retries, in the order of the AWS CLI: the environment first.
/// </summary>
internal sealed class AwsSettings
{
    private readonly string? _given;
    private readonly string _profile;
    private readonly Dictionary<string, string> _settings = new(StringComparer.OrdinalIgnoreCase);
    private readonly IReadOnlyDictionary<string, string> _services = new Dictionary<string, string>(StringComparer.Ordinal);

    private AwsSettings(AwsConnection connection)
    {
        _given = connection.EndpointUrl;
        _profile = connection.ProfileName ?? CredentialSource.Variable("AWS_PROFILE") ?? "default";
        var home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aws");
        var config = connection.ProfileLocation ?? CredentialSource.Variable("AWS_CONFIG_FILE") ?? Path.Combine(home, "config");
        var credentials = connection.ProfileLocation ?? CredentialSource.Variable("AWS_SHARED_CREDENTIALS_FILE")
            ?? Path.Combine(home, "credentials");
        foreach (var (name, value) in ConfigurationFile.Section(credentials, _profile)) _settings[name] = value;
        foreach (var (name, value) in ConfigurationFile.Section(config, $"profile {_profile}")) _settings[name] = value;
        if (_profile == "default")
        {
            foreach (var (name, value) in ConfigurationFile.Section(config, _profile)) _settings[name] = value;
        }

        if (_settings.TryGetValue("services", out var services)) _services = ConfigurationFile.Section(config, $"services {services}");
        UseFips = Flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
        UseDualstack = Flag("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");
        MaxAttempts = Number("AWS_MAX_ATTEMPTS", "max_attempts");
        Authorities = Setting("AWS_CA_BUNDLE", "ca_bundle") is { Length: > 0 } file ? Existing(file) : null;
        var mode = Setting("AWS_RETRY_MODE", "retry_mode");
        if (mode is not (null or "legacy" or "standard" or "adaptive"))
        {
            throw Refused("retry_mode", mode, "it is legacy, standard or adaptive");
        }
    }

    /// <summary>Whether only endpoints with FIPS 140 modules are used.</summary>
    public bool UseFips { get; }

    /// <summary>Whether endpoints with IPv6 are used.</summary>
    public bool UseDualstack { get; }

    /// <summary>How often a call is made at most; null for our own number.</summary>
    public int? MaxAttempts { get; }

    /// <summary>The file of the authorities that are trusted instead of the machine's; null for those.</summary>
    public string? Authorities { get; }

    /// <summary>Reads them.</summary>
    /// <exception cref="SummitAwsException">A setting has a value that cannot be followed.</exception>
    public static AwsSettings Of(AwsConnection connection)
    {
        var settings = new AwsSettings(connection);
        // as with the AWS CLI: such an endpoint is no other endpoint's variant
        if (settings.UseFips && (settings.Endpoint("ssm") ?? settings.Endpoint("ec2")) is { } url)
        {
            throw settings.Refused("use_fips_endpoint", "true", $"the endpoint {ForeignText.Visible(url)} is named");
        }

        return settings;
    }

    /// <summary>The endpoint that is named for a service; null for the region's own.</summary>
    /// <param name="service">As IAM names it, <c>ssm</c> for one.</param>
    public string? Endpoint(string service)
    {
        if (_given is not null) return _given;
        if (Flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")) return null;
        return CredentialSource.Variable($"AWS_ENDPOINT_URL_{service.ToUpperInvariant()}") ?? CredentialSource.Variable("AWS_ENDPOINT_URL")
            ?? _services.GetValueOrDefault($"{service}.endpoint_url") ?? _settings.GetValueOrDefault("endpoint_url");
    }

    private string? Setting(string variable, string name) => CredentialSource.Variable(variable) ?? _settings.GetValueOrDefault(name);

    private bool Flag(string variable, string name) => Setting(variable, name) switch
    {
        null => false,
        var value when value.Equals("true", StringComparison.OrdinalIgnoreCase) => true,
        var value when value.Equals("false", StringComparison.OrdinalIgnoreCase) => false,
        var value => throw Refused(name, value, "it is true or false"),
    };

    private int? Number(string variable, string name) => Setting(variable, name) is not { } value ? null
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw Refused(name, value, "it is a number from 1");

    private string Existing(string file) => File.Exists(file) ? file : throw Refused("ca_bundle", file, "there is no such file");

    private SummitAwsException Refused(string name, string value, string why) => new(
        "AwsProfileSettingRefused", SummitErrorKind.InvalidArgument,
        $"The AWS setting {name} (profile '{_profile}' or the environment) is '{ForeignText.Visible(value)}', and {why}.", _profile,
        $"aws configure get {name} --profile {ShellWord.Quote(_profile)}");
}
