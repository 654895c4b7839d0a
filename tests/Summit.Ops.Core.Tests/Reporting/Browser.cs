using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Summit.Ops.Core.Tests.Reporting;

/// <summary>
/// A headless Chromium, driven over its debugging pipe (Chrome DevTools Protocol: JSON messages that end with a zero byte, in on
/// file descriptor 3 and out on 4).
/// </summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

    private readonly Process _process;
    private readonly string _profile;
    private readonly List<JsonNode> _events = [];
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly List<byte> _pending = [];
    private string? _session;
    private int _last;

    private Browser(Process process, string profile)
    {
        _process = process;
        _profile = profile;
    }

    /// <summary>Everything that happened on the page since it was opened.</summary>
    public IReadOnlyList<JsonNode> Events => _events;

    /// <summary>The program: SUMMIT_CHROMIUM, else the first of its names on PATH; null where there is none.</summary>
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable("SUMMIT_CHROMIUM") is { Length: > 0 } named) return File.Exists(named) ? named : null;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return OperatingSystem.IsWindows()
            ? null
            : Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }

    public static async Task<Browser> StartAsync(string program, CancellationToken cancellation)
    {
        var profile = Directory.CreateTempSubdirectory("summit-browser-").FullName;
        // the sandbox needs an account that is not root
        var sandbox = Environment.UserName == "root" ? "--no-sandbox" : "";
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("""exec "$0" "$@" --remote-debugging-pipe 3<&0 4>&1 </dev/null >/dev/null""");
        foreach (var argument in new[]
        {
            program, "--headless", sandbox, "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
            $"--user-data-dir={profile}", "about:blank",
        })
        {
            if (argument.Length > 0) start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var browser = new Browser(process, profile);
        JsonNode target;
        try
        {
            target = await browser.CallAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" }, cancellation);
        }
        catch (IOException)
        {
            // its sandbox needs what a container may not give
            await browser.DisposeAsync();
            throw Xunit.Sdk.SkipException.ForSkip($"Chromium does not start here: {program}");
        }

        var attached = await browser.CallAsync(
            "Target.attachToTarget",
            new JsonObject { ["targetId"] = target["targetId"]!.GetValue<string>(), ["flatten"] = true },
            cancellation);
        browser._session = attached["sessionId"]!.GetValue<string>();
        foreach (var domain in new[] { "Page", "Network", "Runtime", "Log" }) await browser.CallAsync($"{domain}.enable", [], cancellation);
        return browser;
    }

    /// <summary>Opens a page and waits until it is there.</summary>
    public async Task OpenAsync(string uri, CancellationToken cancellation)
    {
        _events.Clear();
        await CallAsync("Page.navigate", new JsonObject { ["url"] = uri }, cancellation);
        while (!_events.Exists(said => Method(said) == "Page.loadEventFired")) _events.Add(await ReadAsync(cancellation));
    }

    /// <summary>The value of an expression on the page.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression, CancellationToken cancellation)
    {
        var answer = await CallAsync(
            "Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true }, cancellation);
        Assert.Null(answer["exceptionDetails"]?.ToJsonString());
        return answer["result"]!["value"]?.DeepClone();
    }

    /// <summary>One call, and its result.</summary>
    public async Task<JsonNode> CallAsync(string method, JsonObject parameters, CancellationToken cancellation)
    {
        var id = ++_last;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (_session is not null) message["sessionId"] = _session;
        await _process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(message.ToJsonString() + "\0"), cancellation);
        await _process.StandardInput.BaseStream.FlushAsync(cancellation);
        while (true)
        {
            var said = await ReadAsync(cancellation);
            if (said["id"]?.GetValue<int>() != id)
            {
                _events.Add(said);
                continue;
            }

            return said["result"] ?? throw new InvalidOperationException($"{method}: {said.ToJsonString()}");
        }
    }

    public static string? Method(JsonNode said) => said["method"]?.GetValue<string>();

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        try
        {
            Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // a last write of a process that is just ending
        }
    }

    private async Task<JsonNode> ReadAsync(CancellationToken cancellation)
    {
        int end;
        while ((end = _pending.IndexOf(0)) < 0)
        {
            var read = await _process.StandardOutput.BaseStream.ReadAsync(_buffer, cancellation);
            if (read == 0) throw new IOException("The browser ended.");
            _pending.AddRange(_buffer.AsSpan(0, read));
        }

        var message = Encoding.UTF8.GetString([.. _pending[..end]]);
        _pending.RemoveRange(0, end + 1);
        return JsonNode.Parse(message)!;
    }
}
