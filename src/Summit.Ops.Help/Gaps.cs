namespace Summit.Ops.Help;

/// <summary>What a cmdlet's comments do not say and an admin will look for.</summary>
internal static class Gaps
{
    public static IEnumerable<string> In(IEnumerable<CmdletPage> cmdlets)
    {
        foreach (var cmdlet in cmdlets)
        {
            if (cmdlet.Synopsis.Length == 0) yield return $"{cmdlet.Name} has no <summary>.";
            if (cmdlet.Description.Count == 0) yield return $"{cmdlet.Name} has no <remarks>.";
            if (cmdlet.Examples.Count < 3) yield return $"{cmdlet.Name} has {cmdlet.Examples.Count} of at least three <example> elements.";
            if (cmdlet.Links.Count == 0) yield return $"{cmdlet.Name} has no <seealso>.";
            if (cmdlet.Outputs.Count == 0) yield return $"{cmdlet.Name} has no [OutputType].";
            foreach (var example in cmdlet.Examples)
            {
                if (example.Title.Length == 0) yield return $"{cmdlet.Name}: an example has no <title>.";
                if (example.Code.Length == 0) yield return $"{cmdlet.Name}: the example '{example.Title}' has no <code>.";
                if (example.Remarks.Count == 0) yield return $"{cmdlet.Name}: the example '{example.Title}' has no <para>.";
            }

            foreach (var parameter in cmdlet.Parameters.Where(parameter => parameter.Description.Count == 0))
            {
                yield return $"{cmdlet.Name}: the parameter -{parameter.Name} has no <summary>.";
            }
        }
    }
}
