using BenchmarkDotNet.Attributes;
using Summit.Ops.Nginx;

namespace Summit.Ops.Benchmarks;

/// <summary>Parsing and modelling, by size: time should be linear in it.</summary>
[MemoryDiagnoser]
public class NginxParseBenchmarks
{
    private byte[] _bytes = [];

    /// <summary>Lines of the configuration.</summary>
    [Params(1_000, 10_000, 360_000, 1_000_000)]
    public int Lines { get; set; }

    /// <summary>Makes it.</summary>
    [GlobalSetup]
    public void Setup() => _bytes = GeneratedConfig.Make(Lines);

    /// <summary>Bytes to servers, names, sockets and locations.</summary>
    [Benchmark]
    public int ParseAndModel() => NginxConfigReader.FromBytes("/etc/nginx/nginx.conf", _bytes).Model.Servers.Count;
}

/// <summary>One request through a configuration that stands.</summary>
[MemoryDiagnoser]
public class NginxResolveBenchmarks
{
    private readonly NginxRequest _request = new("x.test", 443, Tls: true, "/ws");
    private readonly NginxRequest _deep = new("x.test", 443, Tls: true, "/app/7777/a/b/c?x=1");
    private SummitNginxConfig _config = null!;

    /// <summary>Locations of the server.</summary>
    [Params(10, 10_000)]
    public int Locations { get; set; }

    /// <summary>Reads it.</summary>
    [GlobalSetup]
    public void Setup() => _config = NginxConfigReader.FromBytes("/etc/nginx/nginx.conf", GeneratedConfig.MakeLocations(Locations));

    /// <summary>The WebSocket path.</summary>
    [Benchmark]
    public SummitNginxRoute Resolve() => NginxRouter.Resolve(_config, _request);

    /// <summary>A path among ten thousand.</summary>
    [Benchmark]
    public SummitNginxRoute ResolveAmongMany() => NginxRouter.Resolve(_config, _deep);
}
