using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Summit.Ops.Aws.RunCommand;

/// <summary>Fetches what one answer of Run Command cannot hold, page by page, and has it removed from the host.</summary>
internal static partial class OutputPages
{
    private const int AtOnce = 4;
    private const string End = "@end";

    /// <summary>The rest of an answer whose beginning is here; the last page removes it from the host, and so does a failure.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="pageSize">How many characters one answer of Run Command holds.</param>
    /// <param name="run">Runs a script of a name on the same instance.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The whole packed answer, or null where a page did not come as it should.</returns>
    public static async Task<string?> FetchAsync(
        EnvelopeAnswer answer, int pageSize, Func<string, string, CancellationToken, Task<Invocation>> run, CancellationToken cancellation)
    {
        // what the host says goes into a script again: only a path that the envelope makes
        if (!Place().IsMatch(answer.Place)) return null;
        using var turns = new SemaphoreSlim(AtOnce);
        var removed = false;
        try
        {
            // a host that says less than it has sent already is not believed either
            if (answer.IsTooLong || answer.Length <= answer.Packed.Length) return null;
            var offsets = Enumerable.Range(0, int.MaxValue)
                .Select(i => answer.Packed.Length + (i * pageSize))
                .TakeWhile(offset => offset < answer.Length).ToList();
            var fetched = await Task.WhenAll(offsets.SkipLast(1).Select(offset => PageAsync(offset, remove: false)));
            if (fetched.Any(page => page is null)) return null;
            var last = await PageAsync(offsets[^1], remove: true);
            removed = last is not null;
            return last is null ? null : new StringBuilder(answer.Packed, answer.Length).AppendJoin("", fetched).Append(last).ToString();
        }
        finally
        {
            // best effort also after Ctrl+C; whatever is left is swept by a later run
            if (!removed) await RemoveAsync();
        }

        async Task<string?> PageAsync(int offset, bool remove)
        {
            await turns.WaitAsync(cancellation);
            try
            {
                var size = Math.Min(pageSize, answer.Length - offset);
                var invocation = await run("fetch output", Script(answer.Place, offset, size, remove), cancellation);
                return invocation.Output.Length > size && IsWhole(invocation.Output) ? invocation.Output[..size] : null;
            }
            finally
            {
                turns.Release();
            }
        }

        async Task RemoveAsync()
        {
            try
            {
                await run(
                    "remove output",
                    $"# Summit.Ops: removes fetched output\nrm -rf '{answer.Place}' && echo '{End}'\n",
                    CancellationToken.None);
            }
            catch (Exception error) when (error is Errors.SummitException or OperationCanceledException)
            {
                // the first error is the one to tell
            }
        }
    }

    /// <summary>Whether a page's answer is all there.</summary>
    public static bool IsWhole(string output) => output.TrimEnd().EndsWith(End, StringComparison.Ordinal);

    private static string Script(string place, int offset, int size, bool remove) => string.Create(CultureInfo.InvariantCulture,
        $"# Summit.Ops: fetches output, reads only\ntail -c +{offset + 1} '{place}/packed' | head -c {size} && echo && echo "
            + $"'{End}'{(remove ? $" && rm -rf '{place}'" : "")}\n");

    [GeneratedRegex(@"^/[A-Za-z0-9._/-]*/summit-box\.[A-Za-z0-9]+$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();
}
