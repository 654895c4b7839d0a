using Summit.Ops.Errors;

namespace Summit.Ops.Probing.Measuring;

/// <summary>How many WebSockets, how fast, for how long.</summary>
public sealed record MeasureRequest
{
    /// <summary>How many connections.</summary>
    public int Connections { get; init; } = 100;

    /// <summary>How many are opened a second.</summary>
    public double Rate { get; init; } = 50;

    /// <summary>How long each is held once all were begun.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often each sends a ping, or <see cref="ProbeRequest.Message"/> where that is set; zero for never: an idle
    /// hold, which finds the idle cut-off.
    /// </summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many connections are opened and closed first, uncounted.</summary>
    public int WarmUp { get; init; } = 5;

    /// <summary>Checks it.</summary>
    /// <exception cref="SummitArgumentException">It makes no sense.</exception>
    public void Check()
    {
        if (Connections is < 1 or > 1_000_000)
        {
            throw Bad("CountInvalid", $"{Connections} connections cannot be measured: 1 to 1,000,000 can.", "-Count 100");
        }

        if (!(Rate > 0) || Rate > 1_000_000)
        {
            throw Bad("RateInvalid", $"A rate of {Rate} a second makes no sense: more than 0, at most 1,000,000.", "-Rate 50");
        }

        if (Hold < TimeSpan.Zero || Hold > TimeSpan.FromDays(7))
        {
            throw Bad("DurationInvalid", $"Connections cannot be held for {Hold}: zero to 7 days.", "-Duration 10");
        }

        if (Interval < TimeSpan.Zero || (Interval > TimeSpan.Zero && Interval < TimeSpan.FromMilliseconds(10)))
        {
            throw Bad("IntervalInvalid", $"An interval of {Interval} makes no sense: zero for none, else 10 ms or more.", "-Interval 1");
        }

        if (WarmUp is < 0 or > 10_000)
        {
            throw Bad("WarmUpInvalid", $"A warm-up of {WarmUp} connections makes no sense: 0 to 10,000.", "-WarmUp 5");
        }
    }

    private static SummitArgumentException Bad(string id, string message, string example) =>
        new(id, message, null, $"Give for example {example}: Measure-SummitWebSocket -Uri 'wss://host/ws' {example}");
}
