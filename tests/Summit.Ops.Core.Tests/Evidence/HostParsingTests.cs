using System.Net;
using Summit.Ops.Evidence;

namespace Summit.Ops.Core.Tests.Evidence;

public sealed class HostParsingTests
{
    [Fact]
    public void Proc_net_tcp_is_read_in_its_byte_order() => Assert.Equal(
        [
            new IPEndPoint(IPAddress.Loopback, 4000), new IPEndPoint(IPAddress.Any, 443), new IPEndPoint(IPAddress.IPv6Loopback, 4000),
            new IPEndPoint(IPAddress.IPv6Any, 80),
        ],
        ListenerTable.FromProc("0100007F:0FA0 1\n00000000:01BB 2\n00000000000000000000000001000000:0FA0 3\n"
            + "00000000000000000000000000000000:0050 4\nrubbish\n"));

    [Fact]
    public void Netstat_of_macos_is_read() => Assert.Equal(
        [new IPEndPoint(IPAddress.Loopback, 4000), new IPEndPoint(IPAddress.Any, 443), new IPEndPoint(IPAddress.IPv6Any, 80)],
        ListenerTable.FromNetstat("tcp4       0      0  127.0.0.1.4000         *.*                    LISTEN     \n"
            + "tcp4 0 0 *.443 *.* LISTEN\ntcp6 0 0 *.80 *.* LISTEN\n"));

    [Fact]
    public void Nginx_processes_are_told_apart()
    {
        var booted = DateTimeOffset.FromUnixTimeSeconds(1_000_000);
        var processes = NginxProcesses.FromProc(
            "10 (nginx) S 1 10 10 0 -1 4 1 0 0 0 0 0 0 0 20 0 1 0 5000 0 0\tnginx: master process nginx -c /x\n"
            + "11 (nginx) S 10 10 10 0 -1 4 1 0 0 0 0 0 0 0 20 0 1 0 6000 0 0\tnginx: worker process\n"
            + "12 (nginx) S 10 10 10 0 -1 4 1 0 0 0 0 0 0 0 20 0 1 0 6000 0 0\tnginx: worker process is shutting down\n"
            + "13 (nginx) Z 1 13 13 0 -1 4 1 0 0 0 0 0 0 0 20 0 1 0 6000 0 0\t\n",
            booted, 100);

        Assert.Equal([true, false, false, false], processes.Select(process => process.IsMaster));
        Assert.Equal([false, true, false, false], processes.Select(process => process.IsWorker));
        Assert.Equal(booted.AddSeconds(60), processes[1].Started);
    }

    [Fact]
    public void Pm2_notices_before_the_list_are_passed_over()
    {
        var site = new SummitSite { ProcessName = "summit", BackendPort = 4000 };
        var now = DateTimeOffset.FromUnixTimeMilliseconds(2_000_000);
        var backends = BackendProcesses.FromPm2(
            """
            >>>> In-memory PM2 is out-of-date
            [PM2] do: pm2 update
            [{"name":"other","pid":1},{"name":"summit","pid":42,"monit":{"memory":1048576,"cpu":1.5},
            """ + """ "pm2_env":{"status":"online","restart_time":3,"pm_uptime":1000000}}]""",
            site, SummitTarget.Local, [new IPEndPoint(IPAddress.Loopback, 4000)], now);

        var backend = Assert.Single(backends!);
        Assert.Equal(
            (42, "online", 3, TimeSpan.FromSeconds(1000), 1048576L),
            (backend.ProcessId, backend.Status, backend.Restarts, backend.Uptime, backend.Memory));
        Assert.True(backend.Listening);
        Assert.Equal(["127.0.0.1:4000"], backend.ListenAddress);
    }

    [Theory]
    [InlineData("")]
    [InlineData("pm2: command not found")]
    [InlineData("[PM2][ERROR] permission denied\n")]
    [InlineData("[{\"name\":\"summit\"")]
    public void What_is_no_list_is_null(string output) =>
        Assert.Null(BackendProcesses.FromPm2(output, new SummitSite(), SummitTarget.Local, [], DateTimeOffset.UnixEpoch));
}
