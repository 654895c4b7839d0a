using System.Globalization;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Summit.Ops.Text;

namespace Summit.Ops.Aws.Calls;

/// <summary>What is known of a call that failed.</summary>
/// <param name="Error">What the SDK threw.</param>
/// <param name="Action">The action that was tried, <c>ssm:SendCommand</c> for one.</param>
/// <param name="Place">Where it went, and with which credentials.</param>
/// <param name="Now">This machine's clock.</param>
/// <param name="Document">The document that was to run; empty for none.</param>
internal sealed partial record ErrorFacts(Exception Error, string Action, AwsPlace Place, DateTimeOffset Now, string Document = "")
{
    /// <summary>The service's own answer, if a service answered.</summary>
    public AmazonServiceException? Answer =>
        Chain.OfType<AmazonServiceException>().FirstOrDefault(error => !string.IsNullOrEmpty(error.ErrorCode));

    /// <summary>The answer's code; empty for none.</summary>
    public string Code => Answer?.ErrorCode ?? "";

    /// <summary>What it says.</summary>
    public string Said => ForeignText.Visible((Answer ?? Error).Message.Trim());

    /// <summary>The reason at the bottom of it.</summary>
    public string Root => ForeignText.Visible(Error.GetBaseException().Message.Trim()).TrimEnd('.');

    /// <summary>The error and the errors in it.</summary>
    public IEnumerable<Exception> Chain
    {
        get
        {
            for (var error = Error; error is not null; error = error.InnerException) yield return error;
        }
    }

    /// <summary>Whether the credentials could not be had, so that the call itself was not made.</summary>
    public bool IsOfCredentials => AwsErrors.IsOfCredentials(Error);

    /// <summary>The action that AWS denies: sometimes another than the one called.</summary>
    public string DeniedAction => PerformedAction().Match(Said) is { Success: true } found ? found.Groups["action"].Value : Action;

    /// <summary>The region.</summary>
    public string Region => Place.Region;

    /// <summary>How far this machine's clock is ahead of the service's, by the answer's own date; null without one.</summary>
    public TimeSpan? Ahead
    {
        get
        {
            var date = Chain.OfType<HttpErrorResponseException>().FirstOrDefault()?.Response?.GetHeaderValue("Date");
            return DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var there)
                ? Now - there
                : null;
        }
    }

    [GeneratedRegex(
        @"not authorized to perform: (?<action>[A-Za-z0-9-]+:[A-Za-z0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PerformedAction();
}
