using System.Collections;

namespace Summit.Ops.Lab;

/// <summary>
/// The AWS_* variables of this process: a lab takes all of them, so that no SDK, CLI or script meets a real account, and gives them back.
/// </summary>
internal sealed class AwsVariables
{
    private const string Prefix = "AWS_";
    private readonly Dictionary<string, string> _before = Current();

    /// <summary>Leads everything that this process starts to the lab's endpoint, and nowhere else.</summary>
    public static void Use(LabInstance lab)
    {
        Replace(lab.Aws.Environment(lab.Region));
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
    }

    /// <summary>Puts back what was there when this was made.</summary>
    public void Restore() => Replace(_before);

    private static void Replace(IReadOnlyDictionary<string, string> values)
    {
        foreach (var name in Current().Keys.Where(name => !values.ContainsKey(name))) Environment.SetEnvironmentVariable(name, null);
        foreach (var (name, value) in values) Environment.SetEnvironmentVariable(name, value);
    }

    private static Dictionary<string, string> Current() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Where(entry => ((string)entry.Key).StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
}
