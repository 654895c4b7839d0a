using System.Text;

namespace Summit.Ops.Hosts;

/// <summary>What a process prints, read while it runs, as far as a limit; what comes behind it is read and thrown away.</summary>
internal sealed class BoundedText
{
    /// <summary>How many characters are kept.</summary>
    public const int Longest = 96 * 1024 * 1024;

    // what a process has left behind may hold its pipe open for ever
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly StringBuilder _text = new();
    private readonly Task _reading;

    /// <summary>Begins to read.</summary>
    public BoundedText(TextReader reader) => _reading = ReadAsync(reader);

    /// <summary>Whether there was more.</summary>
    public bool IsCut { get; private set; }

    /// <summary>All of it, once the process has ended.</summary>
    public async Task<string> EndAsync()
    {
        try
        {
            await _reading.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            // the process has ended: what it said is here
        }

        lock (_text) return _text.ToString();
    }

    private async Task ReadAsync(TextReader reader)
    {
        var buffer = new char[32 * 1024];
        while (await reader.ReadAsync(buffer) is > 0 and var length)
        {
            lock (_text)
            {
                IsCut |= _text.Length + length > Longest;
                if (!IsCut) _text.Append(buffer, 0, length);
            }
        }
    }
}
