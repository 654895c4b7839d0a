using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Summit.Ops.Completion;

/// <summary>Completes a profile: the names in the AWS configuration files of this account.</summary>
public sealed class ProfileCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        from name in Files(fakeBoundParameters["ProfileLocation"] as string).Where(File.Exists).SelectMany(Names)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.OrdinalIgnoreCase)
        where name.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase)
        select new CompletionResult(
            name.All(IsPlain) ? name : $"'{name.Replace("'", "''", StringComparison.Ordinal)}'",
            name, CompletionResultType.ParameterValue, name);

    // where the SDK looks for them
    private static IEnumerable<string> Files(string? location)
    {
        var home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aws");
        yield return location ?? Environment.GetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE") ?? Path.Combine(home, "credentials");
        yield return Environment.GetEnvironmentVariable("AWS_CONFIG_FILE") ?? Path.Combine(home, "config");
    }

    // [name] in the credentials file, [profile name] in the configuration; other sections (sso-session) are no profiles
    private static IEnumerable<string> Names(string file)
    {
        foreach (var line in File.ReadLines(file).Select(line => line.Trim()).Where(line => line.StartsWith('[') && line.EndsWith(']')))
        {
            var words = line[1..^1].Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words is [var name]) yield return name;
            else if (words is ["profile", var profile]) yield return profile;
        }
    }

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.';
}
