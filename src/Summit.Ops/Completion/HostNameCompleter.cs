using System.Buffers;
using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Summit.Ops.Completion;

/// <summary>
/// Completes a host of SSH: the names of ~/.ssh/config without wildcards, and those of ~/.ssh/known_hosts that can be read.
/// </summary>
public sealed class HostNameCompleter : IArgumentCompleter
{
    // a pattern, or what would have to be quoted
    private static readonly SearchValues<char> Special = SearchValues.Create("*?!'\"`$;&| ");

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var word = wordToComplete.Trim('\'', '"');
        // an account before the host is kept
        var user = word[..(word.LastIndexOf('@') + 1)];
        var folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh");
        return Configured(Path.Combine(folder, "config")).Select(name => (Name: name, Tip: "~/.ssh/config"))
            .Concat(Known(Path.Combine(folder, "known_hosts")).Select(name => (Name: name, Tip: "~/.ssh/known_hosts")))
            .DistinctBy(host => host.Name, StringComparer.Ordinal)
            .Where(host => host.Name.StartsWith(word[user.Length..], StringComparison.OrdinalIgnoreCase))
            .Select(host => new CompletionResult(user + host.Name, user + host.Name, CompletionResultType.ParameterValue, host.Tip));
    }

    private static IEnumerable<string> Configured(string file) =>
        Lines(file).Select(line => line.Trim().Split((char[])[' ', '\t', '='], StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > 1 && words[0].Equals("Host", StringComparison.OrdinalIgnoreCase))
            .SelectMany(words => words.Skip(1)).Where(IsName);

    // hashed names begin with |, marked lines with @
    private static IEnumerable<string> Known(string file) =>
        Lines(file).Where(line => line.Length > 0 && line[0] is not ('|' or '@' or '#'))
            .SelectMany(line => line.Split(' ')[0].Split(',')).Select(name => name.StartsWith('[')
                ? name.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)
                : name).Where(IsName);

    private static bool IsName(string name) => name.Length > 0 && !name.AsSpan().ContainsAny(Special);

    private static List<string> Lines(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadLines(file).Take(10_000).ToList() : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
