namespace Summit.Ops.RealHost.Tests;

/// <summary>The table itself, which needs no host.</summary>
public sealed class TableTests
{
    [Fact]
    public void The_sample_names_forty_of_the_faults_at_least()
    {
        var names = Scenarios.All.Select(fault => fault.Name).ToList();
        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
        Assert.Empty(Scenarios.Sample.Except(names, StringComparer.Ordinal));
        Assert.True(Scenarios.Sample.Count >= 40, $"{Scenarios.Sample.Count} in the sample");
    }

    [Fact]
    public void A_fault_shows_in_what_the_outside_meets_or_in_what_is_said() =>
        Assert.All(Scenarios.All, fault => Assert.True(
            fault.Causes.Length > 0 && (fault.Broken.Length > 0 || fault.Says.Length > 0), fault.Name));
}
