namespace Summit.Ops.Nginx.Syntax;

/// <summary>Reads one file as nginx does (<c>ngx_conf_read_token</c> and <c>ngx_conf_parse</c>), and goes on where nginx stops.</summary>
/// <remarks>
/// The first error is nginx's own, with its message and line. What follows it is a best reading: a missing <c>;</c> before <c>}</c> is
/// taken as there, an unexpected character starts a new word, a quote that nothing closes ends with its line.
/// </remarks>
internal ref struct NginxParser
{
    /// <summary>nginx reads through a buffer of this size, and a word or comment has to fit in it (NGX_CONF_BUFFER).</summary>
    private const int Buffer = 4096;

    /// <summary>
    /// After so many quotes without an end a file is no configuration: the rest is taken as one word, or each would cost a pass.
    /// </summary>
    private const int MaxLostQuotes = 64;

    /// <summary>nginx itself has no limit; nobody's configuration has a tenth of it, and what reads on is recursive.</summary>
    private const int MaxDepth = 100;

    private readonly string _path;
    private readonly byte[] _source;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly List<SyntaxError> _errors = [];
    private readonly List<int> _open = [];
    private DirectiveNode[] _nodes;
    private WordSpan[] _words;
    private int _nodeCount;
    private int _wordCount;
    private int _position;
    private int _line = 1;
    private int _lostQuotes;
    private int _tooDeep;

    private NginxParser(string path, byte[] bytes)
    {
        _path = path;
        _source = bytes;
        _bytes = bytes;
        // a directive has some 38 bytes and three words in real files
        _nodes = new DirectiveNode[Math.Max(16, bytes.Length / 36)];
        _words = new WordSpan[Math.Max(32, bytes.Length / 13)];
    }

    private enum Ended
    {
        Semicolon,
        BlockStart,
        BlockEnd,
        EndOfFile,
    }

    public static NginxDocument Parse(string path, byte[] bytes)
    {
        var parser = new NginxParser(path, bytes);
        return parser.Run();
    }

    private NginxDocument Run()
    {
        if (_bytes.StartsWith("\uFEFF"u8))
        {
            // nginx takes the mark as part of the first word; here it is stepped over, so that the rest can be used
            Error(
                "unknown directive: the file begins with a UTF-8 byte order mark, which nginx takes as part of the first directive's name",
                0);
            _position = 3;
        }

        while (true)
        {
            var firstWord = _wordCount;
            var ended = ReadStatement(out var start, out var line);
            if (_tooDeep > 0 && ended != Ended.EndOfFile)
            {
                SkipTooDeep(ended, firstWord);
                continue;
            }

            switch (ended)
            {
                case Ended.Semicolon:
                    AddDirective(start, line, firstWord, block: false, NodeFlags.None);
                    break;
                case Ended.BlockStart:
                    AddBlock(start, line, firstWord);
                    break;
                case Ended.BlockEnd:
                    if (_wordCount > firstWord) LostSemicolon(start, line, firstWord);
                    if (_open.Count == 0) Error("unexpected \"}\"", _position - 1);
                    else CloseBlock(_position, NodeFlags.None);
                    break;
                default:
                    if (_tooDeep > 0)
                    {
                        Error("unexpected end of file, expecting \"}\"", _bytes.Length);
                        EndTooDeep(_bytes.Length, NodeFlags.Unterminated);
                    }
                    else if (_wordCount > firstWord)
                    {
                        Error("unexpected end of file, expecting \";\" or \"}\"", _bytes.Length);
                        AddDirective(start, line, firstWord, block: false, NodeFlags.Unterminated);
                    }
                    else if (_open.Count > 0)
                    {
                        Error("unexpected end of file, expecting \"}\"", _bytes.Length);
                    }

                    while (_open.Count > 0) CloseBlock(_bytes.Length, NodeFlags.Unterminated);
                    return new NginxDocument(_path, _source, _nodes, _nodeCount, _words, _errors);
            }
        }
    }

    /// <summary>Reads words up to the end of a directive; they are in the words behind the count that was there before.</summary>
    private Ended ReadStatement(out int start, out int line)
    {
        var bytes = _bytes;
        var i = _position;
        var first = true;
        start = i;
        line = _line;
        while (true)
        {
            while (i < bytes.Length && IsSpace(bytes[i]))
            {
                if (bytes[i] == '\n') _line++;
                i++;
            }

            if (i >= bytes.Length)
            {
                _position = i;
                return Ended.EndOfFile;
            }

            var b = bytes[i];
            if (b == '#')
            {
                i = SkipComment(i);
                continue;
            }

            if (b is (byte)';' or (byte)'{' or (byte)'}')
            {
                _position = i + 1;
                if (b == '}')
                {
                    if (!first) Error("unexpected \"}\"", i);
                    return Ended.BlockEnd;
                }

                if (!first) return b == ';' ? Ended.Semicolon : Ended.BlockStart;
                Error($"unexpected \"{(char)b}\"", i);
                if (b == '{')
                {
                    start = i;
                    line = _line;
                    return Ended.BlockStart;
                }

                i++;
                continue;
            }

            if (first)
            {
                start = i;
                line = _line;
                first = false;
            }

            if (b is (byte)'"' or (byte)'\'')
            {
                i = ReadQuoted(i);
                if (i >= bytes.Length) continue;
                b = bytes[i];
                if (IsSpace(b) || b is (byte)';' or (byte)'{' or (byte)')') continue;
                Error($"unexpected \"{Printable(b)}\"", i);
                // nginx has stopped here; what follows is read as if there were a space
                continue;
            }

            i = ReadBare(i);
        }
    }

    private int ReadBare(int start)
    {
        var bytes = _bytes;
        var i = start;
        var escaped = false;
        var line = _line;
        while (i < bytes.Length)
        {
            var b = bytes[i];
            if (!EndsBare(b))
            {
                i++;
                continue;
            }

            if (b == '\\')
            {
                escaped = true;
                if (i + 1 < bytes.Length && bytes[i + 1] == '\n') _line++;
                i += 2;
                continue;
            }

            if (b == '$')
            {
                i++;
                while (i < bytes.Length && bytes[i] == '{') i++;
                continue;
            }

            // the first byte of a word is never an end: ")" apart, those were looked at before
            break;
        }

        i = Math.Min(i, bytes.Length);
        AddWord(new WordSpan(start, i - start, quoted: false, escaped));
        if (i - start >= Buffer - 1 && i < bytes.Length)
        {
            var consumed = i - start + (IsSpace(bytes[i]) ? 1 : 0);
            if (consumed >= Buffer && start + Buffer < bytes.Length) TooLong(start, line, quote: null);
        }

        return i;
    }

    private int ReadQuoted(int open)
    {
        var bytes = _bytes;
        var quote = bytes[open];
        var start = open + 1;
        var i = start;
        var escaped = false;
        while (i < bytes.Length)
        {
            var next = bytes[i..].IndexOfAny(quote, (byte)'\\');
            if (next < 0) break;
            i += next;
            if (bytes[i] == quote)
            {
                var line = _line;
                _line += bytes[start..i].Count((byte)'\n');
                AddWord(new WordSpan(start, i - start, quoted: true, escaped));
                var after = i + 1;
                var consumed = after - start + (after < bytes.Length && IsSpace(bytes[after]) ? 1 : 0);
                if (consumed >= Buffer && start + Buffer < bytes.Length) TooLong(start, line, i - start >= Buffer ? (char)quote : null);
                return after;
            }

            escaped = true;
            i += 2;
        }

        return LostQuote(open, quote, start);
    }

    /// <summary>
    /// Nothing closes the quote: nginx has read to the end. The word ends with its line, and what follows is read as usual.
    /// </summary>
    private int LostQuote(int open, byte quote, int start)
    {
        if (_bytes.Length - start > Buffer)
        {
            TooLong(start, _line, (char)quote);
        }
        else
        {
            Error("unexpected end of file, expecting \";\" or \"}\"", open, _line + _bytes[start..].Count((byte)'\n'));
        }

        var end = _bytes[start..].IndexOf((byte)'\n');
        if (end < 0 || ++_lostQuotes > MaxLostQuotes) end = _bytes.Length - start;
        var raw = _bytes.Slice(start, end);
        // what ends a directive at the end of the line most likely was meant to
        var length = raw.TrimEnd(" \t\r"u8).Length;
        if (length > 0 && raw[length - 1] is (byte)';' or (byte)'{') length--;
        AddWord(new WordSpan(start, length, quoted: true, escaped: raw[..length].Contains((byte)'\\')));
        return start + length;
    }

    private int SkipComment(int start)
    {
        var length = _bytes[start..].IndexOf((byte)'\n');
        var end = length < 0 ? _bytes.Length : start + length + 1;
        // the line feed itself is white space again and begins anew
        if (end - start - (length < 0 ? 0 : 1) >= Buffer && start + Buffer < _bytes.Length) TooLong(start, _line, quote: null);
        if (length >= 0) _line++;
        return end;
    }

    private void TooLong(int start, int line, char? quote)
    {
        var head = System.Text.Encoding.Latin1.GetString(_bytes.Slice(start, Math.Min(10, _bytes.Length - start)));
        Error(quote is null
            ? $"too long parameter \"{NginxText.Show(head)}...\" started"
            : $"too long parameter, probably missing terminating \"{quote}\" character", start, line);
    }

    private void LostSemicolon(int start, int line, int firstWord)
    {
        AddDirective(start, line, firstWord, block: false, NodeFlags.Unterminated);
        // the directive ends with its last word, and the brace belongs to the block around it
        var last = _words[_wordCount - 1];
        _nodes[_nodeCount - 1].End = last.Start + last.Length + (last.Quoted ? 1 : 0);
    }

    private void AddBlock(int start, int line, int firstWord)
    {
        if (_open.Count > 0 && HoldsValues(_nodes[_open[^1]].Name) && _wordCount > firstWord) Error("unexpected \"{\"", _position - 1);
        AddDirective(start, line, firstWord, block: true, NodeFlags.Block);
        if (_wordCount > firstWord && IsLuaBlock(firstWord))
        {
            ref var node = ref _nodes[_nodeCount - 1];
            node.Flags |= NodeFlags.ForeignBody;
            var end = LuaBlock.FindEnd(_bytes, _position);
            _line += _bytes[_position..end].Count((byte)'\n');
            _position = end;
            node.End = end;
            node.Next = _nodeCount;
            if (_bytes[end - 1] != '}')
            {
                node.Flags |= NodeFlags.Unterminated;
                Error("unexpected end of file, expecting \"}\"", end);
            }

            return;
        }

        _open.Add(_nodeCount - 1);
        if (_open.Count <= MaxDepth) return;
        _nodes[_nodeCount - 1].Flags |= NodeFlags.ForeignBody;
        _errors.Add(new SyntaxError(
            $"blocks are nested more than {MaxDepth} deep here, and what is in them is not read (nginx reads it)",
            line, start) { IsLimit = true });
        _tooDeep = 1;
    }

    /// <summary>Steps over what stands in a block that is nested too deep.</summary>
    private void SkipTooDeep(Ended ended, int firstWord)
    {
        _wordCount = firstWord;
        if (ended == Ended.BlockStart) _tooDeep++;
        else if (ended == Ended.BlockEnd && --_tooDeep == 0) EndTooDeep(_position, NodeFlags.None);
    }

    private void EndTooDeep(int end, NodeFlags flags)
    {
        _tooDeep = 0;
        CloseBlock(end, flags);
    }

    private readonly bool IsLuaBlock(int firstWord) =>
        _bytes.Slice(_words[firstWord].Start, _words[firstWord].Length).EndsWith("_by_lua_block"u8);

    /// <summary>Blocks whose body is a list of values and not of directives.</summary>
    private static bool HoldsValues(DirectiveName name) =>
        name is DirectiveName.Map or DirectiveName.Geo or DirectiveName.Types or DirectiveName.SplitClients or DirectiveName.CharsetMap;

    private void AddDirective(int start, int line, int firstWord, bool block, NodeFlags flags)
    {
        if (_nodeCount == _nodes.Length) Array.Resize(ref _nodes, _nodes.Length + (_nodes.Length >> 1));
        ref var node = ref _nodes[_nodeCount++];
        node.Start = start;
        node.End = _position;
        node.FirstWord = firstWord;
        node.WordCount = _wordCount - firstWord;
        node.BodyStart = block ? _position : -1;
        node.Next = _nodeCount;
        node.Line = line;
        node.Flags = flags;
        if (node.WordCount > 0)
        {
            var word = _words[firstWord];
            node.Name = DirectiveNames.Find(_bytes.Slice(word.Start, word.Length));
        }
    }

    private void CloseBlock(int end, NodeFlags flags)
    {
        var index = _open[^1];
        _open.RemoveAt(_open.Count - 1);
        ref var node = ref _nodes[index];
        node.End = end;
        node.Next = _nodeCount;
        node.Flags |= flags;
    }

    private void AddWord(WordSpan word)
    {
        if (_wordCount == _words.Length) Array.Resize(ref _words, _words.Length + (_words.Length >> 1));
        _words[_wordCount++] = word;
    }

    private readonly void Error(string message, int offset) => Error(message, offset, _line);

    private readonly void Error(string message, int offset, int line) => _errors.Add(new SyntaxError(message, line, offset));

    private static string Printable(byte b) => b is >= 0x20 and < 0x7f ? ((char)b).ToString() : $"\\x{b:X2}";

    private static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private static bool EndsBare(byte b) =>
        b <= (byte)'{' && b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)';' or (byte)'{' or (byte)'\\' or (byte)'$';
}
