namespace Summit.Ops.Lab;

/// <summary>No scenario has this name; the message has the names that are close.</summary>
internal sealed class ScenarioNotFoundException(string name) : Exception(Explain(name))
{
    private static string Explain(string name) => ScenarioNames.Close(name) is { Length: > 0 } close
        ? $"There is no scenario '{name}'. Close to it: {string.Join(", ", close)}."
        : $"There is no scenario '{name}'.";
}
