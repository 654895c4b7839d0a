using System.Management.Automation;
using Summit.Ops.Backend;
using Summit.Ops.Hosts;

namespace Summit.Ops.Commands;

/// <summary>Shows the end of a site's backend logs: the files that pm2 writes, or the journal of its systemd unit.</summary>
/// <remarks>
/// <para>The guide's "pm2 logs summit", and with -WebSocketOnly the quick diagnostic's "Backend WebSocket logs". Each line is an object
/// with the stream, the file and, where the line itself or the journal says it, the time. The lines of several files are put together in
/// the order of their times; a line without one (a stack trace) stays behind the one before it.</para>
/// <para>Control characters are made visible. Tokens and passwords are masked where their place tells them: in a URI, an Authorization
/// header, behind a name such as token or password.</para>
/// </remarks>
/// <example>
/// <title>The last lines</title>
/// <code>Get-SummitBackendLog -Site $site -Tail 50</code>
/// <para>Of each file the last 50.</para>
/// </example>
/// <example>
/// <title>What it says of WebSockets</title>
/// <code>Get-SummitBackendLog -Site $site -WebSocketOnly -Since 00:30:00</code>
/// <para>Of the last half hour.</para>
/// </example>
/// <example>
/// <title>The errors of a fleet since this morning</title>
/// <code>Get-SummitBackendLog -Site $site -Tag @{ Role = 'api' } -Since '2026-11-24 06:00' | Where-Object Stream -eq Error</code>
/// <para>Over AWS Systems Manager; a long log comes in pages.</para>
/// </example>
/// <seealso cref="TestSummitBackendCommand"/>
/// <seealso cref="GetSummitBackendCommand"/>
[Cmdlet(VerbsCommon.Get, "SummitBackendLog")]
[OutputType(typeof(SummitLogLine))]
public sealed class GetSummitBackendLogCommand : OnHostCmdlet
{
    private const int Ordinary = 100;
    private const int Most = 100_000;

    /// <summary>How many lines of each log, the last: 100, or with -Since all of that time, 100,000 at most.</summary>
    /// <value>100, or 100000 with -Since</value>
    [Parameter]
    [ValidateRange(1, Most)]
    public int? Tail { get; set; }

    /// <summary>
    /// Only what was written since then: a moment, or how long ago that was (a TimeSpan, such as 00:30:00). A log whose lines have no times
    /// is shown as far as -Tail goes.
    /// </summary>
    [Parameter]
    [Moment]
    public DateTimeOffset? Since { get; set; }

    /// <summary>Only lines about WebSockets.</summary>
    [Parameter]
    public SwitchParameter WebSocketOnly { get; set; }

    private protected override async Task<bool> RunAsync(IHost host, SummitSite site, PipelineQueue queue, CancellationToken cancellation)
    {
        using var progress = queue.Activity("Reading the backend's log", $"{site.ProcessName} on {host.Target}");
        var log = await new BackendLog(host).ReadAsync(site, Tail ?? (Since is null ? Ordinary : Most), Since, WebSocketOnly, cancellation);
        foreach (var unread in log.Unread) queue.Error(unread);
        foreach (var line in log.Lines) queue.Write(line);
        return log.Unread.Count == 0;
    }
}
