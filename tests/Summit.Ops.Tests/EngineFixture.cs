using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests;

/// <summary>
/// A runspace of the real engine with the built module, shared by the tests of a class: <c>IClassFixture&lt;EngineFixture&gt;</c>.
/// </summary>
/// <remarks>
/// Variables that a test sets stay for the next one, as in any session; use <see cref="EngineSession.Create"/> for one of its own.
/// </remarks>
public sealed class EngineFixture : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public EngineSession Session { get; } = EngineSession.Create();

    /// <summary>Runs a script and collects every stream; the script's errors are in the result, not thrown.</summary>
    public Task<EngineResult> InvokeAsync(string script, CancellationToken cancellation = default) =>
        InTurn(() => Session.InvokeAsync(script, cancellation));

    /// <summary>Runs a script and formats its output as a console does, into HostText.</summary>
    public Task<EngineResult> RenderAsync(string script, CancellationToken cancellation = default) =>
        InTurn(() => Session.RenderAsync(script, cancellation));

    public void Dispose()
    {
        Session.Dispose();
        _turn.Dispose();
    }

    private async Task<EngineResult> InTurn(Func<Task<EngineResult>> work)
    {
        await _turn.WaitAsync();
        try
        {
            return await work();
        }
        finally
        {
            _turn.Release();
        }
    }
}
