using Summit.Ops.Aws.RunCommand;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Network;
using Summit.Ops.Text;

namespace Summit.Ops.Aws;

/// <summary>An instance behind Systems Manager: one script is one Run Command, its answer is whole or an error.</summary>
internal sealed class SsmHost(
    SummitTarget target, AwsConnection connection, Func<Task<AwsAccount>> account, IProgress<string>? progress,
    TimeProvider time) : INetworkedHost
{
    private const int SmallestInline = 500;
    private static readonly TimeSpan PageTime = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public SummitTarget Target => target;

    /// <inheritdoc/>
    public async Task<HostResult> RunAsync(HostScript script, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var queue = (await account().WaitAsync(cancellation)).Queue;
        cancellation.ThrowIfCancellationRequested();

        var text = Envelope.Wrap(script);
        if (text.Length > Envelope.LongestScript)
        {
            text = Envelope.WrapUploaded(
                script, await ScriptUpload.StoreAsync(script.Text, Plain(queue, ScriptUpload.IsWhole), cancellation));
        }

        var (answer, invocation) = await SendAsync(queue, script, text, cancellation);
        var inline = Envelope.Inline;
        if (answer is { Kept: false, Packed.Length: var came } && came < answer.Length && script.ReadOnly)
        {
            // cut below what Run Command promises (some agents do): asked again with so much at a time as came
            inline = Math.Max(SmallestInline, came / 2);
            (answer, invocation) = await SendAsync(queue, script, Envelope.Wrap(script, inline), cancellation);
        }

        if (answer is null) throw Unreadable(script, invocation);
        var packed = answer.Kept
            ? await OutputPages.FetchAsync(answer, inline, Plain(queue, OutputPages.IsWhole), cancellation)
            : answer.Packed;
        return (packed is null ? null : Envelope.Unpack(answer, packed, time.GetElapsedTime(started))) ?? throw Cut(script, answer);
    }

    /// <inheritdoc/>
    public async Task<NetworkPath> NetworkPathAsync(CancellationToken cancellation) =>
        await (await account().WaitAsync(cancellation)).PathQueue.InstanceAsync(target.InstanceId, cancellation);

    private async Task<(EnvelopeAnswer? Answer, Invocation Invocation)> SendAsync(
        CommandQueue queue, HostScript script, string text, CancellationToken cancellation)
    {
        var spec = new CommandSpec(
            script.Name, text, script.Timeout, script.ReadOnly, connection.DocumentName, connection.Purpose, Envelope.IsWhole);
        var invocation = await queue.RunAsync(target.InstanceId, spec, progress, cancellation);
        return (Envelope.Read(invocation.Output), invocation);
    }

    /// <summary>Runs the transport's own little scripts, which need no envelope.</summary>
    private Func<string, string, CancellationToken, Task<Invocation>> Plain(CommandQueue queue, Func<string, bool> isWhole) =>
        (name, text, cancellation) =>
            queue.RunAsync(
                target.InstanceId,
                new CommandSpec(name, text, PageTime, ReadOnly: true, connection.DocumentName, connection.Purpose, isWhole),
                progress: null, cancellation);

    private SummitHostException Unreadable(HostScript script, Invocation invocation)
    {
        var said = ForeignText.Visible((invocation.Error.Trim().Length > 0 ? invocation.Error : invocation.Output).Trim());
        return new SummitHostException(
            "HostAnswerUnreadable", SummitErrorKind.InvalidData,
            $"'{script.Name}' on {target} ended with exit code {invocation.ResponseCode} and without the answer that it should "
                + $"give{(said.Length > 0 ? $": {(said.Length > 300 ? said[..300] + "…" : said)}" : ".")}", target,
            $"aws ssm send-command --instance-ids {target.InstanceId} --document-name {connection.DocumentName} "
                + "--parameters 'commands=[\"id; df -h /tmp; command -v mktemp base64 gzip head tail\"]'");
    }

    private SummitHostException Cut(HostScript script, EnvelopeAnswer answer) => new(
        "HostAnswerCut", SummitErrorKind.InvalidData,
        $"The answer of '{script.Name}' from {target} did not come whole: the host packed {answer.Length} characters (SHA-256 "
            + $"{answer.Sha256}), and {(answer.IsTooLong ? "no answer is as long" : "what came is not that")}."
            + $"{(script.ReadOnly ? "" : $" The script had ended, with exit code {answer.ExitCode}.")}",
        target,
        script.ReadOnly
            ? "Run the cmdlet again."
            : "See what was done before you run it again: Invoke-SummitDiagnostic -InstanceId " + target.InstanceId);
}
