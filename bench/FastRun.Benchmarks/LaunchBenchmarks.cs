using System;
using System.IO;
using BenchmarkDotNet.Attributes;
using FastRun.Engine.Launch;
using FastRun.Engine.Launch.Tape;
using FastRun.Layers;
using FastRun.Native.Launch;

namespace FastRun.Benchmarks;

/// <summary>
/// From a finished plan to a running process, with the machine's own root as the image: what must not allocate. Needs root.
/// </summary>
public class LaunchBenchmarks
{
    private string _top = "";
    private PlannedLaunch? _launch;

    [GlobalSetup]
    public void MakeRoots() => _top = Directory.CreateTempSubdirectory("fastrun-bench-").FullName;

    [IterationSetup]
    public void Plan() =>
        _launch = PlannedLaunch.Of(new StateLayout(Path.Combine(_top, "data"), Path.Combine(_top, "run")), "host");

    /// <summary>Writes the tape, and returns when the child has become the command.</summary>
    [Benchmark]
    public int FromPlanToProcess()
    {
        LaunchPlan plan = _launch!.Plan;
        TapeWriter.Write(plan, _launch.Tape, timed: false);
        ChildReport report = _launch.Child.Start(_launch.Tape, plan.Namespaces, plan.Cgroup.UnifiedDirectory);
        return report.Failed ? throw new InvalidOperationException($"op {report.Position}: {report.Error}") : _launch.Child.Pid;
    }

    [IterationCleanup]
    public void Release()
    {
        _launch!.Child.Wait();
        _launch.Dispose();
    }

    [GlobalCleanup]
    public void RemoveRoots() => Directory.Delete(_top, recursive: true);
}
