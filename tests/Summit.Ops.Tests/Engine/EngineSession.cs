using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;

namespace Summit.Ops.Tests.Engine;

/// <summary>One open runspace of the real PowerShell engine, with the built module imported from its manifest.</summary>
/// <remarks>The engine has the core cmdlets only (Microsoft.PowerShell.Core): no Utility module comes with the package.</remarks>
public sealed class EngineSession : IDisposable
{
    private readonly CapturingHost? _capturing;

    private EngineSession(Runspace runspace, CapturingHost? capturing)
    {
        Runspace = runspace;
        _capturing = capturing;
    }

    /// <summary>The runspace.</summary>
    public Runspace Runspace { get; }

    /// <summary>Opens a runspace.</summary>
    /// <param name="host">
    /// The host; null for one that keeps what is written to it (<see cref="EngineResult.HostText"/>) and refuses every prompt.
    /// </param>
    /// <param name="importModule">Whether <c>Summit.Ops.psd1</c> is imported.</param>
    /// <param name="configure">Changes the initial session state before the runspace opens.</param>
    /// <exception cref="CmdletInvocationException">The module does not import.</exception>
    public static EngineSession Create(PSHost? host = null, bool importModule = true, Action<InitialSessionState>? configure = null)
    {
        EngineEnvironment.Prepare();
        var capturing = host is null ? new CapturingHost() : null;
        var state = InitialSessionState.CreateDefault2();
        configure?.Invoke(state);
        var runspace = RunspaceFactory.CreateRunspace(host ?? capturing!, state);
        runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        var session = new EngineSession(runspace, capturing);
        try
        {
            runspace.Open();
            if (importModule) session.ImportModule();
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Answers each question for a choice (<c>-Confirm</c>), given its labels, with the index of one; without it every question is
    /// refused. Only where no host was given.
    /// </summary>
    /// <param name="choose">Chooses.</param>
    public void Answer(Func<IReadOnlyList<string>, int> choose) =>
        (_capturing ?? throw new InvalidOperationException("The session has a host of its own.")).Choose = choose;

    /// <summary>Sets a global variable of the runspace.</summary>
    /// <param name="name">Its name, without the dollar sign.</param>
    /// <param name="value">Its value.</param>
    public void SetVariable(string name, object? value) => Runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>Runs a script and collects what it writes; it does not throw for the script's errors.</summary>
    /// <param name="script">PowerShell.</param>
    /// <param name="cancellation">Stops the pipeline, as Ctrl+C does.</param>
    public Task<EngineResult> InvokeAsync(string script, CancellationToken cancellation = default) =>
        RunAsync(script, render: false, cancellation);

    /// <summary>
    /// Runs a script and has its output formatted as a console would show it, into
    /// <see cref="EngineResult.HostText"/> (plain text, 120 columns).
    /// </summary>
    /// <param name="script">PowerShell.</param>
    /// <param name="cancellation">Stops the pipeline.</param>
    public Task<EngineResult> RenderAsync(string script, CancellationToken cancellation = default) =>
        RunAsync(script, render: true, cancellation);

    /// <inheritdoc/>
    public void Dispose() => Runspace.Dispose();

    private async Task<EngineResult> RunAsync(string script, bool render, CancellationToken cancellation)
    {
        _capturing?.Text.Clear();
        _capturing?.Warnings.Clear();
        using var shell = PowerShell.Create(Runspace);
        shell.AddScript(script);
        if (render) shell.AddCommand("Out-Default");

        using var output = new PSDataCollection<PSObject>();
        ErrorRecord? terminating = null;
        var stopped = false;
        await using (cancellation.Register(() => shell.BeginStop(null, null)))
        {
            try
            {
                cancellation.ThrowIfCancellationRequested();
                await shell.InvokeAsync<PSObject, PSObject>(input: null, output);
            }
            catch (Exception error) when (error is PipelineStoppedException or OperationCanceledException)
            {
                stopped = true;
            }
            catch (RuntimeException error)
            {
                terminating = error.ErrorRecord;
            }
        }

        List<ErrorRecord> errors = [.. shell.Streams.Error];
        if (terminating is not null) errors.Add(terminating);
        return new EngineResult
        {
            Output = [.. output],
            Errors = errors,
            Terminating = terminating,
            Warnings = [.. shell.Streams.Warning.Select(record => record.Message)],
            Verbose = [.. shell.Streams.Verbose.Select(record => record.Message)],
            Debug = [.. shell.Streams.Debug.Select(record => record.Message)],
            Information = [.. shell.Streams.Information],
            Progress = [.. shell.Streams.Progress],
            HostWarnings = [.. _capturing?.Warnings ?? []],
            HostText = _capturing?.Text.ToString() ?? "",
            Stopped = stopped,
        };
    }

    private void ImportModule()
    {
        using var shell = PowerShell.Create(Runspace);
        shell.AddCommand("Import-Module").AddParameter("Name", BuiltModule.Manifest).AddParameter("ErrorAction", ActionPreference.Stop);
        shell.Invoke();
    }
}
