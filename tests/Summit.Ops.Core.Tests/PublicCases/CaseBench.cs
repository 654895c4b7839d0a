using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Processes;

namespace Summit.Ops.Core.Tests.PublicCases;

/// <summary>
/// A case made real: a folder with its configuration, a real nginx that runs it, its backends. All of it ends with the test.
/// </summary>
internal sealed class CaseBench : IAsyncDisposable
{
    private const string Host = "localhost";
    private readonly PublicCase _case;
    private readonly LabLayout _layout;
    private readonly InstanceGuard _guard;
    private readonly LabAuthority _authority = new();
    private readonly List<IAsyncDisposable> _backends = [];
    private readonly Dictionary<string, string> _words;

    private CaseBench(PublicCase one, LabLayout layout, int[] ports)
    {
        (_case, _layout) = (one, layout);
        _guard = InstanceGuard.Start(layout.Root);
        Port = ports[0];
        _words = new(StringComparer.Ordinal)
        {
            ["@port@"] = $"{ports[0]}", ["@backend@"] = $"{ports[1]}", ["@backend2@"] = $"{ports[2]}",
            ["@inner@"] = $"{ports[3]}", ["@dead@"] = $"{ports[4]}",
            ["@prefix@"] = layout.Nginx, ["@socket@"] = Path.Combine(layout.Backend, "app.sock"), ["@ca@"] = CaPath,
            ["@certificate@"] = $"ssl_certificate {CertificatePath}; ssl_certificate_key {KeyPath};",
        };
        Site = new SummitSite
        {
            ServerName = Host,
            Port = Port,
            ListenAddress = "127.0.0.1",
            WebSocketPath = Fill(one.Path).Split('?')[0],
            WebSocketQuery = Fill(one.Path).Split('?') is [_, var query] ? query : "",
            BackendHost = "127.0.0.1",
            BackendPort = ports[1],
            BackendPath = one.BackendPath,
            ConfigPath = Path.Combine(layout.Available, "app"),
            EnabledPath = Path.Combine(layout.Enabled, "app"),
            CertificatePath = CertificatePath,
            CertificateKeyPath = KeyPath,
            CertificateAuthorityPath = CaPath,
            NginxCommand = layout.NginxCommand,
            NginxConfigPath = layout.NginxConfig,
            NginxPrefix = layout.Nginx + "/",
        };
    }

    /// <summary>What the module is told.</summary>
    public SummitSite Site { get; }

    /// <summary>nginx's prefix.</summary>
    public string Prefix => _layout.Nginx;

    /// <summary>The port of a second server block.</summary>
    public int InnerPort => int.Parse(_words["@inner@"]);

    /// <summary>The certificate, for backends that speak TLS.</summary>
    public X509Certificate2 Served { get; private set; } = null!;

    private string LogLevel { get; init; } = "error";

    private int Port { get; }

    private string CertificatePath => Path.Combine(_layout.Certificates, "fullchain.pem");

    private string KeyPath => Path.Combine(_layout.Certificates, "privkey.pem");

    private string CaPath => Path.Combine(_layout.Certificates, "ca.pem");

