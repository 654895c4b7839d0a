using System.Collections.Concurrent;
using System.Diagnostics;
using Summit.Ops.Errors;
using Summit.Ops.Lab.Aws;

namespace Summit.Ops.Aws.Tests.Hosts;

/// <summary>A large fleet by simulation: the real SDK and the real wire, hosts without processes.</summary>
/// <remarks>
/// SUMMIT_FLEET sets how many instances (1,000), SUMMIT_FLEET_SEEDS how many runs with faults (2), SUMMIT_FLEET_FIRST_SEED the first of
/// them (1); the figures of 10,000 and 20 stand in the issue.
/// </remarks>
public sealed class FleetTests
{
    private static readonly int Size = Setting("SUMMIT_FLEET", 1_000);
    private static readonly int First = Setting("SUMMIT_FLEET_FIRST_SEED", 1);
    private static readonly int Runs = Setting("SUMMIT_FLEET_SEEDS", 2);

    [Fact]
    public async Task Every_instance_is_accounted_for_exactly_once_with_little_more_than_the_fewest_calls()
    {
        await using var account = new Account();
        // rates of the order that an account has: SendCommand is the scarce one
        account.Aws.Knobs.Rates["ssm:SendCommand"] = 20;
        account.Aws.Knobs.Rates["ssm:ListCommandInvocations"] = 40;
        account.Aws.Knobs.AgentDelay = TimeSpan.FromSeconds(1);
        var (ids, delivered) = Populate(account);

        var watch = Stopwatch.StartNew();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = 0L;
        await using var gauge = new Timer(_ => peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false)), null, 0, 200);
        var outcomes = await RunAsync(account, ids);

        Check(ids, outcomes, delivered);
        var sends = account.Aws.Calls.Where(call => call.Action == "ssm:SendCommand").ToList();
        var lists = account.Count("ssm:ListCommandInvocations");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{ids.Count} instances in {watch.Elapsed.TotalSeconds:0.0} s: "
                + $"{sends.Count} SendCommand ({sends.Count(call => call.Outcome != "OK")} throttled), {lists} ListCommandInvocations, "
                + $"{account.Aws.Calls.Count} calls in all, {(peak - before) / 1e6:0} MB of managed memory at most");
        var fewest = 2 * ((ids.Count + 49) / 50);
        // targets that come 20 ms apart, on a machine with much else to do, go in one command more
        Assert.InRange(sends.Count(call => call.Outcome == "OK"), fewest / 2, fewest / 2 * 1.2);
        // the first commands of a fleet are looked at more often: nobody knows yet how long they take
        Assert.InRange(account.Aws.Calls.Count, fewest, (fewest * 1.2) + 40);
        Assert.Equal(0, account.Count("ssm:GetCommandInvocation"));
        Assert.True(peak - before < 300_000_000);
    }

    [Fact]
    public async Task Throttling_resets_and_errors_of_the_server_lose_and_double_nothing()
    {
        for (var seed = First; seed < First + Runs; seed++)
        {
            await using var account = new Account();
            (account.Aws.Knobs.Seed, account.Aws.Knobs.Throttles, account.Aws.Knobs.ServerErrors, account.Aws.Knobs.Resets) = (
                seed, 0.1, 0.05, 0.1);
            account.Aws.Knobs.ConsistencyDelay = TimeSpan.FromMilliseconds(300);
            var (ids, delivered) = Populate(account);
            var watch = Stopwatch.StartNew();
            Check(ids, await RunAsync(account, ids), delivered);
            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {ids.Count} instances in {watch.Elapsed.TotalSeconds:0.0} s, "
                + $"{account.Aws.Calls.Count} calls, {account.Aws.Calls.Count(call => call.Outcome != "OK")} of them failed");
        }
    }

    private static (List<string> Ids, ConcurrentDictionary<string, int> Delivered) Populate(Account account)
    {
        var delivered = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var ids = Enumerable.Range(0, Size).Select(i => $"i-0{i:x16}").ToList();
        foreach (var (id, i) in ids.Select((id, i) => (id, i)))
        {
            account.Add(id, machine => machine with
            {
                // 2% offline, 1% failing
                Agent = i % 50 == 7 ? LabAgent.Undeliverable : LabAgent.Online,
                Simulation = _ =>
                {
                    delivered.AddOrUpdate(id, 1, (_, count) => count + 1);
                    return i % 100 == 3 ? Simulated.Answer(1, $"{id} failed\n") : Simulated.Answer(0, $"{id} well\n");
                },
            });
        }

        return (ids, delivered);
    }

    private static async Task<List<(string Id, string Outcome)>> RunAsync(Account account, List<string> ids)
    {
        var script = Account.Script("hostname", readOnly: false);
        return [.. await Task.WhenAll(ids.Select(async id =>
        {
            try
            {
                var result = await account.Host(id).RunAsync(script, Account.Stop);
                return (id, $"{result.ExitCode} {result.Output.Trim()}");
            }
            catch (SummitAwsException error)
            {
                return (id, error.ErrorId);
            }
        }))];
    }

    private static void Check(List<string> ids, List<(string Id, string Outcome)> outcomes, ConcurrentDictionary<string, int> delivered)
    {
        var expected = ids.Select((id, i) => (id, i % 50 == 7 ? "Undeliverable" : i % 100 == 3 ? $"1 {id} failed" : $"0 {id} well"));
        Assert.Equal(expected, outcomes);
        Assert.All(delivered, pair => Assert.Equal(1, pair.Value));
        Assert.Equal(ids.Count - ids.Where((_, i) => i % 50 == 7).Count(), delivered.Count);
    }

    private static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : usual;
}
