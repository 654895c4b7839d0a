using System.Security;

namespace Summit.Ops.Lab.Shell;

/// <summary>Where a person's answers to prompts come from.</summary>
internal interface IAnswers
{
    /// <summary>Shows the prompt and reads a line; null at the end of the input.</summary>
    /// <exception cref="System.Management.Automation.PipelineStoppedException">Ctrl+C was pressed.</exception>
    string? ReadLine(string prompt);

    /// <summary>Shows the prompt and reads a line without showing it; null at the end of the input.</summary>
    /// <exception cref="System.Management.Automation.PipelineStoppedException">Ctrl+C was pressed.</exception>
    SecureString? ReadSecret(string prompt);
}
