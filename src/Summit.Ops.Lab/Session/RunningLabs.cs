namespace Summit.Ops.Lab;

/// <summary>
/// The labs that the sessions of this process have started, until they are stopped: by hand, with their session, or with the process.
/// </summary>
/// <remarks>The environment belongs to the process, so the lab that was started last has the AWS variables.</remarks>
internal static class RunningLabs
{
    private static readonly object Gate = new();
    private static readonly List<(Guid Session, SummitLab Lab)> Labs = [];
    private static AwsVariables? _before;

    static RunningLabs() => AppDomain.CurrentDomain.ProcessExit += (_, _) => StopAsync(Everywhere()).GetAwaiter().GetResult();

    /// <summary>Takes a lab in and leads the process's AWS to it.</summary>
    public static void Add(Guid session, SummitLab lab)
    {
        lock (Gate)
        {
            _before ??= new AwsVariables();
            Labs.Add((session, lab));
            AwsVariables.Use(lab.Instance);
        }
    }

    /// <summary>The labs of a session, the last one first.</summary>
    public static IReadOnlyList<SummitLab> Of(Guid session)
    {
        lock (Gate) return [.. Enumerable.Reverse(Labs).Where(entry => entry.Session == session).Select(entry => entry.Lab)];
    }

    /// <summary>Stops labs; one that is stopped already is left alone.</summary>
    public static async Task StopAsync(IReadOnlyList<SummitLab> labs)
    {
        foreach (var lab in labs) Forget(lab);
        await Task.WhenAll(labs.Select(lab => lab.Instance.DisposeAsync().AsTask()));
    }

    private static IReadOnlyList<SummitLab> Everywhere()
    {
        lock (Gate) return [.. Labs.Select(entry => entry.Lab)];
    }

    private static void Forget(SummitLab lab)
    {
        lock (Gate)
        {
            if (Labs.RemoveAll(entry => entry.Lab == lab) == 0) return;
            if (Labs.Count > 0)
            {
                AwsVariables.Use(Labs[^1].Lab.Instance);
                return;
            }

            _before?.Restore();
            _before = null;
        }
    }
}
