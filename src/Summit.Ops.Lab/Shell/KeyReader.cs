namespace Summit.Ops.Lab.Shell;

/// <summary>Where the line editor gets its keys from.</summary>
internal interface IKeyReader
{
    /// <summary>Waits for a key; null where there will be no more.</summary>
    ConsoleKeyInfo? Read();

    /// <summary>Whether another key waits already (a paste): the screen need not be drawn in between.</summary>
    bool MoreWaiting { get; }
}

/// <summary>The terminal's keys, Ctrl+C among them while a line is edited.</summary>
internal sealed class TerminalKeys : IKeyReader
{
    public bool MoreWaiting => Console.KeyAvailable;

    public ConsoleKeyInfo? Read()
    {
        try
        {
            return Console.ReadKey(intercept: true);
        }
        catch (InvalidOperationException)
        {
            return null; // the terminal has gone away
        }
    }
}
