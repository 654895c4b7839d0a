using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace Summit.Ops.Lab.Shell;

/// <summary>The engine's prompts: asked where somebody sits there, else an error that says what to do.</summary>
internal sealed class ConsolePrompts(Terminal terminal, IAnswers? answers, Action clearProgress)
{
    /// <summary>What a prompt is where nobody can answer it.</summary>
    public static HostException NotInteractive(string what) => new(
        $"This session is not interactive: it cannot {what}. Give every mandatory parameter, add -Confirm:$false where a confirmation is asked, or start the console with -Interactive.",
        innerException: null,
        "PromptNotInteractive",
        ErrorCategory.InvalidOperation);

    public string ReadLine() => Ask("read a line", "");

    public SecureString ReadSecret() => AskSecret("read a secret", "");

    public Dictionary<string, PSObject> Fields(string? caption, string? message, Collection<FieldDescription> descriptions)
    {
        ArgumentNullException.ThrowIfNull(descriptions);
        var names = string.Join(", ", descriptions.Select(description => description.Name));
        Require($"ask for {names}");
        Head(caption, message);

        var results = new Dictionary<string, PSObject>(StringComparer.OrdinalIgnoreCase);
        foreach (var description in descriptions) results.Add(description.Name, PSObject.AsPSObject(Field(description)));
        return results;
    }

    public int Choice(string? caption, string? message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        ArgumentNullException.ThrowIfNull(choices);
        Require("ask for a choice");
        Head(caption, message);
        while (true)
        {
            var answer = Ask("ask for a choice", Menu(choices, defaultChoice >= 0 ? [defaultChoice] : [])).Trim();
            if (answer.Length == 0 && defaultChoice >= 0) return defaultChoice;
            if (answer == "?") Explain(choices);
            else if (Pick(choices, answer) is >= 0 and var picked) return picked;
        }
    }

    public Collection<int> Choices(string? caption, string? message, Collection<ChoiceDescription> choices, IEnumerable<int> defaults)
    {
        ArgumentNullException.ThrowIfNull(choices);
        Require("ask for choices");
        Head(caption, message);
        int[] initial = [.. defaults];
        var menu = Menu(choices, initial);
        var picked = new Collection<int>();
        while (true)
        {
            var answer = Ask("ask for choices", $"{menu}{Environment.NewLine}Choice[{picked.Count}]: ").Trim();
            if (answer.Length == 0) return picked.Count > 0 ? picked : [.. initial];
            if (answer == "?") Explain(choices);
            else if (Pick(choices, answer) is >= 0 and var index) picked.Add(index);
        }
    }

    public PSCredential Credential(string? caption, string? message, string? userName)
    {
        Require("ask for a credential");
        Head(caption, message);
        var user = string.IsNullOrEmpty(userName) ? Ask("ask for a credential", "User: ").Trim() : userName;
        return new PSCredential(user, AskSecret("ask for a credential", $"Password for user {user}: "));
    }

    private static int Pick(Collection<ChoiceDescription> choices, string answer)
    {
        for (var i = 0; i < choices.Count; i++)
        {
            var (key, label) = Label(choices[i]);
            if (string.Equals(answer, label, StringComparison.CurrentCultureIgnoreCase) || (key.Length > 0 && string.Equals(answer, key, StringComparison.CurrentCultureIgnoreCase))) return i;
        }

        return -1;
    }

    // "&Yes" is the label "Yes" with the key "Y"
    private static (string Key, string Label) Label(ChoiceDescription choice)
    {
        var at = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return at >= 0 && at + 1 < choice.Label.Length ? (choice.Label[(at + 1)..(at + 2)].ToUpperInvariant(), choice.Label.Remove(at, 1)) : ("", choice.Label);
    }

    private static string Menu(Collection<ChoiceDescription> choices, int[] defaults)
    {
        var items = string.Join("  ", choices.Select(Label).Select(item => $"[{item.Key}] {item.Label}"));
        var chosen = defaults.Length == 0 ? "" : $" (default is \"{string.Join(',', defaults.Select(index => Label(choices[index])).Select(item => item.Key.Length > 0 ? item.Key : item.Label))}\")";
        return $"{items}  [?] Help{chosen}: ";
    }

    private static object Convert(string text, Type type)
    {
        try
        {
            return LanguagePrimitives.ConvertTo(text, type) ?? text;
        }
        catch (PSInvalidCastException error)
        {
            throw new HostException($"'{text}' is no {type.Name}: {error.Message}", error, "PromptAnswerInvalid", ErrorCategory.InvalidData);
        }
    }

    private static Type TypeOf(FieldDescription description) => Type.GetType(description.ParameterAssemblyFullName) ?? Type.GetType(description.ParameterTypeFullName) ?? typeof(string);

    private object Field(FieldDescription description)
    {
        var type = TypeOf(description);
        if (type == typeof(SecureString)) return AskSecret("ask", $"{description.Name}: ");
        if (type == typeof(PSCredential)) return Credential(null, description.Name, null);
        if (type == typeof(string) || !typeof(IList).IsAssignableFrom(type)) return Convert(Ask("ask", $"{description.Name}: "), type);

        // a list ends with an empty answer
        var element = type.IsArray ? type.GetElementType()! : typeof(object);
        var items = new ArrayList();
        while (true)
        {
            if (element == typeof(SecureString))
            {
                var secret = AskSecret("ask", $"{description.Name}[{items.Count}]: ");
                if (secret.Length == 0) break;
                items.Add(secret);
                continue;
            }

            var answer = Ask("ask", $"{description.Name}[{items.Count}]: ");
            if (answer.Length == 0) break;
            items.Add(Convert(answer, element));
        }

        return LanguagePrimitives.TryConvertTo(items, type, out var list) && list is not null ? list : items;
    }

    private void Explain(Collection<ChoiceDescription> choices)
    {
        foreach (var choice in choices)
        {
            var (key, label) = Label(choice);
            Show($"{(key.Length > 0 ? key : label)} - {choice.HelpMessage}");
        }
    }

    private void Head(string? caption, string? message)
    {
        if (!string.IsNullOrEmpty(caption)) Show(Environment.NewLine + (terminal.ErrorColours ? $"\e[1m{PSHostUserInterface.GetOutputString(caption, supportsVirtualTerminal: false)}\e[22m" : caption));
        if (!string.IsNullOrEmpty(message)) Show(PSHostUserInterface.GetOutputString(message, terminal.ErrorColours));
    }

    private void Show(string line) => terminal.WriteScreen(line + Environment.NewLine);

    private string Ask(string what, string prompt) => Require(what).ReadLine(prompt) ?? throw NotInteractive($"{what}: the input has ended");

    private SecureString AskSecret(string what, string prompt) => Require(what).ReadSecret(prompt) ?? throw NotInteractive($"{what}: the input has ended");

    private IAnswers Require(string what)
    {
        clearProgress();
        return answers ?? throw NotInteractive(what);
    }
}
