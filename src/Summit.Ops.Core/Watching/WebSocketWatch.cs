using System.Net;
using System.Net.NetworkInformation;
using Summit.Ops.Errors;
using Summit.Ops.Probing;

namespace Summit.Ops.Watching;

/// <summary>Watches one endpoint: probes it at an interval, holds a connection where that is asked for, and tells what changes.</summary>
public sealed class WebSocketWatch
{
    private readonly ProbeRequest _request;
    private readonly WatchRules _rules;
    private readonly TimeProvider _time;
    private readonly WebSocketProbe _probe;
    private readonly WatchStateMachine _machine;
    private readonly WatchSampler _sampler;
    private readonly bool _local;
    private Task _telling = Task.CompletedTask;

    /// <summary>Makes one; it runs once.</summary>
    /// <param name="request">The endpoint.</param>
    /// <param name="rules">How it is watched.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="SummitArgumentException">One of them makes no sense.</exception>
    public WebSocketWatch(ProbeRequest request, WatchRules rules, TimeProvider? time = null)
        : this(request, rules, time, new WebSocketProbe(time))
    {
    }

    internal WebSocketWatch(ProbeRequest request, WatchRules rules, TimeProvider? time, WebSocketProbe probe)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(rules);
        rules.Check();
        (_request, _rules, _time, _probe) = (request, rules, time ?? TimeProvider.System, probe);
        _machine = new WatchStateMachine(request.ToString(), request.Site, rules);
        _sampler = new WatchSampler(request.ToString(), request.Site?.Name ?? "", rules.Interval);
        var host = ProbePlan.From(request).DialHost;
        _local = host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }

    /// <summary>
    /// Diagnoses a site at the moment it breaks; null for not at all. It runs beside the probes, and the
    /// transition is told when it is done.
    /// </summary>
    public Func<SummitSite, DateTimeOffset, CancellationToken, Task<SummitDiagnosis?>>? Diagnose { get; init; }

    /// <summary>Is given what a record keeps: each transition, the figures of each minute, and the summary at the end.</summary>
    public Action<object>? Record { get; init; }

    /// <summary>The figures so far.</summary>
    public SummitWatchSummary Summary => _machine.Summary;

    /// <summary>Watches until the goal is reached, the time is up, or it is cancelled.</summary>
    /// <param name="tell">Is told each transition, in their order.</param>
    /// <param name="cancellation">Ends it at once.</param>
    /// <returns>Whether the goal was reached; true as well where there is none.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public async Task<bool> RunAsync(Action<SummitWebSocketTransition> tell, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<WatchCut?>? holding = null;
        try
        {
            DateTimeOffset? end = _rules.Duration > TimeSpan.Zero ? _time.GetUtcNow() + _rules.Duration : null;
            while (true)
            {
                var began = _time.GetTimestamp();
                var result = await _probe.RunAsync(_request, cancellation);
                if (holding is { IsCompleted: true })
                {
                    if (await holding is { } cut) _machine.Observe(cut);
                    holding = null;
                }

                foreach (var transition in _machine.Observe(
                    new WatchProbe(result, !result.Success && !_local && !NetworkInterface.GetIsNetworkAvailable())))
                {
                    Tell(transition, tell, over.Token);
                }

                if (_sampler.Add(result, _machine.State) is { } sample) Record?.Invoke(sample);
                if (_machine.Reached) return await ToldAsync(reached: true);
                if (_rules.HoldConnection && result.Success) holding ??= new LongConnection(_probe, _request, _time).RunAsync(over.Token);

                var wait = Positive(_rules.Interval - _time.GetElapsedTime(began));
                if (end is { } last)
                {
                    var left = last - _time.GetUtcNow();
                    if (left <= wait)
                    {
                        await Task.Delay(Positive(left), _time, cancellation);
                        return await ToldAsync(_rules.Until is null);
                    }
                }

                // a cut is looked at at once
                using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                var pause = Task.Delay(wait, _time, woken.Token);
                await Task.WhenAny(pause, holding ?? pause);
                cancellation.ThrowIfCancellationRequested();
                if (holding is { IsCompleted: true } && await holding is null)
                {
                    // it did not open, and the next probe tells why
                    holding = null;
                    await pause;
                }

                await woken.CancelAsync();
            }
        }
        finally
        {
            await over.CancelAsync();
            if (holding is not null) await holding;
            await _telling;
            if (_sampler.Rest() is { } rest) Record?.Invoke(rest);
            Record?.Invoke(Summary);
        }
    }

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private async Task<bool> ToldAsync(bool reached)
    {
        await _telling;
        return reached;
    }

    // what waits for a diagnosis holds up what is told after it, and no probe
    private void Tell(SummitWebSocketTransition transition, Action<SummitWebSocketTransition> tell, CancellationToken cancellation)
    {
        var breaks = Diagnose is not null
            && transition is { State: SummitWatchState.Down, Previous: not SummitWatchState.Down, Site: not null };
        if (!breaks && _telling.IsCompleted)
        {
            Told(transition);
            return;
        }

        _telling = AfterAsync(_telling);

        async Task AfterAsync(Task before)
        {
            await before;
            var diagnosis = breaks ? await DiagnoseAsync(transition, cancellation) : null;
            Told(diagnosis is null ? transition : Diagnosed(transition, diagnosis));
        }

        void Told(SummitWebSocketTransition told)
        {
            Record?.Invoke(told);
            tell(told);
        }
    }

    private async Task<SummitDiagnosis?> DiagnoseAsync(SummitWebSocketTransition transition, CancellationToken cancellation)
    {
        try
        {
            return await Diagnose!(transition.Site!, transition.Time, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    // a site that came back before it was looked at has no root cause: then what the probe showed stands
    private static SummitWebSocketTransition Diagnosed(SummitWebSocketTransition transition, SummitDiagnosis diagnosis) =>
        diagnosis.Causes is [var first, ..]
            ? transition with { Diagnosis = diagnosis, Cause = diagnosis.RootCause, Explanation = first.Explanation, Fix = first.Fix }
            : transition with { Diagnosis = diagnosis };
}
