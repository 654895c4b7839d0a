using Summit.Ops.Text;

namespace Summit.Ops.Evidence;

/// <summary>Whose the site's backend is, as the host found out where nobody said.</summary>
/// <param name="Account">The account whose pm2 has the process; empty for the one that looked, or where none was found.</param>
/// <param name="Home">That pm2's folder.</param>
/// <param name="Alive">Whether its daemon runs.</param>
/// <param name="Saved">
/// Whether its dump, from which <c>pm2 resurrect</c> starts, names the process; null where that could not be read.
/// </param>
/// <param name="StartupUnit">The unit that starts its daemon when the host boots; empty where there is none.</param>
/// <param name="Boot">
/// Whether a boot starts its daemon: enabled, disabled, masked …, or none where no unit and no crontab does;
/// empty where the host did not say.
/// </param>
/// <param name="Others">Accounts that may be meant, where it is not decided.</param>
internal sealed record BackendOwner(string Account, string Home, bool Alive, bool? Saved, string StartupUnit, string Boot, string Others)
{
    /// <summary>Nothing was found.</summary>
    public static BackendOwner Nobody { get; } = new("", "", Alive: false, Saved: null, "", "", "");

    /// <summary>Reads the section; each line is a word and its value.</summary>
    public static BackendOwner Read(string section)
    {
        var values = section.Split('\n').Select(line => line.Split(' ', 2)).Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0], StringComparer.Ordinal)
            .ToDictionary(pair => pair.Key, pair => ForeignText.Visible(pair.First()[1].Trim()), StringComparer.Ordinal);
        return new(
            values.GetValueOrDefault("account", ""), values.GetValueOrDefault("home", ""), values.GetValueOrDefault("alive") == "yes",
            values.GetValueOrDefault("saved") switch { "yes" => true, "no" => false, _ => null }, values.GetValueOrDefault("startup", ""),
            values.GetValueOrDefault("boot", ""), values.GetValueOrDefault("others", ""));
    }
}
