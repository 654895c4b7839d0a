using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Lab.Aws;

namespace Summit.Ops.Aws.Tests.Hosts;

/// <summary>
/// Ten thousand targets of all kinds by simulation: the real SDK and the real wire, hosts without processes. One region is slow, one call
/// in twenty is throttled, three instances are refused.
/// </summary>
/// <remarks>SUMMIT_FLEET sets how many instances.</remarks>
public sealed class MixedFleetTests
{
    private const string SlowRegion = "ap-southeast-2";
    private const int Batch = 50, Refused = 3;
    private static readonly int Size =
        int.TryParse(Environment.GetEnvironmentVariable("SUMMIT_FLEET"), CultureInfo.InvariantCulture, out var size) ? size : 10_000;

    [Fact]
    public async Task Each_outcome_comes_as_it_is_there_and_is_counted_once_with_hardly_more_than_the_fewest_calls()
    {
        await using var fleet = new Fleet(slow: TimeSpan.FromSeconds(8));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = 0L;
        await using var gauge = new Timer(_ => peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false)), null, 0, 200);
        var watch = Stopwatch.StartNew();

        var outcomes = new ConcurrentQueue<(string Region, string Outcome, TimeSpan At, int Sent)>();
        await Task.WhenAll(fleet.Targets.Select(async target =>
        {
            var outcome = await fleet.RunAsync(target, Account.Stop);
            outcomes.Enqueue((target.Region, outcome, watch.Elapsed, fleet.Count("ssm:SendCommand")));
        }));

        var counted = outcomes.GroupBy(each => each.Outcome)
            .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        Assert.Equal(fleet.Expected.OrderBy(pair => pair.Key), counted.OrderBy(pair => pair.Key));
        Assert.All(fleet.Delivered, pair => Assert.Equal(1, pair.Value));
        var (all, sends, throttled) = (fleet.Calls.Count, fleet.Count("ssm:SendCommand"), fleet.Calls.Count(call => call.Outcome != "OK"));
        var near = outcomes.Where(each => each.Region == Account.Region).Select(each => each.At).Order().ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Size} instances in {watch.Elapsed.TotalSeconds:0.0} s; first answer after {near[0].TotalSeconds:0.0} s, half of the near "
                + $"region after {near[near.Count / 2].TotalSeconds:0.0} s, all of it after {near[^1].TotalSeconds:0.0} s; {all} calls, "
                + $"{sends} of them SendCommand, {throttled} refused or throttled, {fleet.Fewest} are the least possible; "
                + $"{(peak - before) / 1e6:0} MB of managed memory at most, the endpoint's own included"));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", counted.Select(pair => $"{pair.Key} {pair.Value}")));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(
            ", ", fleet.Calls.GroupBy(call => $"{call.Action} {call.Outcome}").Select(group => $"{group.Key} {group.Count()}")));

        // the first answers are there while most of the commands are not sent, and the slow region keeps none of the others waiting
        Assert.True(outcomes.First().Sent < sends / 2, $"{outcomes.First().Sent} of {sends} were sent before the first answer");
        Assert.True(near[Batch] < outcomes.Where(each => each.Region == SlowRegion).Min(each => each.At));

        // a call that was throttled has to be made again, so the least possible is that many more
        Assert.InRange(all, fleet.Fewest + throttled - Refused, (fleet.Fewest * 1.2) + throttled + (Refused * 4));
        Assert.True(peak - before < 300_000_000, $"{peak - before} bytes");
    }

    [Fact]
    public async Task Ctrl_C_in_the_middle_leaves_nothing_running_that_is_not_named()
    {
        await using var fleet = new Fleet(slow: TimeSpan.FromSeconds(4));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Account.Stop);
        var done = 0;
        var watch = Stopwatch.StartNew();
        var ended = await Task.WhenAll(fleet.Targets.Select(async target =>
        {
            try
            {
                var outcome = await fleet.RunAsync(target, stop.Token);
                if (Interlocked.Increment(ref done) == Size / 3) await stop.CancelAsync();
                return (target.Id, Outcome: outcome, Said: "");
            }
            catch (HostRunCancelledException told)
            {
                return (target.Id, Outcome: "", Said: told.Message);
            }
        }));
        var took = watch.Elapsed;
        var (left, delivered) = (ended.Where(each => each.Outcome.Length == 0).ToList(), fleet.Delivered.Keys.ToHashSet());
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{ended.Length - left.Count} ended and {left.Count} cancelled after {took.TotalSeconds:0.0} s"));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', left.GroupBy(each => Kind(each.Said)).Select(
            group => $"{group.Count()} {group.Key}")));

        Assert.NotEmpty(left);
        // what ran on a host is never said to have been left out, and each that was sent is named with its command
        Assert.All(left.Where(each => delivered.Contains(each.Id)), each => Assert.DoesNotContain("was not sent", each.Said));
        Assert.All(left.Where(each => !each.Said.Contains("was not sent", StringComparison.Ordinal)), each => Assert.Matches(
            $"^{each.Id}: (Command [0-9a-f-]{{36}} |.* not known whether the command was sent; .*run=[0-9a-f]{{12}})", each.Said));

        // longer than the slow agents take: nothing begins any more, but where it was said to be unknown
        await Task.Delay(TimeSpan.FromSeconds(6), Account.Stop);
        var unsure = left.Where(each => each.Said.Contains("not known", StringComparison.Ordinal)
            || each.Said.Contains("was still", StringComparison.Ordinal)
            || each.Said.Contains("could not be cancelled", StringComparison.Ordinal)).Select(each => each.Id);
        Assert.Empty(fleet.Delivered.Keys.Except(delivered).Except(unsure));

        static string Kind(string said) => string.Join(' ', said.Split(' ').Skip(said.Contains(": Command ", StringComparison.Ordinal)
            ? 4
            : 1));
    }

    /// <summary>Two regions, each with an endpoint of its own, and their instances.</summary>
    private sealed class Fleet : IAsyncDisposable
    {
        private static readonly HostScript Script = Account.Script("hostname", readOnly: false);
        private readonly Account _near = new();
        private readonly Account _slow = new();

        public Fleet(TimeSpan slow)
        {
            (_slow.Aws.Knobs.AgentDelay, _slow.Aws.Knobs.Latency) = (slow, TimeSpan.FromMilliseconds(200));
            foreach (var account in new[] { _near, _slow }) (account.Aws.Knobs.Seed, account.Aws.Knobs.Throttles) = (7, 0.05);
            for (var i = 0; i < Size; i++)
            {
                var (id, region) = ($"i-0{i:x16}", i % 10 == 9 ? SlowRegion : Account.Region);
                var code = i % 100 == 3 ? 1 : i % 200 == 5 ? 137 : 0;
                var (agent, outcome) = i is 11 or 1212 or 7777 ? (LabAgent.NotRegistered, "InstanceNotRegistered")
                    : i % 50 == 17 ? (LabAgent.Undeliverable, "Undeliverable")
                    : (LabAgent.Online, code == 137 ? "ScriptKilled" : $"exit {code}");
                Targets.Add((id, region));
                Expected[outcome] = Expected.GetValueOrDefault(outcome) + 1;
                At(region).Add(id, machine => machine with
                {
                    Region = region,
                    Agent = agent,
                    Simulation = _ =>
                    {
                        Delivered.AddOrUpdate(id, 1, (_, count) => count + 1);
                        return code == 137 ? new ScriptOutcome(code, "") : Simulated.Answer(code, $"{id}\n");
                    },
                });
            }
        }

        public List<(string Id, string Region)> Targets { get; } = [];

        public Dictionary<string, int> Expected { get; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<string, int> Delivered { get; } = new(StringComparer.Ordinal);

        public IReadOnlyList<AwsCall> Calls => [.. _near.Aws.Calls, .. _slow.Aws.Calls];

        /// <summary>
        /// One SendCommand for each fifty instances, one look at each command, and one at each script that was killed: a list does not say
        /// how long it ran.
        /// </summary>
        public int Fewest => Targets.GroupBy(target => target.Region).Sum(region => 2 * ((region.Count() + Batch - 1) / Batch))
            + Expected["ScriptKilled"];

        public int Count(string action) => _near.Count(action) + _slow.Count(action);

        public async Task<string> RunAsync((string Id, string Region) target, CancellationToken cancellation)
        {
            var account = At(target.Region);
            var host = account.Services.Host(
                new SummitTarget { Name = target.Id, Kind = SummitTargetKind.Ssm, InstanceId = target.Id, Region = target.Region },
                account.Connection with { Region = target.Region }, progress: null);
            try
            {
                var result = await host.RunAsync(Script, cancellation);
                Assert.Equal(target.Id, result.Output.Trim());
                return $"exit {result.ExitCode}";
            }
            catch (SummitException error)
            {
                // where a command was refused for one of fifty, all are looked up before they are sent to
                return error.ErrorId == "AgentOffline" ? "Undeliverable" : error.ErrorId;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _near.DisposeAsync();
            await _slow.DisposeAsync();
        }

        private Account At(string region) => region == SlowRegion ? _slow : _near;
    }
}
