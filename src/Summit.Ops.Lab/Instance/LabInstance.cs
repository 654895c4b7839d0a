using Summit.Ops.Lab.Aws;
using Summit.Ops.Lab.Processes;

namespace Summit.Ops.Lab;

/// <summary>
/// A running lab: nginx with TLS, a backend behind it, and a fault where a scenario asks for one. Everything listens on 127.0.0.1.
/// </summary>
/// <remarks>Its folder and all its processes go away with it, also where the owner is killed.</remarks>
public sealed class LabInstance : IAsyncDisposable
{
    private const int Attempts = 5;
    private const string InstanceName = "summit-lab";
    private static readonly TimeSpan SweepAge = TimeSpan.FromMinutes(1);
    private readonly FileLock _owner;
    private readonly InstanceGuard _guard;
    private readonly string? _workerUser;
    private readonly Lazy<AwsEndpoint> _aws;
    private readonly List<Func<ValueTask>> _kept = [];
    private int _disposed;

    private LabInstance(LabOptions options, LabLayout layout, NginxBinary nginx, int[] ports)
    {
        Layout = layout;
        NginxBinary = nginx;
        (Port, BackendPort, HttpPort) = (ports[0], ports[1], ports[2]);
        Scenario = options.Scenario ?? ScenarioCatalogue.Healthy;
        ServerName = Scenario.ServerName ?? options.ServerName;
        _owner = FileLock.TryTake(layout.Owner) ?? throw new IOException($"{layout.Owner} is locked.");
        _guard = InstanceGuard.Start(layout.Root);
        _workerUser = WorkerUser();
        // the shape of a real id: i-0 and sixteen digits
        InstanceId = $"i-0{Path.GetFileName(layout.Root)[LabLayout.Prefix.Length..].PadLeft(16, '5')}";
        _aws = new(StartAws);
        Nginx = new LabNginx(layout);
        Config = new LabConfig(this);
        Site = new SummitSite
        {
            ServerName = ServerName,
            Port = Port,
            ListenAddress = "127.0.0.1",
            BackendHost = "127.0.0.1",
            BackendPort = BackendPort,
            ConfigPath = ConfigPath,
            EnabledPath = EnabledPath,
            CertificatePath = CertificatePath,
            CertificateKeyPath = CertificateKeyPath,
            CertificateAuthorityPath = CaPath,
            NginxCommand = NginxCommand,
            NginxConfigPath = NginxConfigPath,
            NginxPrefix = NginxPrefix,
        };
    }

    /// <summary>What clients open; dialable as it stands.</summary>
    public string Uri => Site.Uri;

    /// <summary>The port that nginx speaks TLS on.</summary>
    public int Port { get; }

    /// <summary>The port for plain HTTP; only a site that certbot has been at listens on it.</summary>
    public int HttpPort { get; }

    /// <summary>The site's name, also in its certificate.</summary>
    public string ServerName { get; }

    /// <summary>The backend's port.</summary>
    public int BackendPort { get; }

    /// <summary>The site's file.</summary>
    public string ConfigPath => Path.Combine(Layout.Available, "summit-api");

    /// <summary>The link by which nginx includes it.</summary>
    public string EnabledPath => Path.Combine(Layout.Enabled, "summit-api");

    /// <summary>nginx's prefix.</summary>
    public string NginxPrefix => Layout.Nginx;

    /// <summary>nginx's main file.</summary>
    public string NginxConfigPath => Layout.NginxConfig;

    /// <summary>
    /// The command that runs this nginx; with <see cref="NginxPrefix"/> (<c>-p</c>) and <see cref="NginxConfigPath"/> (<c>-c</c>).
    /// </summary>
    public string NginxCommand => Layout.NginxCommand;

    /// <summary>The server's certificate chain (PEM).</summary>
    public string CertificatePath => Path.Combine(Layout.Certificates, "fullchain.pem");

    /// <summary>Its private key (PEM, mode 0600).</summary>
    public string CertificateKeyPath => Path.Combine(Layout.Certificates, "privkey.pem");

    /// <summary>The authority that signed it (PEM); only the lab trusts it.</summary>
    public string CaPath => Path.Combine(Layout.Certificates, "ca.pem");

    /// <summary>All the cmdlets need to know of it.</summary>
    public SummitSite Site { get; private set; }

    /// <summary>This machine.</summary>
    public SummitTarget LocalTarget { get; } = SummitTarget.Local;

