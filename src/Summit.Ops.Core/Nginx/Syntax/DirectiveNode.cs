using System.Runtime.InteropServices;

namespace Summit.Ops.Nginx.Syntax;

/// <summary>What the parser noted about a directive.</summary>
[Flags]
internal enum NodeFlags : ushort
{
    None = 0,

    /// <summary>It opened a block with <c>{</c>.</summary>
    Block = 1,

    /// <summary>Its <c>;</c> or <c>}</c> was not found: the node ends where the parser gave up looking.</summary>
    Unterminated = 2,

    /// <summary>The body is a foreign language (Lua) and was skipped, not read.</summary>
    ForeignBody = 4,
}

/// <summary>One directive of a file: spans into the bytes and into the words. Nodes lie in file order, parents before children.</summary>
/// <remarks>32 bytes, kept in one array a file: a configuration of a million lines must stay cheap.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct DirectiveNode
{
    /// <summary>Offset of the first byte of the name, its quote included.</summary>
    public int Start;

    /// <summary>Offset after the <c>;</c> or the closing <c>}</c>.</summary>
    public int End;

    /// <summary>Index of the name in the words; the arguments follow.</summary>
    public int FirstWord;

    /// <summary>How many words there are, the name included; zero for a <c>{</c> without a name.</summary>
    public int WordCount;

    /// <summary>Offset after the <c>{</c>; -1 where there is none.</summary>
    public int BodyStart;

    /// <summary>Index of the next node on the same level: the first one behind this one's children.</summary>
    public int Next;

    /// <summary>The line of the name, from 1.</summary>
    public int Line;

    /// <summary>The name, where the engine knows it.</summary>
    public DirectiveName Name;

    /// <summary>What the parser noted.</summary>
    public NodeFlags Flags;

    public readonly bool IsBlock => (Flags & NodeFlags.Block) != NodeFlags.None;
}

/// <summary>A word as nginx sees it: the span between the quotes, if there are any.</summary>
/// <param name="start">Offset of the first byte, behind an opening quote.</param>
/// <param name="length">Length in bytes, without the closing quote.</param>
/// <param name="quoted">Whether it stood in quotes.</param>
/// <param name="escaped">Whether it has a backslash and must be unescaped.</param>
internal readonly struct WordSpan(int start, int length, bool quoted, bool escaped)
{
    private readonly int _packed = (length << 2) | (quoted ? 1 : 0) | (escaped ? 2 : 0);

    public int Start { get; } = start;

    public int Length => _packed >>> 2;

    public bool Quoted => (_packed & 1) != 0;

    public bool Escaped => (_packed & 2) != 0;
}

/// <summary>Something nginx refuses while it reads tokens, in its own words.</summary>
/// <param name="Message">nginx's message.</param>
/// <param name="Line">The line nginx names, from 1.</param>
/// <param name="Offset">Offset of the byte it is about.</param>
internal sealed record SyntaxError(string Message, int Line, int Offset)
{
    /// <summary>Whether it is no error of nginx's, and only more than is read here.</summary>
    public bool IsLimit { get; init; }
}
