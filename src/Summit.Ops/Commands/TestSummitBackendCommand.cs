using System.Management.Automation;
using Summit.Ops.Checks;
using Summit.Ops.Diagnosis;
using Summit.Ops.Hosts;

namespace Summit.Ops.Commands;

/// <summary>
/// Checks a site's backend past nginx: does it run, does it listen where nginx connects to, does it answer a WebSocket
/// upgrade, what does its log say.
/// </summary>
/// <remarks>
/// <para>Told apart are: not running, running and not listening, a restart loop (with the crash's own log line), listening on
/// another address, answering something other than 101, and refusing the token. These are the backend's checks of
/// Invoke-SummitDiagnostic. Nothing is changed.</para>
/// </remarks>
/// <example>
/// <title>Check it</title>
/// <code>Test-SummitBackend -Site $site</code>
/// <para>Three checks, each with its evidence and, where it failed, a command.</para>
/// </example>
/// <example>
/// <title>With the application's token</title>
/// <code>Test-SummitBackend -Site $site -Token (Read-Host -AsSecureString -Prompt 'Token')</code>
/// <para>The handshake is made with it.</para>
/// </example>
/// <example>
/// <title>Restart where it fails</title>
/// <code>if ((Test-SummitBackend -Site $site).Status -contains 'Fail') { Restart-SummitBackend -Site $site }</code>
/// <para>And only there.</para>
/// </example>
/// <seealso cref="GetSummitBackendCommand"/>
/// <seealso cref="RestartSummitBackendCommand"/>
[Cmdlet(VerbsDiagnostic.Test, "SummitBackend")]
[OutputType(typeof(SummitCheck))]
public sealed class TestSummitBackendCommand : OnHostCmdlet
{
    private protected override async Task<bool> RunAsync(IHost host, SummitSite site, PipelineQueue queue, CancellationToken cancellation)
    {
        var evidence = await GatherAsync(queue, host, site, cancellation);
        foreach (var check in Suppressions.Mark(CheckList.Backend(evidence), site, host.Target)) queue.Write(check);
        return evidence.Host is not null;
    }
}
