using Summit.Ops.Hosts;

namespace Summit.Ops.Core.Tests.Hosts;

public sealed class UnusedFunctionsTests
{
    [Fact]
    public void What_nothing_calls_is_left_out_and_what_only_that_calls_too()
    {
        const string script =
            "used() { echo a; }\nalone() {\n    helper\n    echo b\n}\nhelper() (\n    alone_not\n)\nagain() { again; }\nused";
        Assert.Equal("used() { echo a; }\nused", UnusedFunctions.Removed(script));
    }

    [Theory]
    [InlineData("trap 'named' EXIT")]
    [InlineData("eval \"named x\"")]
    [InlineData("other=$(named)")]
    [InlineData("if ! named; then :; fi")]
    public void A_name_in_quotes_or_in_a_condition_is_a_call(string line) => Assert.StartsWith(
        "named() {\n    echo\n}\n", UnusedFunctions.Removed($"named() {{\n    echo\n}}\n{line}"), StringComparison.Ordinal);

    [Fact]
    public void A_brace_inside_a_line_ends_no_function() =>
        Assert.Equal(
            "run", UnusedFunctions.Removed("lost() {\n    awk '{ print }\n    END { print }' x\n    case a in a) { b; } ;; esac\n}\nrun"));
}