    /// <summary>Makes a case and starts all of it.</summary>
    public static async Task<CaseBench> StartAsync(PublicCase one, string logLevel = "error")
    {
        for (var attempt = 1; ; attempt++)
        {
            var bench = new CaseBench(one, LabLayout.Create(), FreePorts.Choose(5)) { LogLevel = logLevel };
            try
            {
                await bench.StartAsync();
                return bench;
            }
            catch (Exception) when (attempt < 3)
            {
                // somebody took a port between its choice and its use
                await bench.DisposeAsync();
            }
            catch
            {
                await bench.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>What a browser sees.</summary>
    public Task<string> OpenAsync() => PlainClient.OpenAsync(Host, Port, Fill(_case.Path), _case.Attempts);

    /// <summary>All that nginx reads, by path.</summary>
    public IReadOnlyDictionary<string, string> Configuration() =>
        Directory.EnumerateFiles(_layout.Nginx, "*", SearchOption.AllDirectories)
            .Where(path => path == _layout.NginxConfig || path.StartsWith(_layout.Available + "/", StringComparison.Ordinal)
                || path.StartsWith(_layout.Enabled + "/", StringComparison.Ordinal)
                || path.StartsWith(Path.Combine(_layout.Nginx, "snippets"), StringComparison.Ordinal))
            .Where(path => !path.Contains(".summit", StringComparison.Ordinal) && !path.EndsWith('~'))
            .ToDictionary(path => path, File.ReadAllText, StringComparer.Ordinal);

    /// <summary>What nginx wrote of errors, for whoever looks at a case.</summary>
    public string ErrorLog() => File.Exists(Log) ? File.ReadAllText(Log) : "";

    public async ValueTask DisposeAsync()
    {
        var master = ProcessTable.ReadPidFile(_layout.PidFile);
        if (master > 1)
        {
            var workers = ProcessTable.Children(master);
            await ProcessTable.EndAsync(master, TimeSpan.FromSeconds(5));
            foreach (var worker in workers) await ProcessTable.EndAsync(worker, TimeSpan.FromSeconds(1));
        }

        foreach (var backend in _backends) await backend.DisposeAsync();
        foreach (var pid in ProcessTable.OfFolder(_layout.Root)) await ProcessTable.EndAsync(pid, TimeSpan.FromSeconds(1));
        _authority.Dispose();
        await _layout.RemoveAsync();
        _guard.Dispose();
    }

    private string Log => Path.Combine(_layout.Logs, "error.log");

    private async Task StartAsync()
    {
        var nginx = await NginxBinary.ProvideAsync();
        File.CreateSymbolicLink(_layout.NginxCommand, nginx.CommandPath);
        var (certificate, key) = _authority.Issue(LabCertificateKind.Valid, Host);
        await File.WriteAllTextAsync(CertificatePath, certificate);
        await File.WriteAllTextAsync(KeyPath, key);
        await File.WriteAllTextAsync(CaPath, _authority.CertificatePem + "\n");

        // a key that SslStream can use as a server
        using var loaded = X509Certificate2.CreateFromPem(certificate, key);
        var served = X509CertificateLoader.LoadPkcs12(loaded.Export(X509ContentType.Pkcs12), password: null);
        Served = served;
        Add(_case.Backend, Site.BackendPort, served);
        if (_case.Backend2.Length > 0) Add(_case.Backend2, int.Parse(_words["@backend2@"]), served);

        // workers of another account may pass through the backend's folder, and into no file of it that is not theirs
        File.SetUnixFileMode(_layout.Backend, (UnixFileMode)Convert.ToInt32("755", 8));
        await File.WriteAllTextAsync(_layout.NginxConfig, Main());
        foreach (var (name, text) in _case.Files.Where(file => file.Key is not ("site" or "http" or "running")))
        {
            var path = Path.Combine(_layout.Nginx, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, Fill(text));
        }

        File.CreateSymbolicLink(Site.EnabledPath, Site.ConfigPath);
        await File.WriteAllTextAsync(Site.ConfigPath, Whole(_case.Files.GetValueOrDefault("running", _case.Files["site"])));
        // files are older than the nginx that runs them, by more than the second to which both are known
        await Task.Delay(1500);
        await RunAsync(nginx.CommandPath, ["-p", _layout.Nginx + "/", "-c", _layout.NginxConfig]);
        if (_case.Files.ContainsKey("running"))
        {
            // the file is edited when nginx has run for a while
            await Task.Delay(1100);
            await File.WriteAllTextAsync(Site.ConfigPath, Whole(_case.Files["site"]));
        }
    }

    private void Add(string rules, int port, X509Certificate2 certificate)
    {
        if (new BackendRules(Fill(rules)) is { Dead: false } read)
        {
            _backends.Add(StrictBackend.Start(read, port, _layout.Backend, certificate));
        }
    }

    private string Fill(string text) =>
        _words.Aggregate(text, (filled, word) => filled.Replace(word.Key, word.Value, StringComparison.Ordinal));

    /// <summary>The site's file: as it stands where it has server blocks of its own, else in the usual one.</summary>
    private string Whole(string text)
    {
        if (text.Split('\n').Any(line => line.TrimEnd() == "server {")) return Fill(text);
        var body = string.Join('\n', text.TrimEnd('\n').Split('\n').Select(line => line.Length > 0 ? "    " + line : line));
        return Fill($"server {{\n    listen 127.0.0.1:@port@ ssl;\n    server_name {Host};\n    @certificate@\n\n{body}\n}}\n");
    }

    private string Main() => Fill($$"""
        {{(Environment.UserName == "root" ? "user www-data;" : "")}}
        worker_processes 1;
        pid {{_layout.PidFile}};
        error_log {{Log}} {{LogLevel}};
        events { worker_connections 128; }
        http {
            access_log off;
            client_body_temp_path @prefix@/tmp/body;
            proxy_temp_path @prefix@/tmp/proxy;
            fastcgi_temp_path @prefix@/tmp/fastcgi;
            uwsgi_temp_path @prefix@/tmp/uwsgi;
            scgi_temp_path @prefix@/tmp/scgi;
            {{_case.Files.GetValueOrDefault("http", "").TrimEnd().Replace("\n", "\n    ", StringComparison.Ordinal)}}
            include {{_layout.Enabled}}/*;
        }

        """);

    private async Task RunAsync(string command, string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(command, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{_case}: nginx did not start: {said}");
        for (var wait = 0; wait < 300 && ProcessTable.Children(ProcessTable.ReadPidFile(_layout.PidFile)).Count == 0; wait++)
        {
            await Task.Delay(10);
        }
    }
}
