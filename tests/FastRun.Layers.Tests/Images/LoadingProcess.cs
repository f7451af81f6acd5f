using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.CompilerServices;
using FastRun.Layers.Images;
using FastRun.Layers.References;

namespace FastRun.Layers.Tests.Images;

/// <summary>This test program started once more, as a process that loads an image and can be killed while it does.</summary>
internal static class LoadingProcess
{
    private const string Variable = "FASTRUN_TEST_LOAD";

    internal static Process Start(TemporaryState state, string location)
    {
        ProcessStartInfo start = new("dotnet", ["exec", typeof(LoadingProcess).Assembly.Location])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[Variable] = string.Join('\n', state.Layout.DataRoot, state.Layout.RunRoot, location);
        return Process.Start(start)!;
    }

#pragma warning disable CA2255 // It is the program's own start that is wanted, before the test runner's.
    [ModuleInitializer]
    internal static void Run()
#pragma warning restore CA2255
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('\n') is not [string data, string run, string location])
        {
            return;
        }

        Console.Out.WriteLine("loading");
        Console.Out.Flush();
        int code = 1;
        try
        {
            using ImageLease lease = new ImageStore(new StateLayout(data, run)).Open(ImageLocation.Parse(location));
            lease.MakeDurable();
            code = Directory.Exists(new StateLayout(data, run).LayerTree(lease.Record.LayerIds[0])) ? 0 : 2;
        }
        finally
        {
            Environment.Exit(code);
        }
    }
}
