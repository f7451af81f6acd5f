using BenchmarkDotNet.Running;
using FastRun.Benchmarks;
using FastRun.Layers;

if (args is ["dump-tape", var dataRoot, var runRoot, var image, var path])
{
    TapeDump.Write(new StateLayout(dataRoot, runRoot), image, path);
}
else if (args is ["network-steps", var rounds])
{
    NetworkSteps.Print(int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture));
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(TapeDump).Assembly).Run(args, InProcess.Config);
}
