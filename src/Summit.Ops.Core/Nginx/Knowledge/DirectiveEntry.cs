namespace Summit.Ops.Nginx.Knowledge;

/// <summary>One entry of a module's command table, over all of nginx's releases.</summary>
/// <param name="Contexts">
/// Where it may stand: main, events, http, server, location, if in server, if in location, limit_except, upstream,
/// stream …; <c>any</c> for everywhere.
/// </param>
/// <param name="Arguments">
/// How many arguments: numbers with commas, <c>1+</c>, <c>2+</c>, <c>flag</c> (one, on or off) or <c>any</c>.
/// </param>
/// <param name="IsBlock">Whether it opens a block.</param>
/// <param name="Module">The module.</param>
/// <param name="Since">The first release that has it.</param>
/// <param name="Until">The first release that has it no more; null where the newest has it.</param>
/// <param name="Changes">
/// The releases in which it was first allowed somewhere, or no more, or took another number of arguments, oldest first.
/// </param>
internal sealed record DirectiveEntry(
    string[] Contexts, string Arguments, bool IsBlock, string Module, Version Since, Version? Until, IReadOnlyList<DirectiveChange> Changes)
{
    /// <summary>Whether an nginx of this version has it; where the version is not known, whether any has.</summary>
    public bool IsIn(Version? version) => version is null || (version >= Since && (Until is null || version < Until));

    /// <summary>Whether it may stand there; where the version is not known, whether 1.22.1 or a later one lets it.</summary>
    public bool StandsIn(string context, Version? version = null)
    {
        var stands = Array.IndexOf(Contexts, context) >= 0 || Contexts is ["any"];
        if (version is null) return stands;
        var changes = Changes.Where(change => change.Context == context).ToList();
        if (changes.FindLast(change => change.Version <= version) is { } last) return last.Allows;
        // before the first change it was the other way round
        return changes.Count > 0 ? !changes[0].Allows : stands;
    }

    /// <summary>Whether it takes so many arguments; where the version is not known, whether 1.22.1 or a later one does.</summary>
    public bool Takes(int count, Version? version = null)
    {
        var arguments = Arguments;
        if (version is not null && Changes.Where(change => change.Arguments.Length > 0).ToList() is { Count: > 0 } changes)
        {
            arguments = changes.FindLast(change => change.Version <= version) is { } last ? last.Arguments : changes[0].ArgumentsBefore;
        }

        return arguments switch
        {
            "any" => true,
            "flag" => count == 1,
            "1+" => count >= 1,
            "2+" => count >= 2,
            _ => arguments.Split(',').Any(number => int.TryParse(number, out var allowed) && allowed == count),
        };
    }
}

/// <summary>What a release changed about a directive: <c>1.13.9 +location</c>, <c>1.7.1 -http</c>, <c>1.29.7 1 &gt; 1,2</c>.</summary>
/// <param name="Version">The release.</param>
/// <param name="Context">The context that was added or taken away; empty for a change of the arguments.</param>
/// <param name="Allows">Whether it was added.</param>
/// <param name="ArgumentsBefore">The arguments before; empty for a change of contexts.</param>
/// <param name="Arguments">The arguments from then on.</param>
internal sealed record DirectiveChange(Version Version, string Context, bool Allows, string ArgumentsBefore, string Arguments)
{
    public static DirectiveChange Read(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var (version, what) = (Version.Parse(text.AsSpan(0, space)), text[(space + 1)..]);
        return what.Split(" > ") is [var before, var after]
            ? new DirectiveChange(version, "", Allows: false, before, after)
            : new DirectiveChange(version, what[1..], what[0] == '+', "", "");
    }
}
