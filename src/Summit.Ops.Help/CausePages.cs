using Summit.Ops.Causes;
using Summit.Ops.Rules;

namespace Summit.Ops.Help;

/// <summary>A page of Markdown for each cause that a diagnosis can name, from the cause's definition.</summary>
internal static class CausePages
{
    private const int ManyCauses = 30, Width = 120;

    /// <summary>The pages, by the name of their file, and the list of them.</summary>
    public static IEnumerable<(string File, string Text)> All() =>
    [
        .. CauseCatalogue.Layers
            .SelectMany(layer => layer.Causes.Where(IsNamed).Select(cause => ($"{cause.Cause}.md", Page(layer, cause)))),
        ("README.md", Index()),
    ];

    private static bool IsNamed(CauseDefinition cause) => cause.Cause != SummitCause.None;

    private static string Page(CauseLayer layer, CauseDefinition cause)
    {
        var undecided = cause.Nature == CauseNature.None;
        var symptoms = cause.Explains.Where(symptom => symptom != cause.Cause && symptom != SummitCause.Unknown).Distinct().ToList();
        var behind = undecided ? [] : CauseCatalogue.Behind(cause.Cause).Select(each => each.Cause).ToList();
        var unseen = cause.StandsAsSeen ? "the cause stays, with less confidence" : "the root cause is Unknown";
        return string.Concat(
            $"# {cause.Cause}\n\n**{layer.Title}** · {Nature(cause)}\n\n{Wrapped(cause.Explanation)}\n",
            Section("How it is found", Found(cause)),
            Section("How it is proven", undecided ? "" : Proof(cause.Proof)),
            Section("What it looks like", symptoms.Count == 0 ? ""
                : $"A check that fails for one of these is shown under {cause.Cause} and not counted again: {Links(symptoms)}."),
            Section("What may look like it", behind.Count == 0 ? ""
                : $"These causes can look the same: {Links(behind)}.\nIf one of them was not checked, {unseen}."),
            Section("How it is fixed", Remedy(cause)));
    }

    private static string Found(CauseDefinition cause)
    {
        // a check that can name any cause says nothing of this one
        var checks = RuleCatalogue.Definitions.Where(check => check.Causes.Contains(cause.Cause) && check.Causes.Count < ManyCauses)
            .ToLookup(check => check.LooksAt.Contains(cause.Cause),
                check => $"- [{check.Id}](../rules/{check.Id}.md): {check.GeneralTitle}");
        return cause.Nature == CauseNature.None ? "More than one cause fits, or none. `NotLookedAt` of the diagnosis says what is missing."
            : checks.Count == 0 ? "A probe sees it: `Test-SummitWebSocket`."
            : string.Join("\n\n", new[] { List("These checks look at it:", checks[true]), List("These can name it:", checks[false]) }
                .Where(list => list.Length > 0));
    }

    private static string Index() => string.Concat(CauseCatalogue.Layers.Select(Rows)
        .Prepend("# Causes\n\nMade by the build from `src/Summit.Ops.Core/Causes`, in the order of the request's way.\n"));

    private static string Rows(CauseLayer layer) =>
        Section(layer.Title, string.Join('\n', layer.Causes.Where(IsNamed).Select(cause => $"- {Link(cause.Cause)}: {cause.Explanation}")));

    private static string Nature(CauseDefinition cause) => cause.Nature switch
    {
        CauseNature.OnDisk => "it stays on the disk until it is changed",
        CauseNature.OfTheMoment => "a state of this moment",
        CauseNature.BeforeTheHost => "between the client and the host",
        _ => "not a cause by itself",
    };

    private static string Proof(CauseProof proof) => proof switch
    {
        CauseProof.RequestReplayed =>
            "The request that nginx sends is replayed at the backend: the backend refuses it, and opens for the changed request.",
        CauseProof.ChangeReplayed =>
            "nginx answers by itself. The request that it would send after the change is replayed at the backend, and the backend opens.",
        CauseProof.BackendAsked =>
            "The request that nginx sends is replayed at the backend: the backend refuses it, and no variation of it opens.",
        CauseProof.DiskReplayed =>
            "The request of the configuration on the disk is replayed at the backend: it opens, so the running nginx sends another.",
        _ => "The cause is seen directly; a replay at the backend adds nothing.",
    };

    private static string Remedy(CauseDefinition cause) => cause.Remedy switch
    {
        { Action: null, Why: var why } =>
            $"`Repair-SummitWebSocket` changes nothing here: {why}. `Fix` of the diagnosis has the next command.",
        { Action: SummitRepairAction.DeployBackend, Why: var why } =>
            $"`Repair-SummitWebSocket` runs the site's DeployCommand. Without one it changes nothing: {why}.",
        { Action: SummitRepairAction.DeployConfig } =>
            "`Repair-SummitWebSocket` corrects the site's nginx file as little as possible, and takes a change back that does not help.",
        { Action: SummitRepairAction.RestartBackend } =>
            "`Repair-SummitWebSocket` restarts the backend (`Restart-SummitBackend`), and waits until it listens.",
        _ => "`Repair-SummitWebSocket` reloads or starts nginx (`Restart-SummitNginx`), after `nginx -t`.",
    };

    private static string Section(string title, string body) => body.Length == 0 ? "" : $"\n## {title}\n\n{Wrapped(body)}\n";

    private static string Wrapped(string text) => string.Join('\n', text.Split('\n').Select(line =>
    {
        var (indent, lines) = (line.StartsWith("- ", StringComparison.Ordinal) ? "  " : "", new List<string> { "" });
        foreach (var word in line.Split(' '))
        {
            if (lines[^1].Length + word.Length >= Width) lines.Add(indent + word);
            else lines[^1] += (lines[^1].Length > 0 ? " " : "") + word;
        }

        return string.Join('\n', lines);
    }));

    private static string List(string head, IEnumerable<string> items) => items.Any() ? $"{head}\n\n{string.Join('\n', items)}" : "";

    private static string Link(SummitCause cause) => $"[{cause}]({cause}.md)";

    private static string Links(IEnumerable<SummitCause> causes) => string.Join(", ", causes.OrderBy(CauseCatalogue.Rank).Select(Link));
}
