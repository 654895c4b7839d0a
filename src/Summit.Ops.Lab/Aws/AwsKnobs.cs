using System.Collections.Concurrent;

namespace Summit.Ops.Lab.Aws;

/// <summary>How the endpoint misbehaves, as the real one does now and then. Every knob may be turned while it runs.</summary>
public sealed class AwsKnobs
{
    /// <summary>
    /// Calls a second for an action (<c>ssm:SendCommand</c>); more is answered by a throttling error. Actions that
    /// are not named are not throttled.
    /// </summary>
    public ConcurrentDictionary<string, double> Rates { get; } = new(StringComparer.Ordinal);

    /// <summary>How many calls an action may make at once before its rate counts.</summary>
    public int Burst { get; set; } = 10;

    /// <summary>Actions that the caller may not do.</summary>
    public ConcurrentDictionary<string, bool> Denied { get; } = new(StringComparer.Ordinal);

    /// <summary>All that the caller may do, as a policy lists it; null for everything.</summary>
    public IReadOnlySet<string>? Allowed { get; set; }

    /// <summary>How long each call takes on top.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>How long after SendCommand the command is not known to Get and List.</summary>
    public TimeSpan ConsistencyDelay { get; set; }

    /// <summary>How long an agent takes to pick a command up.</summary>
    public TimeSpan AgentDelay { get; set; }

    /// <summary>
    /// Whether the agents are older than 3.3.2746.0: they know no environment variables for a document's
    /// parameters, and put values in as text.
    /// </summary>
    public bool OldAgent { get; set; }

    /// <summary>How long a command waits for an agent that does not come; null for its own TimeoutSeconds.</summary>
    public TimeSpan? DeliveryTimeout { get; set; }

    /// <summary>Whether a cut is marked at its end; the real service does not always.</summary>
    public bool MarksCuts { get; set; } = true;

    /// <summary>How many characters of standard output GetCommandInvocation keeps.</summary>
    public int OutputLimit { get; set; } = 24_000;

    /// <summary>How many of standard error.</summary>
    public int ErrorLimit { get; set; } = 8_000;

    /// <summary>How many of both ListCommandInvocations keeps.</summary>
    public int ListLimit { get; set; } = 2_500;

    /// <summary>The share of calls that are answered by a 500 though nothing was done.</summary>
    public double ServerErrors { get; set; }

    /// <summary>The share of calls whose connection is reset; half of them have been carried out by then.</summary>
    public double Resets { get; set; }

    /// <summary>How many of the next calls of an action are carried out and answered by nothing.</summary>
    public ConcurrentDictionary<string, int> LostAnswers { get; } = new(StringComparer.Ordinal);

    /// <summary>What an action is answered with, whatever it asks.</summary>
    public ConcurrentDictionary<string, AwsErrorException> Errors { get; } = new(StringComparer.Ordinal);

    /// <summary>How far the endpoint's clock, by the Date of its answers, is ahead of this machine's.</summary>
    public TimeSpan ClockAhead { get; set; }

    /// <summary>The share of calls that are throttled by chance.</summary>
    public double Throttles { get; set; }

    /// <summary>What chance is made of: the same seed, the same calls in the same order, the same faults.</summary>
    public int Seed
    {
        get => field;
        set
        {
            field = value;
            Chance = new Random(value);
        }
    }

    internal Random Chance { get; private set; } = new(0);
}
