using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Summit.Ops.Completion;

/// <summary>Completes an AWS region; each choice says where it is.</summary>
public sealed class RegionCompleter : IArgumentCompleter
{
    // the commercial partition, by the documentation of AWS; a region that is newer can be typed
    private static readonly (string Name, string Place)[] Regions =
    [
        ("af-south-1", "Cape Town"), ("ap-east-1", "Hong Kong"), ("ap-northeast-1", "Tokyo"),
        ("ap-northeast-2", "Seoul"), ("ap-northeast-3", "Osaka"),
        ("ap-south-1", "Mumbai"), ("ap-south-2", "Hyderabad"), ("ap-southeast-1", "Singapore"),
        ("ap-southeast-2", "Sydney"), ("ap-southeast-3", "Jakarta"),
        ("ap-southeast-4", "Melbourne"), ("ap-southeast-5", "Malaysia"), ("ap-southeast-7", "Thailand"),
        ("ca-central-1", "Canada Central"), ("ca-west-1", "Calgary"),
        ("eu-central-1", "Frankfurt"), ("eu-central-2", "Zurich"), ("eu-north-1", "Stockholm"), ("eu-south-1", "Milan"),
        ("eu-south-2", "Spain"),
        ("eu-west-1", "Ireland"), ("eu-west-2", "London"), ("eu-west-3", "Paris"), ("il-central-1", "Tel Aviv"), ("me-central-1", "UAE"),
        ("me-south-1", "Bahrain"), ("mx-central-1", "Mexico Central"), ("sa-east-1", "Sao Paulo"),
        ("us-east-1", "N. Virginia"), ("us-east-2", "Ohio"),
        ("us-west-1", "N. California"), ("us-west-2", "Oregon"),
    ];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        from region in Regions
        where region.Name.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase)
        select new CompletionResult(region.Name, region.Name, CompletionResultType.ParameterValue, region.Place);
}
