using Summit.Ops.Nginx.Knowledge;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>Gathers what is wrong with a configuration.</summary>
internal static class ConfigDiagnostics
{
    public static IReadOnlyList<SummitNginxDiagnostic> Of(NginxModel model)
    {
        var found = new List<SummitNginxDiagnostic>();
        if (model.Files.Main.NodeCount == 0 && model.Files.Main.Errors.Count == 0)
        {
            found.Add(new SummitNginxDiagnostic(SummitSeverity.Warning, "the file has no directives", model.Files.Main.Path, 1, 1));
        }

        foreach (var document in model.Files.Documents)
        {
            found.AddRange(document.Errors.Select(error => new SummitNginxDiagnostic(
                SummitSeverity.Error, error.Message, document.Path, error.Line, document.Column(error.Offset))));
        }

        found.AddRange(model.Files.Diagnostics);
        found.AddRange(ContextCheck.Run(model));
        return found;
    }
}
