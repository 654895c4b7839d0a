using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Evidence.Replaying;
using Summit.Ops.Hosts;

namespace Summit.Ops.Discovery;

/// <summary>Asks the backends of found sites for a WebSocket, from their host, as nginx would with the upgrade headers.</summary>
internal sealed class HandshakeTrial(IHost host, TimeProvider time, SummitSite nginx, string? nginxVersion)
{
    /// <summary>The sites with what their backends answered: so many of them in one run of the host.</summary>
    public async Task<IReadOnlyList<SummitFoundSite>> RunAsync(
        SummitNginxConfig config, IReadOnlyList<SummitFoundSite> sites, CancellationToken cancellation)
    {
        var asked = sites.Select(site => Request(config, site)).ToList();
        var answers = new List<SummitReplay>();
        foreach (var batch in asked.Chunk(ReplayScript.Most)) answers.AddRange(await AskAsync(batch, cancellation));
        return [.. sites.Zip(answers, Judged)];
    }

    /// <summary>What nginx sends, with the headers that it should send.</summary>
    private ReplayRequest Request(SummitNginxConfig config, SummitFoundSite site)
    {
        var sent = UpstreamReplay.Of(
            SummitReplayForm.WithUpgrade, config, site, nginxVersion, token: null, site.Tls,
            site.ListenAddress.Length > 0 ? site.ListenAddress : null);
        if (!sent.IsKnown) return sent;
        if (host.Target.Kind != SummitTargetKind.Local && sent.HasSecret)
        {
            return sent with { Why = "it carries a secret, which does not travel to the host" };
        }

        return (sent with { Version = "1.1" }).With("Upgrade", "websocket").With("Connection", "Upgrade");
    }

    private async Task<IReadOnlyList<SummitReplay>> AskAsync(IReadOnlyList<ReplayRequest> planned, CancellationToken cancellation)
    {
        var sent = ReplayAnswers.Sent(planned);
        if (sent.Count == 0) return ReplayAnswers.NotTried(planned, "");
        try
        {
            var result = await host.RunAsync(ReplayScript.For(sent, nginx), cancellation);
            return await ReplayAnswers.ReadAsync(
                planned, EvidenceSections.Read(result, host.Target), withoutToken: false, time, cancellation);
        }
        catch (SummitException error)
        {
            return ReplayAnswers.NotTried(planned, error.Message);
        }
    }

    private static SummitFoundSite Judged(SummitFoundSite site, SummitReplay replay)
    {
        if (!replay.Tried)
        {
            return site with { Answer = replay.Answered, Notes = [.. site.Notes, $"the backend was not asked: {replay.NotTried}"] };
        }

        var seen = $"the backend at {replay.Upstream} answers a handshake: {replay.Answered}";
        var judged = site with { Answer = replay.Answered, SeenBy = [.. site.SeenBy, seen] };
        if (replay.Answer is { HttpStatus: 101 }) return judged with { Likelihood = SummitWebSocketLikelihood.Confirmed };
        // 426 and 400 come from a WebSocket server that wants something else; a page or a 404 comes from what serves none here
        if (replay.Answer is { HttpStatus: 426 }) return judged with { Likelihood = SummitWebSocketLikelihood.Likely };
        var servesPages = replay.Answer is { HttpStatus: (>= 200 and < 400) or 404 };
        return servesPages && WebSocketNames.In(site.WebSocketPath) is null && site.Likelihood == SummitWebSocketLikelihood.Likely
            ? judged with { Likelihood = SummitWebSocketLikelihood.Possible }
            : judged;
    }
}
