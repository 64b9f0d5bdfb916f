using FlyMQ.Server.Health;

namespace FlyMQ.Server.Tests.Health;

public sealed class MemoryLimitTests
{
    private const long Machine = 16_000_000L * 1024;
    private const string MemInfo = "MemTotal:       16000000 kB\nMemFree:         1000000 kB\n";

    [Fact]
    public void Version_2_has_memory_max() =>
        Assert.Equal(2L << 30, Limit(("/proc/self/cgroup", "0::/\n"), ("/sys/fs/cgroup/memory.max", "2147483648\n")));

    [Fact]
    public void Max_is_no_limit() => Assert.Equal(Machine, Limit(("/proc/self/cgroup", "0::/\n"), ("/sys/fs/cgroup/memory.max", "max\n")));

    [Fact]
    public void The_smallest_limit_on_the_way_up_holds() =>
        Assert.Equal(
            1000,
            Limit(("/proc/self/cgroup", "0::/a/b.slice\n"), ("/sys/fs/cgroup/a/b.slice/memory.max", "max\n"), ("/sys/fs/cgroup/a/memory.max", "1000\n"), ("/sys/fs/cgroup/memory.max", "2000\n")));

    [Fact]
    public void Version_1_has_limit_in_bytes() =>
        Assert.Equal(
            3000,
            Limit(("/proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/pod/one\n0::/\n"), ("/sys/fs/cgroup/memory/pod/one/memory.limit_in_bytes", "3000\n")));

    [Fact]
    public void In_a_container_the_path_is_the_hosts_and_the_root_is_the_containers() =>
        Assert.Equal(4000, Limit(("/proc/self/cgroup", "4:memory:/docker/0123\n"), ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "4000\n")));

    [Fact]
    public void Version_1s_word_for_no_limit_is_more_than_any_machine_has() =>
        Assert.Equal(Machine, Limit(("/proc/self/cgroup", "4:memory:/\n"), ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")));

    [Theory]
    [InlineData("")]
    [InlineData("nonsense\n")]
    [InlineData("0::/\n")]
    public void Without_a_group_it_is_the_machines(string groups) => Assert.Equal(Machine, Limit(("/proc/self/cgroup", groups)));

    [Fact]
    public void Where_nothing_tells_it_is_0() => Assert.Equal(0, MemoryLimit.Bytes(_ => null));

    [Fact]
    public void This_machine_tells() => Assert.InRange(MemoryLimit.Bytes(MemoryLimit.ReadFile), 1 << 20, 1L << 50);

    private static long Limit(params (string Path, string Content)[] files) =>
        MemoryLimit.Bytes(path => path == "/proc/meminfo" ? MemInfo : files.FirstOrDefault(f => f.Path == path).Content);
}