    /// <summary>The lab's instance over Systems Manager.</summary>
    public SummitTarget Target => new()
    {
        Name = InstanceName,
        Kind = SummitTargetKind.Ssm,
        InstanceId = InstanceId,
        Region = Region,
        PingStatus = "Online",
        Platform = "Ubuntu",
        State = "running",
        Address = "127.0.0.1",
        PrivateAddress = "127.0.0.1",
    };

    /// <summary>Its instance id.</summary>
    public string InstanceId { get; }

    /// <summary>Its region.</summary>
    public string Region { get; } = "eu-west-1";

    /// <summary>The endpoint's URL; asking for it starts the endpoint.</summary>
    public string AwsEndpoint => Aws.Url;

    /// <summary>The lab's AWS: a test part on the loopback, started by whoever asks first.</summary>
    public AwsEndpoint Aws => _aws.Value;

    /// <summary>What is broken.</summary>
    public Scenario Scenario { get; }

    /// <summary>The nginx in use.</summary>
    public NginxBinary NginxBinary { get; }

    /// <summary>Starts, stops and reloads nginx.</summary>
    public LabNginx Nginx { get; }

    /// <summary>Starts, stops and changes the backend.</summary>
    public LabBackend Backend { get; private set; } = null!;

    /// <summary>Why the backend does not run under pm2 though it would have been asked to; empty otherwise.</summary>
    public string BackendNote { get; private set; } = "";

    /// <summary>Makes the lab's certificates.</summary>
    public LabAuthority Authority { get; } = new();

    /// <summary>The texts of its configuration files.</summary>
    public LabConfig Config { get; }

    /// <summary>nginx's error log.</summary>
    public string ErrorLogPath => Path.Combine(Layout.Logs, "error.log");

    internal LabLayout Layout { get; }

    internal int GuardProcessId => _guard.ProcessId;

    /// <summary>
    /// Starts a lab, healthy, and then breaks it as the scenario says. Ports that someone else takes meanwhile are replaced.
    /// </summary>
    /// <exception cref="LabUnavailableException">There is no nginx, or the backend that was asked for cannot be had.</exception>
    public static Task<LabInstance> StartAsync(LabOptions? options = null, CancellationToken cancellation = default) =>
        StartAsync(options ?? new(), FreePorts.Choose, cancellation);

