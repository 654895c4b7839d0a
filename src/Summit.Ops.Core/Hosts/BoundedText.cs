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
    private readonly TaskCompletionSource _come = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string? _awaited;
    private readonly Task _reading;

    /// <summary>Begins to read.</summary>
    /// <param name="reader">What it prints.</param>
    /// <param name="awaited">What is waited for: the text, and the rest of its line.</param>
    public BoundedText(TextReader reader, string? awaited = null)
    {
        _awaited = awaited;
        _reading = ReadAsync(reader);
    }

    /// <summary>Done once the text that is waited for has come.</summary>
    public Task AwaitedAsync => _come.Task;

    /// <summary>Whether there was more.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Whether a text is in what has come so far.</summary>
    public bool Has(string text)
    {
        lock (_text) return _text.ToString().Contains(text, StringComparison.Ordinal);
    }

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
                if (_awaited is not null && HasCome(length)) _come.TrySetResult();
            }
        }
    }

    private bool HasCome(int added)
    {
        // the rest of the line is a number
        var from = Math.Max(0, _text.Length - added - _awaited!.Length - 16);
        var tail = _text.ToString(from, _text.Length - from);
        return tail.IndexOf(_awaited, StringComparison.Ordinal) is >= 0 and var at && tail.IndexOf('\n', at + _awaited.Length) > 0;
    }
}
