using System.Text.Json.Nodes;

namespace Summit.Ops.Runbooks;

/// <summary>
/// An Automation runbook, schema 0.3: diagnose, then, where that fails, approve, deploy and look at the backend; verify in any case.
/// </summary>
/// <remarks>
/// It runs the command documents by their names: four scripts in one document would be more than the 64 KB that a document may have.
/// </remarks>
internal static class AutomationDocument
{
    // what aws:runCommand and aws:approve take
    private const int MostInstances = 50, MostApprovers = 10;

    /// <summary>It, for a site.</summary>
    public static RunbookFile For(SummitSite site)
    {
        var names = new DocumentNames(site);
        return RunbookFile.OfJson($"{names.Repair}.json", new JsonObject
        {
            ["schemaVersion"] = "0.3",
            ["description"] = $"Finds out why {site.Uri} does not work, and mends on the instances what a deployment of the nginx "
                + $"configuration or a restart of the backend mends. It needs the command documents {names.Diagnose}, {names.Deploy}, "
                + $"{names.Backend} and {names.Verify}.",
            ["assumeRole"] = "{{ AutomationAssumeRole }}",
            ["parameters"] = new JsonObject
            {
                ["InstanceIds"] = Listed("The instances, 50 at most.", null, "^m?i-[0-9a-f]{8,17}$", 1, MostInstances),
                ["Force"] = Choice("yes: replace a configuration of another content whole; a backup is kept."),
                ["RequireApproval"] = Choice("yes: wait for one of the approvers before anything is changed."),
                ["Approvers"] = Listed(
                    "Who may approve: IAM users or roles. Needed where RequireApproval is yes.", new JsonArray(),
                    "^[A-Za-z0-9+=,.@_:/-]{1,600}$", 0, MostApprovers),
                ["AutomationAssumeRole"] = Parameter(
                    "String", "The role that runs the steps; empty for whoever starts it.", "",
                    @"^$|^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$"),
            },
            ["mainSteps"] = new JsonArray(
                // a diagnosis that finds something is no failure of the runbook: it is what the rest of it is for
                Run("diagnose", names.Diagnose, null, 300, step =>
                {
                    step["onFailure"] = "step:choose";
                    step["isCritical"] = false;
                    step["nextStep"] = "verify";
                }),
                new JsonObject
                {
                    ["name"] = "choose",
                    ["action"] = "aws:branch",
                    ["inputs"] = new JsonObject
                    {
                        ["Choices"] = new JsonArray(
                            // nothing failed, and not all could be looked at: no reason to change anything
                            new JsonObject
                            {
                                ["NextStep"] = "verify",
                                ["Variable"] = "{{ diagnose.ResponseCode }}",
                                ["StringEquals"] = "2",
                            },
                            new JsonObject { ["NextStep"] = "approve", ["Variable"] = "{{ RequireApproval }}", ["StringEquals"] = "yes" }),
                        ["Default"] = "deploy",
                    },
                },
                new JsonObject
                {
                    ["name"] = "approve",
                    ["action"] = "aws:approve",
                    ["timeoutSeconds"] = 3600,
                    ["onFailure"] = "Abort",
                    ["inputs"] = new JsonObject
                    {
                        ["Message"] =
                            $"Deploy the nginx configuration of {site.ServerName}, and restart its backend where it does not answer?",
                        ["MinRequiredApprovals"] = 1,
                        ["Approvers"] = "{{ Approvers }}",
                    },
                    ["nextStep"] = "deploy",
                },
                Run("deploy", names.Deploy, new JsonObject { ["Force"] = "{{ Force }}" }, 600, step =>
                {
                    OneByOne(step);
                    step["onFailure"] = "Abort";
                    step["nextStep"] = "backend";
                }),
                Run("backend", names.Backend, null, 300, step =>
                {
                    OneByOne(step);
                    step["onFailure"] = "Abort";
                    step["nextStep"] = "verify";
                }),
                Run("verify", names.Verify, null, 300, step =>
                {
                    step["onFailure"] = "Abort";
                    step["isEnd"] = true;
                })),
            ["outputs"] = new JsonArray("diagnose.Output", "deploy.Output", "backend.Output", "verify.Output"),
        });
    }

    private static JsonObject Run(string name, string document, JsonObject? parameters, int timeout, Action<JsonObject> flow)
    {
        var inputs =
            new JsonObject { ["DocumentName"] = document, ["InstanceIds"] = "{{ InstanceIds }}", ["Comment"] = $"Summit.Ops: {name}" };
        if (parameters is not null) inputs["Parameters"] = parameters;
        var step = new JsonObject { ["name"] = name, ["action"] = "aws:runCommand", ["timeoutSeconds"] = timeout, ["inputs"] = inputs };
        flow(step);
        return step;
    }

    /// <summary>What changes a host goes to one instance at a time, and the first that fails stops it.</summary>
    private static void OneByOne(JsonObject step)
    {
        step["inputs"]!["MaxConcurrency"] = "1";
        step["inputs"]!["MaxErrors"] = "0";
    }

    private static JsonObject Choice(string description)
    {
        var parameter = Parameter("String", description, "no", null);
        parameter["allowedValues"] = new JsonArray("no", "yes");
        return parameter;
    }

    private static JsonObject Listed(string description, JsonNode? initial, string pattern, int atLeast, int atMost)
    {
        var parameter = Parameter("StringList", description, initial, pattern);
        if (atLeast > 0) parameter["minItems"] = atLeast;
        parameter["maxItems"] = atMost;
        return parameter;
    }

    private static JsonObject Parameter(string type, string description, JsonNode? initial, string? pattern)
    {
        var parameter = new JsonObject { ["type"] = type, ["description"] = description };
        if (initial is not null) parameter["default"] = initial;
        if (pattern is not null) parameter["allowedPattern"] = pattern;
        return parameter;
    }
}
