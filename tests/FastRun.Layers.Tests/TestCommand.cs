using System.ComponentModel;
using System.Diagnostics;

namespace FastRun.Layers.Tests;

/// <summary>Runs a peer's program; a test that needs one that is not installed is skipped.</summary>
internal static class TestCommand
{
    internal static void Run(string program, params string[] arguments)
    {
        Process? process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            });
        }
        catch (Win32Exception)
        {
            Assert.Skip(program + " is not installed");
            throw;
        }

        using (process)
        {
            string said = process!.StandardError.ReadToEnd() + process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, said);
        }
    }
}
