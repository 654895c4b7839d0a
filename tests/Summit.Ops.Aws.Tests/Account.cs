using Summit.Ops.Hosts;
using Summit.Ops.Lab.Aws;

namespace Summit.Ops.Aws.Tests;

/// <summary>A loopback endpoint with an instance in it, and our own side of the wire.</summary>
internal sealed class Account : IAsyncDisposable
{
    public const string Region = "eu-west-1";

    /// <summary>The instance that is there from the start.</summary>
    public const string Id = "i-0123456789abcdef0";

    private readonly AwsServices _services;

    public Account(TimeProvider? time = null)
    {
        _services = new AwsServices(time ?? TimeProvider.System);
        Aws = AwsEndpoint.Start(time);
        Add(Id);
    }

    public AwsEndpoint Aws { get; }

    public IAwsServices Services => _services;

    public AwsConnection Connection => new()
    {
        Region = Region,
        EndpointUrl = Aws.Url,
        Key = new AwsKey(Aws.AccessKeyId, Aws.SecretAccessKey, SessionToken: null),
        Purpose = "Invoke-SummitDiagnostic",
    };

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Adds an instance.</summary>
    public void Add(string id, Func<LabMachine, LabMachine>? change = null)
    {
        var machine = new LabMachine
        {
            InstanceId = id,
            Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["Name"] = "web", ["Role"] = "proxy" },
        };
        Aws.Fleet.Put(change?.Invoke(machine) ?? machine);
    }

    /// <summary>The host behind an instance.</summary>
    public IHost Host(string id = Id, AwsConnection? connection = null, IProgress<string>? progress = null) =>
        _services.Host(
            new SummitTarget { Name = id, Kind = SummitTargetKind.Ssm, InstanceId = id, Region = Region },
            connection ?? Connection, progress);

    /// <summary>A script.</summary>
    public static HostScript Script(string text, bool readOnly = true, int seconds = 30) =>
        new("test", text, TimeSpan.FromSeconds(seconds), readOnly);

    /// <summary>How often an action was called, whatever came of it.</summary>
    public int Count(string action) => Aws.Calls.Count(call => call.Action == action);

    public async ValueTask DisposeAsync()
    {
        await Aws.DisposeAsync();
        Assert.Empty(Aws.Faults);
        // neither our calls nor the endpoint's answers may drift from AWS
        Assert.Empty(Endpoint.ServiceModel.FaultsOf(Aws.Calls));
    }
}
