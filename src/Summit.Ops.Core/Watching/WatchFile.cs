using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Summit.Ops.Errors;
using Summit.Ops.Reporting;
using Summit.Ops.Text;

namespace Summit.Ops.Watching;

/// <summary>
/// The record of watches as JSON lines: a head, then one object a line with the name of its type. Lines are only ever added, so a
/// machine that stops loses the last line at most.
/// </summary>
public sealed class WatchFile : IDisposable
{
    private const string Format = "summit-watch";
    private const int Version = 1;
    private static readonly JsonSerializerOptions OneLine = new(JsonReport.Options) { WriteIndented = false };
    private static readonly Type[] Types = [typeof(SummitWebSocketTransition), typeof(SummitWatchSample), typeof(SummitWatchSummary)];
    private readonly object _lock = new();
    private readonly FileStream _file;
    private bool _closed;
    private bool _failed;

    private WatchFile(FileStream file) => _file = file;

    /// <summary>Opens a record to add to; makes it where there is none.</summary>
    /// <exception cref="SummitFileException">It cannot be written, is in use, or is no record of a watch.</exception>
    public static WatchFile Open(string path)
    {
        ReportFile.CheckPlace(path, force: true);
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1);
            if (file.Length == 0) file.Write(Line(Head()));
            else Continue(file, path);
            var opened = new WatchFile(file);
            file = null;
            return opened;
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw ReportFile.NotWritten(path, error);
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Adds an object, with every secret masked.</summary>
    /// <exception cref="IOException">It cannot be written; what was written before stays.</exception>
    public void Add(object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var tree = JsonReport.ToNode(value);
        TreeRedaction.Clean(tree);
        var line = Line(new JsonObject { ["Type"] = value.GetType().Name, ["Value"] = tree });
        lock (_lock)
        {
            if (_closed) return;
            var end = _file.Position;
            try
            {
                _file.Write(line);
                _file.Flush();
            }
            catch (IOException)
            {
                // half a line would spoil the next one
                _file.SetLength(end);
                _file.Position = end;
                throw;
            }
        }
    }

    /// <summary>Adds an object, as <see cref="Add"/> does; that it cannot be written ends nothing.</summary>
    /// <param name="value">The object.</param>
    /// <param name="failed">Is told the first time that one cannot be written.</param>
    public void TryAdd(object value, Action<IOException> failed)
    {
        ArgumentNullException.ThrowIfNull(failed);
        try
        {
            Add(value);
        }
        catch (IOException error)
        {
            lock (_lock)
            {
                if (_failed) return;
                _failed = true;
            }

            failed(error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            _file.Dispose();
        }
    }

    /// <summary>Whether this is the beginning of a record.</summary>
    internal static bool Is(string text) => Head(text) is not null;

    /// <summary>Reads the objects of a record; half a line, where the machine stopped, is left out.</summary>
    /// <exception cref="JsonException">It holds what no watch writes.</exception>
    internal static IReadOnlyList<object> Read(string text)
    {
        if (Head(text)?["Version"]?.GetValue<int>() is not Version)
        {
            throw new JsonException($"its version is not the one that this module reads, {Version}");
        }

        var values = new List<object>();
        var lines = text.Split('\n');
        for (var i = 1; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]) || Node(lines[i]) is not { } line || Head(lines[i]) is not null) continue;
            var name = line["Type"] is JsonValue word && word.TryGetValue<string>(out var said) ? said : null;
            var type = Array.Find(Types, known => known.Name == name) ?? throw new JsonException($"line {i + 1} is nothing of a watch");
            values.Add(line["Value"].Deserialize(type, OneLine) ?? throw new JsonException($"line {i + 1} has no value"));
        }

        return values;
    }

    private static JsonObject Head() => new() { ["Format"] = Format, ["Version"] = Version, ["Module"] = Report.Version };

    private static JsonObject? Head(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var head = Node(end < 0 ? text : text[..end]);
        return head?["Format"] is JsonValue word && word.TryGetValue<string>(out var format) && format == Format ? head : null;
    }

    private static JsonObject? Node(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Line(JsonObject value) => Encoding.UTF8.GetBytes(value.ToJsonString(OneLine) + "\n");

    /// <summary>Goes to the end of a record that is there, on a line of its own.</summary>
    private static void Continue(FileStream file, string path)
    {
        var start = new byte[Math.Min(file.Length, 1000)];
        file.ReadExactly(start);
        if (!Is(Encoding.UTF8.GetString(start)))
        {
            throw new SummitFileException(
                "WatchFileInvalid", SummitErrorKind.InvalidData,
                $"{path} is there and is no record of a watch, so nothing was added to it.", path,
                "Name another file: -OutFile ./watch.jsonl");
        }

        file.Position = file.Length - 1;
        var torn = file.ReadByte() != '\n';
        if (torn) file.WriteByte((byte)'\n');
    }
}