    internal static async Task<LabInstance> StartAsync(LabOptions options, Func<int, int[]> ports, CancellationToken cancellation)
    {
        var settings = options.Settings ?? LabSettings.FromEnvironment();
        var (nginx, packages, note) = await ProvideAsync(options, settings, cancellation);
        await InstanceGuard.SweepAsync(SweepAge);
        for (var attempt = 1; ; attempt++)
        {
            var lab = new LabInstance(options, LabLayout.Create(), nginx, ports(3)) { BackendNote = note };
            try
            {
                await lab.StartPartsAsync(packages, cancellation);
                await lab.Scenario.InjectAsync(lab, cancellation);
                return lab;
            }
            catch (PortTakenException) when (attempt < Attempts)
            {
                await lab.DisposeAsync();
            }
            catch
            {
                await lab.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>The site's file as it lies on the disk.</summary>
    internal string SiteText => File.ReadAllText(ConfigPath);

    /// <summary>Changes nginx's main file.</summary>
    internal void EditMain(Func<string, string> edit) => File.WriteAllText(NginxConfigPath, edit(File.ReadAllText(NginxConfigPath)));

    /// <summary>Writes a file below nginx's prefix.</summary>
    /// <returns>Its path.</returns>
    internal string WriteBeside(string name, string text)
    {
        var path = Path.Combine(NginxPrefix, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Writes the site's file.</summary>
    public void WriteSite(string text) => File.WriteAllText(ConfigPath, text);

    /// <summary>Makes the link by which nginx includes the site.</summary>
    public void EnableSite()
    {
        if (!File.Exists(EnabledPath)) File.CreateSymbolicLink(EnabledPath, ConfigPath);
    }

    /// <summary>Removes that link.</summary>
    public void DisableSite() => File.Delete(EnabledPath);

    /// <summary>Changes what the cmdlets are told of it.</summary>
    internal void ChangeSite(Func<SummitSite, SummitSite> change) => Site = change(Site);

    /// <summary>Keeps something that a fault is made of until the lab ends.</summary>
    internal void Keep(IAsyncDisposable part) => _kept.Add(part.DisposeAsync);

    /// <inheritdoc cref="Keep(IAsyncDisposable)"/>
    internal void Keep(IDisposable part) => _kept.Add(() =>
    {
        part.Dispose();
        return ValueTask.CompletedTask;
    });

    /// <summary>Writes a new server certificate and its key; nginx has it after a reload.</summary>
    public void WriteCertificate(LabCertificateKind kind)
    {
        var (certificate, key) = Authority.Issue(kind, ServerName == "localhost" ? ["localhost"] : [ServerName, "localhost"]);
        File.WriteAllText(CertificatePath, certificate);
        WritePrivate(CertificateKeyPath, key);
    }

    /// <summary>Stops everything and removes the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        var ends = new List<Task> { Nginx.StopAsync() };
        if (Backend is not null) ends.Add(Backend.DisposeAsync().AsTask());
        if (_aws.IsValueCreated) ends.Add(_aws.Value.DisposeAsync().AsTask());
        ends.AddRange(_kept.Select(end => end().AsTask()));
        await Task.WhenAll(ends);
        // what no pid file tells: a worker whose master was killed, a daemon that a cmdlet started
        foreach (var pid in ProcessTable.OfFolder(Layout.Root)) await ProcessTable.EndAsync(pid, TimeSpan.FromSeconds(2));
        Authority.Dispose();
        await Layout.RemoveAsync();
        _owner.Dispose();
        _guard.Dispose();
    }

    // both at once, each may be a download; without nginx there is no lab, so nobody waits for the other then
    private static async Task<(NginxBinary Nginx, NodePackages? Packages, string Note)> ProvideAsync(
        LabOptions options, LabSettings settings, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var packages = PackagesAsync(options, settings, stop.Token);
        try
        {
            var nginx = await NginxBinary.ProvideAsync(settings, options.Progress, cancellation);
            var (node, note) = await packages;
            return (nginx, node, note);
        }
        finally
        {
            await stop.CancelAsync();
            await packages.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private static async Task<(NodePackages? Packages, string Note)> PackagesAsync(
        LabOptions options, LabSettings settings, CancellationToken cancellation)
    {
        var kind = options.Backend == LabBackendKind.Auto && options.Scenario?.Backend is { } wanted ? wanted : options.Backend;
        if (kind == LabBackendKind.InProcess) return (null, "");
        try
        {
            return (await NodePackages.ProvideAsync(settings, options.Progress, cancellation), "");
        }
        catch (LabUnavailableException e) when (kind == LabBackendKind.Auto)
        {
            return (null, e.Message);
        }
    }

    private async Task StartPartsAsync(NodePackages? packages, CancellationToken cancellation)
    {
        Backend = packages is null
            ? new InProcessBackend(BackendPort, Layout.Backend)
            : new Pm2Backend(BackendPort, Layout.Backend, Layout.Pm2, packages);
        if (packages is not null)
        {
            Keep(CommandPath.Add(packages.CommandFolder));
            Site = Site with { Pm2Home = Backend.Pm2Home };
        }

        var backend = Backend.StartAsync(cancellation);
        try
        {
            File.CreateSymbolicLink(NginxCommand, NginxBinary.CommandPath);
            await File.WriteAllTextAsync(CaPath, Authority.CertificatePem + "\n", cancellation);
            WriteCertificate(LabCertificateKind.Valid);
            await File.WriteAllTextAsync(NginxConfigPath, Config.Main(_workerUser), cancellation);
            await File.WriteAllTextAsync(Path.Combine(NginxPrefix, "options-ssl-nginx.conf"), LabConfig.CertbotOptions, cancellation);
            WriteSite(Config.Site(Config.ExpectedLocations));
            EnableSite();
            await Nginx.StartAsync(cancellation);
        }
        finally
        {
            await backend;
        }
    }

    private AwsEndpoint StartAws()
    {
        var aws = Lab.Aws.AwsEndpoint.Start();
        aws.Ec2.Network.Open(Port);
        aws.Fleet.Put(new LabMachine
        {
            InstanceId = InstanceId,
            Region = Region,
            Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["Name"] = InstanceName },
            LastPing = TimeProvider.System.GetUtcNow(),
            PrivateAddress = "127.0.0.1",
            PublicAddress = "127.0.0.1",
        });
        return aws;
    }

    // as root, nginx gives its workers another account; Debian's where there is one, else nginx's own choice
    private static string? WorkerUser() =>
        Environment.UserName == "root" && File.Exists("/etc/passwd")
            && File.ReadLines("/etc/passwd").Any(l => l.StartsWith("www-data:", StringComparison.Ordinal)) ? "www-data" : null;

    private static void WritePrivate(string path, string text)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        File.Delete(path);
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(System.Text.Encoding.ASCII.GetBytes(text));
    }
}
