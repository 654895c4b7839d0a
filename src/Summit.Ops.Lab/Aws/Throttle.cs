namespace Summit.Ops.Lab.Aws;

/// <summary>What chance does to a call.</summary>
internal enum CallFault
{
    None,
    Throttle,
    ServerError,
    ResetBefore,
    ResetAfter,
}

/// <summary>Token buckets by action, and the dice for faults.</summary>
internal sealed class Throttle(AwsKnobs knobs, TimeProvider time)
{
    private readonly Dictionary<string, (double Tokens, long At)> _buckets = new(StringComparer.Ordinal);
    private readonly object _lock = new();

    /// <summary>Throws the dice.</summary>
    public CallFault Draw(string action)
    {
        if (knobs.LostAnswers.TryGetValue(action, out var lost) && lost > 0 && knobs.LostAnswers.TryUpdate(action, lost - 1, lost))
        {
            return CallFault.ResetAfter;
        }

        if (knobs.Throttles + knobs.ServerErrors + knobs.Resets == 0) return CallFault.None;
        lock (_lock)
        {
            var draw = knobs.Chance.NextDouble();
            if (draw < knobs.Throttles) return CallFault.Throttle;
            draw -= knobs.Throttles;
            if (draw < knobs.ServerErrors) return CallFault.ServerError;
            draw -= knobs.ServerErrors;
            return draw >= knobs.Resets ? CallFault.None : draw < knobs.Resets / 2 ? CallFault.ResetBefore : CallFault.ResetAfter;
        }
    }

    /// <summary>Takes a token for the action; false where there is none.</summary>
    public bool Takes(string action)
    {
        if (!knobs.Rates.TryGetValue(action, out var rate)) return true;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var (tokens, at) = _buckets.GetValueOrDefault(action, (knobs.Burst, now));
            tokens = Math.Min(knobs.Burst, tokens + (time.GetElapsedTime(at, now).TotalSeconds * rate));
            var taken = tokens >= 1;
            _buckets[action] = (taken ? tokens - 1 : tokens, now);
            return taken;
        }
    }
}
