using System.Text.Json.Nodes;

namespace Summit.Ops.Runbooks;

/// <summary>The guide's three files for <c>aws ssm send-command --document-name AWS-RunShellScript --parameters file://…</c>.</summary>
internal static class RunCommandFiles
{
    /// <summary>All three.</summary>
    public static IEnumerable<RunbookFile> For(SummitSite site)
    {
        yield return File("diagnose-websocket-issues", 120, task => RunbookScripts.Diagnose(site, task));
        yield return File("deploy-nginx-config", 300, task => RunbookScripts.Deploy(site, task));
        yield return File("deploy-summit-backend", 180, task => RunbookScripts.Backend(site, task));
    }

    private static RunbookFile File(string task, int timeout, Func<string, string> script) => RunbookFile.OfJson(
        $"{task}.json",
        new JsonObject { ["commands"] = RunbookFile.Lines(script(task)), ["executionTimeout"] = new JsonArray($"{timeout}") });
}
