using System;
using System.Linq;
using System.Threading.Tasks;
using FastRun.VirtualMachine.Tests.Harness;

// One for each collection, whatever the number of processors: see Kernels.cs.
[assembly: Xunit.CollectionBehavior(MaxParallelThreads = 4)]

namespace FastRun.VirtualMachine.Tests;

/// <summary>The test runner, or with <c>shell [KERNEL]</c> a shell in a guest.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is not ["shell", ..])
        {
            return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(arguments);
        }

        string name = arguments.ElementAtOrDefault(1) ?? GuestKernel.All[0].Name;
        if (GuestKernel.All.FirstOrDefault(kernel => kernel.Name == name) is not { } kernel)
        {
            await Console.Error.WriteLineAsync($"{name}: no such kernel; there are {string.Join(", ", GuestKernel.All.Select(kernel => kernel.Name))}");
            return 2;
        }

        if ((Hypervisor.Unavailable ?? kernel.Unavailable) is { } reason)
        {
            await Console.Error.WriteLineAsync(reason);
            return 1;
        }

        using GuestSystem system = new();
        return Guest.Shell(kernel, system);
    }
}
