using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Reflection;
using Summit.Ops.Lab.Engine;

namespace Summit.Ops.Lab.Shell;

/// <summary>The PowerShell host of the lab's console.</summary>
internal sealed class ConsoleHost : PSHost
{
    private readonly OutputPhase _phase = new();
    private readonly ConsoleUserInterface _ui;
    private readonly PSObject _privateData;

    /// <summary>Makes a host over a terminal.</summary>
    /// <param name="terminal">The standard streams.</param>
    /// <param name="answers">Where answers to prompts come from; null where a prompt is an error.</param>
    public ConsoleHost(Terminal terminal, IAnswers? answers)
    {
        Terminal = terminal;
        _ui = new ConsoleUserInterface(terminal, _phase, answers);
        _privateData = PSObject.AsPSObject(_phase);
        if (terminal.PlainByChoice) PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
    }

    /// <summary>The streams.</summary>
    public Terminal Terminal { get; }

    /// <summary>What <c>exit n</c> asked for; null while nothing did.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Runs a nested prompt until it ends; null where there is none.</summary>
    public Action? NestedPrompt { get; set; }

    /// <summary>Whether the nested prompt that runs was told to end.</summary>
    public bool NestedPromptEnds { get; set; }

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture => EnglishCulture.Instance;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture => EnglishCulture.Instance;

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override string Name => "Summit.Ops.Lab";

    /// <inheritdoc/>
    public override PSObject PrivateData => _privateData;

    /// <inheritdoc/>
    public override PSHostUserInterface UI => _ui;

    /// <summary>The user interface, as its own type.</summary>
    public ConsoleUserInterface Console => _ui;

    /// <inheritdoc/>
    public override Version Version { get; } = Assembly.GetExecutingAssembly().GetName().Version ?? new Version(0, 1);

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode)
    {
        ExitCode = exitCode;
        NestedPromptEnds = true;
    }

    /// <inheritdoc/>
    public override void EnterNestedPrompt()
    {
        if (NestedPrompt is null) throw ConsolePrompts.NotInteractive("open a nested prompt");
        NestedPrompt();
    }

    /// <inheritdoc/>
    public override void ExitNestedPrompt() => NestedPromptEnds = true;

    /// <inheritdoc/>
    public override void NotifyBeginApplication() => _ui.ClearProgress();

    /// <inheritdoc/>
    public override void NotifyEndApplication()
    {
    }
}
