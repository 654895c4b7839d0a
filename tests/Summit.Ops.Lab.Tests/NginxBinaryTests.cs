namespace Summit.Ops.Lab.Tests;

public sealed class NginxBinaryTests : IDisposable
{
    private readonly string _cache = Directory.CreateTempSubdirectory("summit-lab-cache-").FullName;

    public void Dispose() => Directory.Delete(_cache, recursive: true);

    [Fact]
    public async Task Forbidden_nginx_is_unavailable_and_says_so()
    {
        var error = await Assert.ThrowsAsync<LabUnavailableException>(
            () => NginxBinary.ProvideAsync(new LabSettings { CacheFolder = _cache, Nginx = "none" }));

        Assert.Equal("The lab needs nginx and cannot have it: the setting SUMMIT_LAB_NGINX=none forbids it.", error.Message);
        Assert.Contains("apt-get install nginx", error.RecommendedAction);
    }

    [Theory]
    [InlineData("/no/such/nginx")]
    [InlineData("/bin/true")]
    [InlineData("/etc/hostname")]
    public async Task A_file_that_is_no_nginx_is_refused(string path)
    {
        var error = await Assert.ThrowsAsync<LabUnavailableException>(
            () => NginxBinary.ProvideAsync(new LabSettings { CacheFolder = _cache, Nginx = path }));

        Assert.Contains($"'{path}', which is not an nginx", error.Message);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_said()
    {
        var file = Path.Combine(_cache, "file");
        await File.WriteAllTextAsync(file, "");

        var error = await Assert.ThrowsAsync<LabUnavailableException>(
            () => NginxBinary.ProvideAsync(new LabSettings { CacheFolder = Path.Combine(file, "cache"), Nginx = "package" }));

        Assert.Contains("cannot be written", error.Message);
    }

    [Fact]
    public async Task Package_is_unpacked_once_by_whoever_comes_first()
    {
        var settings = new LabSettings { CacheFolder = _cache, Nginx = "package" };
        try
        {
            var all = await Task.WhenAll(Enumerable.Range(0, 4)
                .Select(_ => NginxBinary.ProvideAsync(settings, cancellation: TestContext.Current.CancellationToken)));

            var one = Assert.Single(all.Distinct());
            Assert.Equal("package", one.Source);
            Assert.StartsWith("nginx/", one.Version);
            Assert.StartsWith(_cache, one.CommandPath);
            Assert.Single(Directory.GetFileSystemEntries(Path.Combine(_cache, "nginx")));
        }
        catch (LabUnavailableException e)
        {
            Assert.Skip(e.Message);
        }
    }

    [Fact]
    public void Library_packages_are_the_libraries_of_a_depends_line() =>
        Assert.Equal(
            ["libcrypt1", "libpcre2-8-0", "libssl3t64", "zlib1g"],
            DebianPackage.LibraryPackages("iproute2, nginx-common (<< 1.30.~), libc6 (>= 2.34), libcrypt1 (>= 1:4.1.0), "
                + "libpcre2-8-0 (>= 10.22)|libpcre3, libssl3t64:any (>= 3.0.0), zlib1g (>= 1:1.1.4)\n"));
}
