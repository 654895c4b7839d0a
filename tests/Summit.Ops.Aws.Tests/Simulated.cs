using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Summit.Ops.Lab.Aws;

namespace Summit.Ops.Aws.Tests;

/// <summary>What a host of a large fleet answers, without a process for each.</summary>
internal static class Simulated
{
    /// <summary>The envelope that the script makes on a real host.</summary>
    public static ScriptOutcome Answer(int exitCode, string output)
    {
        var bytes = Encoding.UTF8.GetBytes(output);
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
        var text = Convert.ToBase64String(packed.ToArray());
        return new ScriptOutcome(
            exitCode,
            $"@summit {exitCode} {bytes.Length} 0 {Convert.ToHexStringLower(SHA256.HashData(bytes))} gzip {text.Length} -\n{text}\n");
    }
}
