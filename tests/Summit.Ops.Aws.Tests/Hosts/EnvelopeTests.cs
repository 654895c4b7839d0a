using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Summit.Ops.Aws.RunCommand;

namespace Summit.Ops.Aws.Tests.Hosts;

/// <summary>What a host answers over Run Command is not believed further than it can be checked, and costs no more than it says.</summary>
public sealed class EnvelopeTests
{
    private const string Place = "/var/tmp/summit-box.abcDEF1234";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void An_answer_reads_back_as_it_was_printed()
    {
        var packed = Convert.ToBase64String(Gzip("outäerr"u8.ToArray()));
        var answer = Envelope.Read(Line(3, 5, 3, Sha("outäerr"u8), "gzip", packed.Length, "-") + packed + "\n")!;

        Assert.True(Envelope.IsWhole(Line(3, 5, 3, Sha("outäerr"u8), "gzip", packed.Length, "-") + packed));
        var result = Envelope.Unpack(answer, answer.Packed, TimeSpan.Zero)!;
        Assert.Equal((3, "outä", "err"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public void One_that_unpacks_to_more_than_it_says_is_refused_before_it_is_unpacked()
    {
        // 256 MB of one letter are 260 kB when packed
        var packed = Convert.ToBase64String(Gzip(256, 1 << 20));
        var answer = Envelope.Read(Line(0, 1000, 0, Sha("x"u8), "gzip", packed.Length, "-") + packed)!;
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Null(Envelope.Unpack(answer, answer.Packed, TimeSpan.Zero));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * 1024 * 1024);
    }

    [Theory]
    [InlineData(-1, 0, 100)]
    [InlineData(0, -1, 100)]
    [InlineData(0, 0, -1)]
    [InlineData(0, 0, Envelope.LongestPacked + 1)]
    [InlineData(Envelope.LongestAnswer, 1, 100)]
    [InlineData(int.MaxValue, int.MaxValue, 100)]
    public async Task One_without_a_size_that_makes_sense_is_not_fetched(int output, int error, int length)
    {
        var answer = Envelope.Read(Line(0, output, error, Sha("x"u8), "gzip", length, Place) + "QUJD")!;
        var run = new List<string>();

        Assert.Null(Envelope.Unpack(answer, "QUJD", TimeSpan.Zero));
        Assert.Null(await OutputPages.FetchAsync(answer, 1000, (name, _, _) => Answer(run, name, ""), Cancellation));

        Assert.Equal(["remove output"], run);
    }

    [Fact]
    public async Task One_that_says_less_than_it_has_sent_is_not_believed()
    {
        var answer = Envelope.Read(Line(0, 3, 0, Sha("x"u8), "gzip", 2, Place) + "QUJDREVG")!;

        Assert.Null(await OutputPages.FetchAsync(answer, 1000, (_, _, _) => Answer([], "", ""), Cancellation));
    }

    [Theory]
    [InlineData("/tmp/x'; reboot; '")]
    [InlineData("/etc")]
    [InlineData("$(id)/summit-box.abc")]
    [InlineData("relative/summit-box.abc")]
    public async Task A_place_that_the_envelope_does_not_make_is_not_asked_for(string place)
    {
        var run = new List<string>();
        var answer = new EnvelopeAnswer(0, 3, 0, Sha("x"u8), Gzip: true, 5000, place, "QUJD");

        Assert.Null(await OutputPages.FetchAsync(answer, 1000, (name, _, _) => Answer(run, name, ""), Cancellation));

        Assert.Empty(run);
    }

    [Fact]
    public async Task A_page_that_never_comes_whole_ends_the_fetching_and_what_is_left_is_removed()
    {
        var run = new List<string>();
        var answer = Envelope.Read(Line(0, 9000, 0, Sha("x"u8), "gzip", 9000, Place) + new string('A', 1000))!;

        Assert.Null(await OutputPages.FetchAsync(answer, 1000, (name, _, _) => Answer(run, name, new string('A', 500)), Cancellation));

        Assert.Equal(7, run.Count(name => name == "fetch output"));
        Assert.Equal("remove output", run[^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("@summit ")]
    [InlineData("@summit 0 1 2\n")]
    [InlineData("no envelope\n")]
    [InlineData("@summit 0 1 2 3 4 5 6 7 8 9\nQUJD")]
    public void What_does_not_begin_as_an_envelope_is_none(string output) => Assert.Null(Envelope.Read(output));

    private static string Line(int code, int output, int error, string sha, string encoding, int length, string place) =>
        $"@summit {code} {output} {error} {sha} {encoding} {length} {place}\n";

    private static string Sha(ReadOnlySpan<byte> text) => Convert.ToHexString(SHA256.HashData(text)).ToLowerInvariant();

    private static Task<Invocation> Answer(List<string> run, string name, string output)
    {
        lock (run) run.Add(name);
        return Task.FromResult(new Invocation("i-0123456789abcdef0", "Success", 0, output, ""));
    }

    private static byte[] Gzip(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(text);
        return packed.ToArray();
    }

    private static byte[] Gzip(int times, int size)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            var piece = Encoding.ASCII.GetBytes(new string('x', size));
            for (var i = 0; i < times; i++) gzip.Write(piece);
        }

        return packed.ToArray();
    }
}
