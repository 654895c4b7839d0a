using System.Diagnostics;
using Summit.Ops.Aws.Calls;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;

namespace Summit.Ops.Aws.Tests.Failures;

/// <summary>
/// The table of what people meet with credentials, the way to AWS and Run Command, each row against real files and a real wire.
/// </summary>
[Collection(nameof(OwnEnvironment))]
public sealed class ErrorTableTests
{
    // these say "this call", so that the next may go well; or they are about one instance or document
    private static readonly string[] NotOfTheAccount =
    [
        "AwsAccessDenied", "AwsOptInRequired", "AwsThrottled", "AwsUnreachable", "AwsProxyRefused", "AwsCertificateNotTrusted",
    ];

    public static TheoryData<string> Names => [.. ErrorTable.All.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_has_its_id_its_cause_and_the_command_that_helps(string name)
    {
        var row = ErrorTable.All.Single(each => each.Name == name);
        await using var bench = new ErrorBench();
        var connection = row.Arrange(bench);
        var started = TimeProvider.System.GetTimestamp();
        var error = await Assert.ThrowsAnyAsync<SummitException>(
            () => row.AsksEc2 ? FindAsync(bench, connection) : RunAsync(bench, connection));

        Assert.True(row.ErrorId == error.ErrorId, $"{error.ErrorId}: {error.Message}\n{error.InnerException}");
        Assert.All(row.Says, said => Assert.Contains(said, error.Message, StringComparison.Ordinal));
        Assert.StartsWith(row.Command, error.RecommendedAction, StringComparison.Ordinal);
        await ParsesAsync(error.RecommendedAction);
        // alone it is a moment; the SDK's own retries were half a minute, and each further target waited as long again
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Assert.DoesNotContain(bench.Account.Aws.SecretAccessKey, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_the_account_as_a_whole_ends_the_pipeline()
    {
        var ids = KnownError.All.Select(row => row.Id)
            .Where(id => !id.StartsWith("RunCommand", StringComparison.Ordinal))
            .Except(NotOfTheAccount, StringComparer.Ordinal);
        Assert.Empty(ids.Except(AwsErrorIds.EndAll, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_row_of_the_source_is_met()
    {
        // these need what a test cannot make: an answer of the real SSO, a document that is being changed, a process in which the SDK has
        // found no credentials before (it keeps the first source that it finds)
        string[] notHere = ["AwsSsoRefused", "RunCommandRoleInvalid", "AwsWebIdentityRefused"];
        Assert.Empty(KnownError.All.Select(row => row.Id)
            .Except(ErrorTable.All.Select(row => row.ErrorId), StringComparer.Ordinal)
            .Except(notHere, StringComparer.Ordinal));
    }

    private static async Task FindAsync(ErrorBench bench, AwsConnection connection)
    {
        await foreach (var _ in bench.Account.Services.FindAsync(new TargetQuery { InstanceIds = [Account.Id] }, connection, Account.Stop))
        {
            // the first page says it all
        }
    }

    private static Task<HostResult> RunAsync(ErrorBench bench, AwsConnection connection) =>
        bench.Account.Services.Host(
            new SummitTarget { Name = "web", Kind = SummitTargetKind.Ssm, InstanceId = Account.Id, Region = Account.Region },
            connection,
            null).RunAsync(Account.Script("true"), Account.Stop);

    private static async Task ParsesAsync(string command)
    {
        var start = new ProcessStartInfo("sh", ["-n", "-c", command]) { RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync(Account.Stop);
        await process.WaitForExitAsync(Account.Stop);
        Assert.True(process.ExitCode == 0, $"{command}: {said}");
    }
}
