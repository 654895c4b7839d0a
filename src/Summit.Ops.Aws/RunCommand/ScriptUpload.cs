using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Summit.Ops.Errors;

namespace Summit.Ops.Aws.RunCommand;

/// <summary>
/// Brings a script to a host that is larger than a parameter may be: in parts, into a folder that only its owner can look into.
/// </summary>
internal static class ScriptUpload
{
    private const int PartSize = Envelope.LongestScript - 2_000;
    private const int AtOnce = 4;
    private const string Stored = "@stored";

    // the same script for many hosts has the same name, so that its parts are sent to all of them at once; nobody else can guess it
    private static readonly byte[] Session = RandomNumberGenerator.GetBytes(32);

    /// <summary>Uploads it.</summary>
    /// <param name="text">The script.</param>
    /// <param name="run">Runs a script of a name on the same instance.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The name of the folder that holds the parts.</returns>
    public static async Task<string> StoreAsync(
        string text, Func<string, string, CancellationToken, Task<Invocation>> run, CancellationToken cancellation)
    {
        var name = $"summit-box.{Convert.ToHexString(HMACSHA256.HashData(Session, Encoding.UTF8.GetBytes(text)))[..20]}";
        var parts = Envelope.Pack(text).Chunk(PartSize).Select(part => new string(part)).ToList();
        using var turns = new SemaphoreSlim(AtOnce);
        await Task.WhenAll(parts.Select(StoreAsync));
        return name;

        async Task StoreAsync(string part, int index)
        {
            await turns.WaitAsync(cancellation);
            try
            {
                var invocation = await run("upload script", Script(name, part, index), cancellation);
                if (!IsWhole(invocation.Output))
                {
                    throw new SummitHostException(
                        "UploadFailed", SummitErrorKind.OperationFailed,
                        $"A part of the script could not be stored on {invocation.InstanceId}: "
                            + $"{Text.ForeignText.Visible(invocation.Error.Trim())}", invocation.InstanceId, "df -h /tmp (on the host)");
                }
            }
            finally
            {
                turns.Release();
            }
        }
    }

    /// <summary>Whether a part was stored.</summary>
    public static bool IsWhole(string output) => output.TrimEnd().EndsWith(Stored, StringComparison.Ordinal);

    private static string Script(string name, string part, int index) => new StringBuilder("# Summit.Ops: a part of a large script\n")
        .Append("summit_part() {\n")
        .Append(Envelope.Load("box.sh"))
        .Append(
            CultureInfo.InvariantCulture,
            $"box=$boxes/{name}\nmkdir \"$box\" 2>/dev/null\n[ -d \"$box\" ] && [ ! -L \"$box\" ] && [ -O \"$box\" ] || exit 70\n")
        .Append(
            CultureInfo.InvariantCulture,
            $"printf %s '{part}' >\"$box/part.{index:0000}\" && echo '{Stored}'\n}}\nsummit_part </dev/null\n")
        .ToString();
}
