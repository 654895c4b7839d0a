using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Summit.Ops.Text;

namespace Summit.Ops.Hosts.Ssh;

/// <summary>This machine's OpenSSH client, and what its own tools know of a host that could not be reached.</summary>
internal static class SshClient
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>Starts ssh.</summary>
    /// <exception cref="Win32Exception">It is not on this machine.</exception>
    public static Process Start(SshDestination destination, IEnumerable<string> options) =>
        Start("ssh", [.. Flags(options), "-T", .. destination.Arguments(), SshScript.Command]);

    /// <summary>
    /// What helps beside the words of ssh: the fingerprint of an unknown key, the keys that were there to be
    /// tried; empty where there is nothing.
    /// </summary>
    public static async Task<string> HintAsync(string errorId, SshDestination destination, IReadOnlyList<string> options)
    {
        try
        {
            return errorId switch
            {
                "SshHostKeyUnknown" => await FingerprintsAsync(destination, options),
                "SshNotAuthenticated" => await KeysAsync(destination, options),
                _ => "",
            };
        }
        catch (Exception error) when (error is Win32Exception or OperationCanceledException or FormatException)
        {
            // the words of ssh are enough
            return "";
        }
    }

    private static IEnumerable<string> Flags(IEnumerable<string> options) =>
        options.Concat(SshOptions.Always).SelectMany(option => new[] { "-o", option });

    private static async Task<string> FingerprintsAsync(SshDestination destination, IReadOnlyList<string> options)
    {
        var settings = await SettingsAsync(destination, options);
        // behind a jump host the key cannot be fetched from here
        if (Value(settings, "proxyjump").Length > 0 || Value(settings, "proxycommand").Length > 0) return "";
        var said = await RunAsync("ssh-keyscan", ["-T", "5", "-p", Value(settings, "port"), "--", Value(settings, "hostname")]);
        var keys = said.Split('\n').Where(line => !line.StartsWith('#')).Select(line => line.Trim().Split(' '))
            .Where(words => words.Length == 3)
            .Select(words => $"{ForeignText.Visible(words[1])} "
                + $"SHA256:{Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(words[2]))).TrimEnd('=')}").ToList();
        return keys.Count == 0 ? "" : $"What answers there now shows {string.Join(", ", keys)}.";
    }

    private static async Task<string> KeysAsync(SshDestination destination, IReadOnlyList<string> options)
    {
        var settings = await SettingsAsync(destination, options);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var files = settings.Where(line => line.StartsWith("identityfile ", StringComparison.Ordinal))
            .Select(line => line["identityfile ".Length..])
            .Where(file => File.Exists(file.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, file[2..]) : file)).ToList();
        var agent = Environment.GetEnvironmentVariable("SSH_AUTH_SOCK") is { Length: > 0 } ? "an agent is there" : "no agent is there";
        return $"As {ForeignText.Visible(Value(settings, "user"))}; "
            + $"{(files.Count == 0 ? "no key file is there" : $"key files: {ForeignText.Visible(string.Join(", ", files))}")}, "
            + $"and {agent}.";
    }

    private static async Task<IReadOnlyList<string>> SettingsAsync(SshDestination destination, IReadOnlyList<string> options) =>
        (await RunAsync("ssh", [.. Flags(options), "-G", .. destination.Arguments()])).Split('\n')
            .Select(line => line.TrimEnd('\r')).ToList();

    private static string Value(IReadOnlyList<string> settings, string key) =>
        settings.FirstOrDefault(line => line.StartsWith($"{key} ", StringComparison.Ordinal)) is { } found
            && found[(key.Length + 1)..] is not "none" and var value ? value : "";

    private static async Task<string> RunAsync(string program, IEnumerable<string> arguments)
    {
        using var process = Start(program, arguments);
        process.StandardInput.Close();
        var output = new BoundedText(process.StandardOutput);
        _ = new BoundedText(process.StandardError);
        using var over = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(over.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return await output.EndAsync();
    }

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        // Windows would take the console's code page
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            StandardOutputEncoding = Utf8,
            StandardErrorEncoding = Utf8,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        // its words are what its failures are known by
        start.Environment["LC_ALL"] = "C";
        return Process.Start(start)!;
    }
}
