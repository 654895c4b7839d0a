using System.Text.Json.Nodes;

namespace Summit.Ops.Runbooks;

/// <summary>
/// Command documents of Systems Manager, schema 2.2: one for each thing to do, so that a policy can allow one and not the other.
/// </summary>
internal static class CommandDocuments
{
    /// <summary>All of them.</summary>
    public static IEnumerable<RunbookFile> For(SummitSite site)
    {
        var names = new DocumentNames(site);
        var all = DocumentParameter.Of(site);
        IReadOnlyList<DocumentParameter> force =
        [
            DocumentParameter.Force("yes: replace a file of another content whole; a backup is kept."),
        ];
        IReadOnlyList<DocumentParameter> restart =
        [
            .. DocumentParameter.Backend(site),
            DocumentParameter.Force("yes: restart it though it answers; this ends every open connection."),
        ];
        yield return Document(
            names.Diagnose, $"Why does {site.Uri} not work? Looks at the backend, nginx and its configuration; changes nothing.", 120, all,
            RunbookScripts.Diagnose(site, names.Diagnose, DocumentParameter.Script(all)));
        yield return Document(
            names.Deploy,
            $"Puts the nginx configuration of {site.ServerName} in place: tested, backed up, reloaded, verified, or everything put back.",
            300, force,
            RunbookScripts.Deploy(site, names.Deploy, DocumentParameter.Script(force)));
        yield return Document(
            names.Backend, $"Checks the backend behind {site.ServerName}, restarts it where it does not answer, and verifies it.", 180,
            restart, RunbookScripts.Backend(site, names.Backend, DocumentParameter.Script(restart)));
        yield return Document(
            names.Verify, $"Does a WebSocket open at {site.Uri} on this host? Changes nothing.", 120, all,
            RunbookScripts.Verify(site, names.Verify, DocumentParameter.Script(all)));
    }

    private static RunbookFile Document(
        string name, string description, int timeout, IReadOnlyList<DocumentParameter> parameters, string script)
    {
        var declared = new JsonObject();
        foreach (var parameter in parameters) declared[parameter.Name] = parameter.Declare();
        return RunbookFile.OfJson($"{name}.json", new JsonObject
        {
            ["schemaVersion"] = "2.2",
            ["description"] = description,
            ["parameters"] = declared,
            ["mainSteps"] = new JsonArray(new JsonObject
            {
                ["action"] = "aws:runShellScript",
                ["name"] = "run",
                ["precondition"] = new JsonObject { ["StringEquals"] = new JsonArray("platformType", "Linux") },
                ["inputs"] = new JsonObject { ["timeoutSeconds"] = $"{timeout}", ["runCommand"] = RunbookFile.Lines(script) },
            }),
        });
    }
}
