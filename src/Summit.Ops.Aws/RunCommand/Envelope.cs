using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Summit.Ops.Hosts;

namespace Summit.Ops.Aws.RunCommand;

/// <summary>Wraps a script so that Run Command can carry it and its answer whole, and reads that answer.</summary>
internal static class Envelope
{
    /// <summary>
    /// How many characters of the packed answer are printed at once: with the first line they stay under the 24,000
    /// that GetCommandInvocation keeps.
    /// </summary>
    public const int Inline = 23_500;

    /// <summary>How long a parameter may be; a document with its parameters is at most 64 KB.</summary>
    public const int LongestScript = 48_000;

    /// <summary>
    /// How many characters a packed answer may have, and how many bytes an unpacked one: far more than any script prints.
    /// </summary>
    public const int LongestPacked = 16_000_000, LongestAnswer = 96 * 1024 * 1024;

    private const int ListLimit = 2_500;
    private const string Mark = "@summit ";

    // left by runs that were killed; only our own can be removed
    private const string Sweep =
        "find \"$boxes\" -maxdepth 1 -name 'summit-box.*' -user \"$(id -u)\" -mmin +60 -exec rm -rf {} + 2>/dev/null\n";

    /// <summary>
    /// The script in its envelope, readable in Run Command's history unless something in it would be taken
    /// for a reference to Parameter Store.
    /// </summary>
    public static string Wrap(HostScript script, int inline = Inline)
    {
        var mark = ShellScript.Mark(script.Text);
        // {{ssm:name}} in a parameter is replaced before anybody sees it: a configuration that holds such a text goes packed
        // and what counts is bytes: a character of another script than Latin has three
        var body = script.Text.Contains("{{", StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(script.Text) > LongestScript - 4_000
            ? $"printf %s '{Pack(script.Text)}' | base64 -d | gzip -dc >\"$box/script\" || exit 70\n"
            : $"cat >\"$box/script\" <<'{mark}'\n{script.Text.TrimEnd('\n')}\n{mark}\n";
        return Compose(script, inline, $"{Sweep}box=$(mktemp -d \"$boxes/summit-box.XXXXXXXXXX\") || exit 70\n{body}");
    }

    /// <summary>The envelope for a script that was uploaded in parts.</summary>
    /// <param name="script">The script.</param>
    /// <param name="name">The box's name.</param>
    public static string WrapUploaded(HostScript script, string name) => Compose(script, Inline,
        $"box=$boxes/{name}\n[ -O \"$box\" ] || exit 70\ncat \"$box\"/part.* | base64 -d | gzip -dc >\"$box/script\" || exit 70\n"
            + "rm -f \"$box\"/part.*\n");

    /// <summary>A text packed for a script: gzip and base64.</summary>
    public static string Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return Convert.ToBase64String(packed.ToArray());
    }

    /// <summary>Whether all is there that was printed at once, and not only what a list shows of it.</summary>
    public static bool IsWhole(string output) =>
        Read(output) is { } answer && (answer.Kept ? answer.Packed.Length > ListLimit : answer.Packed.Length == answer.Length);

    /// <summary>What an output holds; null where it does not begin with the envelope's line.</summary>
    public static EnvelopeAnswer? Read(string output)
    {
        if (!output.StartsWith(Mark, StringComparison.Ordinal)) return null;
        var end = output.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0
            || output[..end].Split(' ') is not [_, var code, var outSize, var errorSize, var sha, var encoding, var length, var place])
        {
            return null;
        }

        var rest = output.AsSpan(end + 1);
        var stop = rest.IndexOfAnyExcept(Base64Characters);
        return new EnvelopeAnswer(
            Number(code), Number(outSize), Number(errorSize), sha, encoding == "gzip", Number(length), place,
            (stop < 0 ? rest : rest[..stop]).ToString());
    }

    /// <summary>
    /// The script's answer out of the whole of what was packed; null where it is not what the host had: its length or digest is another.
    /// </summary>
    public static HostResult? Unpack(EnvelopeAnswer answer, string packed, TimeSpan duration)
    {
        if (packed.Length != answer.Length || answer.IsTooLong) return null;
        try
        {
            using var bytes = new MemoryStream();
            using var source = new MemoryStream(Convert.FromBase64String(packed));
            using Stream reader = answer.Gzip ? new GZipStream(source, CompressionMode.Decompress) : source;
            // one byte more than it says is another answer, however much would follow
            var buffer = new byte[81920];
            while (bytes.Length <= answer.OutputSize + answer.ErrorSize && reader.Read(buffer) is > 0 and var length)
            {
                bytes.Write(buffer, 0, length);
            }

            var all = bytes.ToArray();
            return all.Length == answer.OutputSize + answer.ErrorSize
                && Convert.ToHexString(SHA256.HashData(all)).Equals(answer.Sha256, StringComparison.OrdinalIgnoreCase)
                ? new HostResult(answer.ExitCode, Encoding.UTF8.GetString(all, 0, answer.OutputSize), Encoding.UTF8.GetString(
                    all, answer.OutputSize, answer.ErrorSize), duration)
                : null;
        }
        catch (Exception error) when (error is FormatException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>A script of the transport's own under Scripts/.</summary>
    public static string Load(string resource)
    {
        using var reader = new StreamReader(
            typeof(Envelope).Assembly.GetManifestResourceStream(resource) ?? throw new FileNotFoundException(resource), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static readonly System.Buffers.SearchValues<char> Base64Characters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    private static string Compose(HostScript script, int inline, string delivery) => new StringBuilder()
        .Append($"# Summit.Ops: {script.Name}{(script.ReadOnly ? ", reads only" : "")}\n")
        .Append("summit_envelope() {\n")
        .Append(CultureInfo.InvariantCulture, $"INLINE={inline}\nCHANGES={(script.ReadOnly ? "no" : "yes")}\n")
        .Append(Load("box.sh"))
        .Append(delivery)
        .Append(Load("envelope.sh"))
        .Append("}\nsummit_envelope </dev/null\n")
        .ToString();

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : -1;
}

/// <summary>The first line of an answer, and so much of the rest as came with it.</summary>
/// <param name="ExitCode">The script's own exit code.</param>
/// <param name="OutputSize">Bytes of standard output.</param>
/// <param name="ErrorSize">Bytes of standard error.</param>
/// <param name="Sha256">The digest of both.</param>
/// <param name="Gzip">Whether they are compressed.</param>
/// <param name="Length">How many characters they are when packed.</param>
/// <param name="Place">Where they lie on the host; "-" for nowhere.</param>
/// <param name="Packed">The first of those characters.</param>
internal sealed record EnvelopeAnswer(
    int ExitCode, int OutputSize, int ErrorSize, string Sha256, bool Gzip, int Length, string Place, string Packed)
{
    /// <summary>Whether it is longer than any script's answer, or no length at all.</summary>
    public bool IsTooLong => Length is < 0 or > Envelope.LongestPacked || OutputSize < 0 || ErrorSize < 0
        || (long)OutputSize + ErrorSize > Envelope.LongestAnswer;

    /// <summary>Whether the whole of it is still on the host.</summary>
    public bool Kept => Place != "-";
}
