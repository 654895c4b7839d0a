using System.Globalization;
using System.Xml.Linq;

namespace Summit.Ops.Lab.Aws.Ec2;

/// <summary>An operation of EC2 that lists things: by id, by filter, page by page.</summary>
/// <param name="name">The operation.</param>
/// <param name="set">The element around the answer's items.</param>
internal sealed class DescribeList<T>(string name, string set) : IEc2Operation
{
    private const int PageSize = 1000;

    public string Name => name;

    /// <summary>All there are in a region.</summary>
    public required Func<string, IEnumerable<T>> All { get; init; }

    /// <summary>The parameter that names them by id.</summary>
    public required string IdParameter { get; init; }

    /// <summary>The id of one.</summary>
    public required Func<T, string> Id { get; init; }

    /// <summary>The error's code for one that is not there.</summary>
    public required string NotFound { get; init; }

    /// <summary>The values that a filter compares; null where there is no such filter.</summary>
    public required Func<T, string, IEnumerable<string>?> Field { get; init; }

    /// <summary>One as an item.</summary>
    public required Func<T, IEnumerable<XElement?>> Shape { get; init; }

    public IEnumerable<XElement> Answer(string region, QueryParameters form)
    {
        var all = All(region).ToList();
        var ids = form.List(IdParameter);
        foreach (var id in ids.Where(id => all.All(one => Id(one) != id)))
        {
            throw new AwsErrorException(NotFound, $"The ID '{id}' does not exist");
        }

        var filters = form.Filters();
        var found = all.Where(one => (ids.Count == 0 || ids.Contains(Id(one), StringComparer.Ordinal))
            && filters.All(filter => Passes(one, filter.Key, filter.Value))).ToList();
        var from = form.Number("NextToken", 0);
        var size = Math.Clamp(form.Number("MaxResults", PageSize), 5, PageSize);
        yield return new XElement(
            Ec2Service.Ns + set, found.Skip(from).Take(size).Select(one => new XElement(Ec2Service.Ns + "item", Shape(one))));
        if (from + size < found.Count)
        {
            yield return new XElement(Ec2Service.Ns + "nextToken", (from + size).ToString(CultureInfo.InvariantCulture));
        }
    }

    private bool Passes(T one, string filter, IReadOnlyList<string> values) =>
        (Field(one, filter) ?? throw new AwsErrorException("InvalidParameterValue", $"The filter '{filter}' is invalid")).Any(
            value => QueryParameters.Matches(values, value));
}
