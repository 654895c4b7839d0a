using System.Xml.Linq;

namespace Summit.Ops.Lab.Aws.Ec2;

/// <summary>One operation of EC2.</summary>
public interface IEc2Operation
{
    /// <summary>Its name, for example <c>DescribeInstances</c>.</summary>
    string Name { get; }

    /// <summary>The content of the answer, between its request id and its end, in the namespace <see cref="Ec2Service.Ns"/>.</summary>
    /// <param name="region">The region that was asked.</param>
    /// <param name="form">The parameters.</param>
    /// <exception cref="AwsErrorException">The answer is an error.</exception>
    IEnumerable<XElement> Answer(string region, QueryParameters form);
}

/// <summary>EC2: the operations that somebody has added.</summary>
public sealed class Ec2Service : IAwsService
{
    private readonly Dictionary<string, IEc2Operation> _operations = new(StringComparer.Ordinal);

    internal Ec2Service(LabFleet fleet)
    {
        Network = new LabNetwork(fleet);
        Add(new DescribeInstances(fleet));
        foreach (var operation in NetworkOperations.Over(Network).Concat(NetworkChanges.Over(Network))) Add(operation);
    }

    /// <summary>The network that it describes.</summary>
    public LabNetwork Network { get; }

    /// <summary>The namespace of its answers.</summary>
    public static XNamespace Ns { get; } = "http://ec2.amazonaws.com/doc/2016-11-15/";

    string IAwsService.Name => "ec2";

    /// <summary>Adds an operation, or replaces the one of that name.</summary>
    public void Add(IEc2Operation operation) => _operations[operation.Name] = operation;

    AwsAnswer IAwsService.Answer(AwsRequest request) => _operations.TryGetValue(request.Operation, out var operation)
        ? request.Form["DryRun"] == "true"
            ? throw new AwsErrorException("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
        : AwsAnswer.Xml(new XElement(Ns + $"{request.Operation}Response", new XElement(Ns + "requestId", Guid.NewGuid()), operation.Answer(
            request.Region, request.Form)))
        : throw new AwsErrorException("InvalidAction", $"The action {request.Operation} is not valid for this web service.");
}
