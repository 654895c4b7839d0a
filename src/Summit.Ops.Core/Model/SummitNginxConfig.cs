using System.Security.Cryptography;
using System.Text;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops;

/// <summary>An nginx configuration: the exact text, the files it came from, and what nginx reads in them.</summary>
public sealed class SummitNginxConfig
{
    private readonly NginxDocument _main;
    private string? _text;
    private string? _sha256;
    private IReadOnlyList<SummitNginxFile>? _files;
    private IReadOnlyList<SummitNginxServer>? _servers;
    private IReadOnlyList<SummitNginxDiagnostic>? _diagnostics;

    internal SummitNginxConfig(string path, SummitTarget? target, NginxModel model)
    {
        _main = model.Files.Main;
        Path = path;
        Target = target;
        Model = model;
    }

    /// <summary>The file's path where it lies or shall lie; the main file's for a whole configuration.</summary>
    public string Path { get; }

    /// <summary>The host it was read from; null for text that came from nowhere in particular.</summary>
    public SummitTarget? Target { get; }

    /// <summary>
    /// The text of the file at <see cref="Path"/>, read as UTF-8; bytes that are not UTF-8 show as U+FFFD here and
    /// survive in <see cref="ToBytes"/>.
    /// </summary>
    public string Text => _text ??= Decode(_main.Bytes);

    /// <summary>SHA-256 of the bytes of the file at <see cref="Path"/>, hexadecimal, lower case.</summary>
    public string Sha256 => _sha256 ??= Hash(_main.Bytes);

    /// <summary>Every file that was read, in the order nginx meets them.</summary>
    public IReadOnlyList<SummitNginxFile> Files =>
        _files ??= new LazyList<NginxDocument, SummitNginxFile>(
            Model.Files.Documents, document => new SummitNginxFile(document.Path, Decode(document.Bytes), Hash(document.Bytes)));

    /// <summary>Every server block of the http context, in the order nginx reads them.</summary>
    public IReadOnlyList<SummitNginxServer> Servers =>
        _servers ??= new LazyList<ServerScope, SummitNginxServer>(Model.Servers, server => server.Public);

    /// <summary>What is wrong with the text, or could not be read.</summary>
    public IReadOnlyList<SummitNginxDiagnostic> Diagnostics => _diagnostics ??= ConfigDiagnostics.Of(Model);

    /// <summary>What the engine works on.</summary>
    internal NginxModel Model { get; }

    /// <summary>The same configuration with other bytes in the file at <see cref="Path"/>; what it includes is what it was.</summary>
    internal SummitNginxConfig With(byte[] bytes) => new(Path, Target, new NginxModel(Model.Files.With(NginxParser.Parse(Path, bytes))));

    /// <summary>The same configuration with other bytes at some paths.</summary>
    internal SummitNginxConfig With(IReadOnlyDictionary<string, byte[]> bytes) =>
        new(Path, Target, new NginxModel(Model.Files.With(bytes)));

    /// <summary>The same configuration with other bytes in one of its files, or with one more file where an include takes it.</summary>
    internal SummitNginxConfig With(string path, byte[] bytes) => new(Path, Target, new NginxModel(Model.Files.With(path, bytes)));

    /// <summary>The exact bytes of the file at <see cref="Path"/>.</summary>
    public byte[] ToBytes() => [.. _main.Bytes];

    /// <summary>The text.</summary>
    public override string ToString() => Text;

    private static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();

    private static string Decode(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}

/// <summary>One file of a configuration.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Text">Its text.</param>
/// <param name="Sha256">SHA-256 of its bytes, hexadecimal, lower case.</param>
public sealed record SummitNginxFile(string Path, string Text, string Sha256)
{
    /// <summary>The path.</summary>
    public override string ToString() => Path;
}

/// <summary>A server block.</summary>
public sealed record SummitNginxServer
{
    /// <summary>The listen directives' arguments, as written; <c>80</c> where there is none, as nginx has it.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>The server names, as written.</summary>
    public IReadOnlyList<string> ServerNames { get; init; } = [];

    /// <summary>The locations directly in it, in file order.</summary>
    public IReadOnlyList<SummitNginxLocation> Locations { get; init; } = [];

    /// <summary>The directives directly in it, locations left out.</summary>
    public IReadOnlyList<SummitNginxDirective> Directives { get; init; } = [];

    /// <summary>The file it stands in.</summary>
    public required string File { get; init; }

    /// <summary>Its line, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>The names, else the listen arguments.</summary>
    public override string ToString() => ServerNames.Count > 0 ? string.Join(' ', ServerNames) : string.Join(", ", Listen);
}

/// <summary>A location block.</summary>
public sealed record SummitNginxLocation
{
    /// <summary>"", "=", "^~", "~", "~*", or "@" for a named one.</summary>
    public required string Modifier { get; init; }

    /// <summary>The prefix, pattern or name.</summary>
    public required string Path { get; init; }

    /// <summary>The locations directly in it, in file order.</summary>
    public IReadOnlyList<SummitNginxLocation> Locations { get; init; } = [];

    /// <summary>The directives directly in it, locations left out.</summary>
    public IReadOnlyList<SummitNginxDirective> Directives { get; init; } = [];

    /// <summary>The file it stands in.</summary>
    public required string File { get; init; }

    /// <summary>Its line, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>As it stands in the file.</summary>
    public override string ToString() => Modifier is "" or "@" ? $"location {Modifier}{Path}" : $"location {Modifier} {Path}";
}

/// <summary>One directive.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">Its arguments, unquoted.</param>
/// <param name="File">The file it stands in.</param>
/// <param name="Line">Its line, from 1.</param>
public sealed record SummitNginxDirective(string Name, IReadOnlyList<string> Arguments, string File, int Line)
{
    /// <summary>Name and arguments.</summary>
    public override string ToString() => Arguments.Count == 0 ? Name : $"{Name} {string.Join(' ', Arguments)}";
}

/// <summary>Something wrong in a configuration's text.</summary>
/// <param name="Severity">Error where nginx refuses it, Warning where it takes it and somebody should look.</param>
/// <param name="Message">In nginx's own words where nginx has some.</param>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1, in characters.</param>
public sealed record SummitNginxDiagnostic(SummitSeverity Severity, string Message, string File, int Line, int Column)
{
    /// <summary>File, line and message.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}
