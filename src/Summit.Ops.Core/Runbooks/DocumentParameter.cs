using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Runbooks;

/// <summary>A parameter of a command document, and the shell variable that it becomes.</summary>
/// <remarks>
/// Systems Manager puts <c>{{ Name }}</c> into the script as text, so a value could become a command. Two things stand against it: the
/// pattern, which the service holds every value against and which lets no quote through, and the environment variable that newer agents
/// (3.3.2746.0) hand it over in, which the script prefers.
/// </remarks>
internal sealed record DocumentParameter(string Name, string Variable, string Default, string Pattern, string Description)
{
    /// <summary>The only values that it takes, which the console offers as a list; empty where the pattern alone decides.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    // 1 to 65535, without a leading zero
    private const string PortPattern = "^([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$";
    private const string PathCharacters = "[A-Za-z0-9._~/:@%+,=-]";

    /// <summary>The facts of a site that one document can be given for another.</summary>
    /// <exception cref="SummitArgumentException">A value of the site is none that a document's parameter may have.</exception>
    public static IReadOnlyList<DocumentParameter> Of(SummitSite site) => Checked(
    [
        new(nameof(site.ServerName), "SERVER_NAME", site.ServerName, @"^[A-Za-z0-9._:\[\]-]{1,253}$", "The DNS name that clients use."),
        new(nameof(site.Port), "PORT", $"{site.Port}", PortPattern, "The TLS port that clients use."),
        new(nameof(site.WebSocketPath), "WEBSOCKET_PATH", site.WebSocketPath, $"^/{PathCharacters}*$",
            "The path of the WebSocket endpoint."),
        new(nameof(site.ConfigPath), "CONFIG_PATH", site.ConfigPath, $"^/{PathCharacters}+$", "The site's nginx configuration file."),
        new(nameof(site.EnabledPath), "ENABLED_PATH", site.EnabledPath, $"^(/{PathCharacters}+)?$",
            "The link by which nginx includes it; empty for none."),
        .. Backend(site),
    ]);

    /// <summary>The facts of the backend's process.</summary>
    /// <exception cref="SummitArgumentException">A value of the site is none that a document's parameter may have.</exception>
    public static IReadOnlyList<DocumentParameter> Backend(SummitSite site) => Checked(
    [
        new(nameof(site.BackendPort), "BACKEND_PORT", $"{site.BackendPort}", PortPattern, "The port that the backend listens on."),
        new(nameof(site.ProcessName), "PROCESS_NAME", site.ProcessName, "^[A-Za-z0-9._@][A-Za-z0-9._@:-]{0,127}$",
            "The backend's process name in pm2, or its systemd unit."),
        new(nameof(site.BackendUser), "BACKEND_USER", site.BackendUser, "^([A-Za-z0-9._][A-Za-z0-9._-]{0,63})?$",
            "The account that runs the backend; empty for root."),
    ]);

    /// <summary>Whether what is there already may be replaced, or restarted.</summary>
    public static DocumentParameter Force(string description) => new("Force", "FORCE", "no", "^(yes|no)$", description)
    {
        Allowed = ["no", "yes"],
    };

    /// <summary>It as the document declares it.</summary>
    public JsonObject Declare()
    {
        var declared = new JsonObject
        {
            ["type"] = "String",
            ["description"] = Description,
            ["default"] = Default,
            ["allowedPattern"] = Pattern,
            ["interpolationType"] = "ENV_VAR",
        };
        if (Allowed.Count > 0) declared["allowedValues"] = new JsonArray([.. Allowed.Select(value => JsonValue.Create(value))]);
        return declared;
    }

    /// <summary>The lines by which the script takes them.</summary>
    public static ScriptParameters Script(IReadOnlyList<DocumentParameter> parameters) => new(
        "# The document's parameters: from the environment where the agent puts them there, else as text, "
        + "in which the patterns let no quote through.\n"
        + string.Concat(parameters.Select(parameter => $"[ -n \"${{SSM_{parameter.Name}+x}}\" ] || SSM_{parameter.Name}='{{{{ "
            + $"{parameter.Name} }}}}'\n{parameter.Variable}=$SSM_{parameter.Name}\n")),
        parameters.Select(parameter => parameter.Variable).ToHashSet(StringComparer.Ordinal));

    private static IReadOnlyList<DocumentParameter> Checked(IReadOnlyList<DocumentParameter> parameters)
    {
        if (parameters.FirstOrDefault(parameter => !Regex.IsMatch(
            parameter.Default,
            parameter.Pattern.Replace("$", @"\z", StringComparison.Ordinal),
            RegexOptions.None, TimeSpan.FromSeconds(1))) is { } wrong)
        {
            throw new SummitArgumentException(
                "SiteValueNotForDocument",
                $"The site's {wrong.Name} is '{ForeignText.Visible(wrong.Default)}', which cannot be a parameter of a Systems Manager "
                    + $"document: {wrong.Pattern}",
                wrong.Name,
                "Export-SummitRunbook -Kind RunCommandParameters   # writes the value quoted into the script itself");
        }

        return parameters;
    }
}
