using System.Diagnostics;
using System.Runtime.InteropServices;
using FlyMQ.Server.Commands;
using FlyMQ.Server.Running;
using static FlyMQ.Server.Exporters.Prometheus.MetricFamilies;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>What the operating system and the runtime know of the process. Told from before recovery on.</summary>
/// <param name="time">The clock.</param>
/// <param name="startedAt">When the broker began to be put together.</param>
internal sealed class ProcessSection(TimeProvider time, long startedAt) : IMetricsSection
{
    private static readonly MetricFamily BuildInfo = new("flymq_build_info", MetricType.Gauge, "1, with the version, the commit and the runtime as labels", "version", "commit", "runtime");
    private static readonly MetricFamily StartTime = new("flymq_process_start_time_seconds", MetricType.Gauge, "When the process started, in seconds since 1970");
    private static readonly MetricFamily Cpu = new("flymq_process_cpu_seconds_total", MetricType.Counter, "CPU time of the process, user and system");
    private static readonly MetricFamily OpenHandles = new("flymq_process_open_fds", MetricType.Gauge, "File descriptors that are open: files, sockets and the runtime's own");
    private static readonly MetricFamily MaxHandles = new("flymq_process_max_fds", MetricType.Gauge, "File descriptors that may be open");
    private static readonly MetricFamily PoolThreads = new("flymq_runtime_thread_pool_threads", MetricType.Gauge, "Threads of the thread pool");
    private static readonly MetricFamily PoolQueue = new("flymq_runtime_thread_pool_queue_length", MetricType.Gauge, "Work items that wait for a thread of the pool");
    private static readonly MetricFamily PoolCompleted = new("flymq_runtime_thread_pool_completed_items_total", MetricType.Counter, "Work items that the thread pool has done");
    private static readonly MetricFamily GcPause = new("flymq_runtime_gc_pause_seconds_total", MetricType.Counter, "Time in which garbage collections held all threads");
    private static readonly MetricFamily GcCollections = new("flymq_runtime_gc_collections_total", MetricType.Counter, "Garbage collections by the oldest generation they collected", "generation");
    private static readonly MetricFamily Allocated = new("flymq_runtime_allocated_bytes_total", MetricType.Counter, "Bytes allocated on the managed heap");
    private static readonly MetricFamily Heap = new("flymq_runtime_heap_bytes", MetricType.Gauge, "Bytes of the managed heap that are in use, garbage that is not collected yet included");

    private static readonly double StartedAt = StartOfProcess();

    public IReadOnlyList<MetricFamily> Families =>
    [
        ServerUptime, ServerMemory, BuildInfo, StartTime, Cpu, OpenHandles, MaxHandles, PoolThreads, PoolQueue, PoolCompleted, GcPause, GcCollections, Allocated, Heap,
    ];

    public ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        page.One(ServerUptime, time.GetElapsedTime(startedAt).TotalSeconds);
        page.One(ServerMemory, Environment.WorkingSet);
        page.Begin(BuildInfo);
        page.Sample(BuildInfo, 1, ProductVersion.Number, ProductVersion.Commit, RuntimeInformation.FrameworkDescription);
        page.One(StartTime, StartedAt);
        page.One(Cpu, Environment.CpuUsage.TotalTime.TotalSeconds);
        if (FileHandles.CountOpen() is { } open)
        {
            page.One(OpenHandles, open);
        }

        if (FileHandles.Limit() is { } limit)
        {
            page.One(MaxHandles, (double)limit);
        }

        page.One(PoolThreads, ThreadPool.ThreadCount);
        page.One(PoolQueue, ThreadPool.PendingWorkItemCount);
        page.One(PoolCompleted, ThreadPool.CompletedWorkItemCount);
        page.One(GcPause, GC.GetTotalPauseDuration().TotalSeconds);
        page.Begin(GcCollections);
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            // The runtime counts a collection for every generation it covers.
            var older = generation < GC.MaxGeneration ? GC.CollectionCount(generation + 1) : 0;
            page.Sample(GcCollections, Math.Max(0, GC.CollectionCount(generation) - older), PartitionLabels.Of(generation));
        }

        page.One(Allocated, GC.GetTotalAllocatedBytes(precise: false));
        page.One(Heap, GC.GetTotalMemory(forceFullCollection: false));
        return ValueTask.CompletedTask;
    }

    private static double StartOfProcess()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
    }
}
