namespace Summit.Ops.Lab;

/// <summary>A fault that a lab can have, or something healthy that looks like one.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expected">The root cause that a diagnosis should find.</param>
/// <param name="Description">What is broken, in a few words.</param>
public sealed record Scenario(string Name, SummitCause Expected, string Description)
{
    /// <summary>Breaks a healthy, running lab; returns when the fault is there.</summary>
    public required Func<LabInstance, CancellationToken, Task> InjectAsync { get; init; }

    /// <summary>
    /// The HTTP status that a client meets at the WebSocket's address when it takes every certificate; 0 where it
    /// gets no answer in HTTP at all.
    /// </summary>
    public int Answer { get; init; } = 101;

    /// <summary>The backend it is about; null where any will do.</summary>
    public LabBackendKind? Backend { get; init; }

    /// <summary>The name of the lab's site; null for localhost.</summary>
    public string? ServerName { get; init; }

    /// <summary>Further causes that are as true where no process manager tells more.</summary>
    public IReadOnlyList<SummitCause> AlsoTrue { get; init; } = [];

    /// <summary>Whether Repair-SummitWebSocket heals it; null where that is as its cause says, which is the rule.</summary>
    public bool? Repairable { get; init; }

    /// <summary>
    /// Whether it is only there over Systems Manager: the fault is in the account's network, which this machine knows nothing of.
    /// </summary>
    public bool OverSystemsManager { get; init; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>A scenario whose fault is another site file, enabled and running.</summary>
    internal static Scenario Deployed(string name, SummitCause expected, string description, Func<LabInstance, string> site) =>
        new(name, expected, description)
        {
            InjectAsync = async (lab, cancellation) =>
            {
                lab.WriteSite(site(lab));
                await lab.Nginx.ReloadAsync(cancellation);
            },
        };

    /// <summary>A scenario whose fault is a piece of the site's file that reads otherwise than it should, enabled and running.</summary>
    internal static Scenario Edited(string name, SummitCause expected, string description, Func<LabInstance, string, string> edit) =>
        Deployed(name, expected, description, lab => edit(lab, lab.SiteText));

    /// <summary>A scenario whose fault is in nginx's main file, enabled and running.</summary>
    internal static Scenario MainFile(string name, SummitCause expected, string description, Func<LabInstance, string, string> edit) =>
        new(name, expected, description)
        {
            InjectAsync = async (lab, cancellation) =>
            {
                lab.EditMain(text => edit(lab, text));
                await lab.Nginx.ReloadAsync(cancellation);
            },
        };

    /// <summary>A scenario that changes the site's file behind the back of an nginx that runs one without <c>/ws</c>.</summary>
    internal static Scenario Waiting(string name, SummitCause expected, string description, Func<LabInstance, string, string> edit) =>
        new(name, expected, description)
        {
            Answer = 404,
            InjectAsync = async (lab, cancellation) =>
            {
                var right = lab.SiteText;
                lab.WriteSite(lab.Config.Site(lab.Config.ApiLocation));
                await lab.Nginx.ReloadAsync(cancellation);
                lab.WriteSite(edit(lab, right));
            },
        };
}

/// <summary>Edits of a scenario's text: each must find what it replaces, or the scenario breaks nothing.</summary>
internal static class ScenarioText
{
    /// <summary>The text with the first occurrence replaced.</summary>
    public static string Swap(this string text, string old, string with)
    {
        var at = text.IndexOf(old, StringComparison.Ordinal);
        return at < 0
            ? throw new InvalidOperationException($"'{old}' is not in the text.")
            : string.Concat(text.AsSpan(0, at), with, text.AsSpan(at + old.Length));
    }

    /// <summary>The text with more before the first occurrence.</summary>
    public static string Before(this string text, string mark, string more) => text.Swap(mark, more + mark);

    /// <summary>The text with more behind the first occurrence.</summary>
    public static string After(this string text, string mark, string more) => text.Swap(mark, mark + more);

    /// <summary>The text without the first occurrence.</summary>
    public static string Without(this string text, string mark) => text.Swap(mark, "");
}
