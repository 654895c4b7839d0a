namespace Summit.Ops.Lab.Shell;

/// <summary>What was entered before, walked with the up and down keys.</summary>
internal sealed class InputHistory
{
    private readonly List<string> _entries = [];
    private int _at;
    private string _unfinished = "";

    /// <summary>Adds an entry, unless it is the last one again, and goes to the end.</summary>
    public void Add(string entry)
    {
        if (!string.IsNullOrWhiteSpace(entry) && (_entries.Count == 0 || _entries[^1] != entry)) _entries.Add(entry);
        Rewind();
    }

    /// <summary>Goes to the end: the next step back is the newest entry.</summary>
    public void Rewind()
    {
        _at = _entries.Count;
        _unfinished = "";
    }

    /// <summary>One entry back; null at the oldest.</summary>
    public string? Previous(string current)
    {
        if (_at == 0) return null;
        if (_at == _entries.Count) _unfinished = current;
        return _entries[--_at];
    }

    /// <summary>One entry forward; after the newest, what was being typed; null there.</summary>
    public string? Next()
    {
        if (_at >= _entries.Count) return null;
        return ++_at == _entries.Count ? _unfinished : _entries[_at];
    }
}
