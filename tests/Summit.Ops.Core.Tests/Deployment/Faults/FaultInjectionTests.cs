using System.Globalization;
using Summit.Ops.Errors;
using Summit.Ops.Lab;

namespace Summit.Ops.Core.Tests.Deployment.Faults;

/// <summary>
/// Something goes wrong at any point of the deployment's script; after it nothing is broken, nothing is left,
/// and the next deployment succeeds.
/// </summary>
/// <remarks>
/// <c>SUMMIT_FAULT_CASES=600</c> tries that many cases, <c>SUMMIT_FAULT_SEED</c> others; by default a few of a fixed seed.
/// </remarks>
[Trait("Category", "Lab")]
public sealed class FaultInjectionTests
{
    private static readonly DeploymentKind[] Kinds = Enum.GetValues<DeploymentKind>();
    private static readonly Fault[] Faults = Enum.GetValues<Fault>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_goes_wrong_at_whatever_point_nothing_is_broken()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        var cases = Setting("SUMMIT_FAULT_CASES", 14);
        var random = new Random(Setting("SUMMIT_FAULT_SEED", 20261124));
        await using var bench = await FaultBench.StartAsync(Cancellation);
        var points = new Dictionary<DeploymentKind, IReadOnlyList<string>>();
        var tried = new HashSet<(DeploymentKind, Fault, string)>();
        var reached = 0;
        var wrong = new List<string>();
        for (var number = 0; number < cases; number++)
        {
            // every kind and every fault comes in turn; half of all are kills, which nothing in the script can answer
            var kind = Kinds[number % Kinds.Length];
            var fault = number % 2 == 0 ? Fault.Kill : Faults[number / 2 % Faults.Length];
            if (!points.TryGetValue(kind, out var passed)) points[kind] = passed = await bench.PointsAsync(kind, Cancellation);
            var point = passed[random.Next(passed.Count)];
            if (!tried.Add((kind, fault, point))) continue;
            try
            {
                if (await bench.TryAsync(kind, fault, point, Cancellation)) reached++;
            }
            catch (Exception error)
                when (error is Xunit.Sdk.XunitException or SummitException or TimeoutException or InvalidOperationException)
            {
                wrong.Add($"{kind} {fault} {point} ({bench.Line(kind, point)}): {error.Message}");
                await bench.ResetAsync(Cancellation);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{tried.Count} cases, {reached} took effect, {tried.Select(one => (one.Item1, one.Item3)).Distinct().Count()} distinct points "
            + $"of {points.Sum(kind => kind.Value.Count)} in {points.Count} kinds; "
            + string.Join(
                ", ", tried.GroupBy(one => one.Item2).OrderBy(group => group.Key).Select(group => $"{group.Key} {group.Count()}")));
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {tried.Count}:\n{string.Join('\n', wrong)}");
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : otherwise;
}
