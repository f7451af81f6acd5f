using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;

namespace FastRun.Native.Tests.Interop;

/// <summary>What C expressions over this machine's kernel headers are, by compiling and running a small program.</summary>
internal static class CHeaders
{
    /// <summary>
    /// Evaluates integer expressions after including headers; expressions that do not compile fail the test. What is newer
    /// than this machine's headers is left out where it is listed as such.
    /// </summary>
    public static IReadOnlyDictionary<string, long> Evaluate(
        string prologue, IReadOnlyCollection<string> expressions, params string[] newer)
    {
        StringBuilder source = new(prologue);
        source.AppendLine().AppendLine("#include <stdio.h>").AppendLine("int main(void) {");
        foreach (string expression in expressions)
        {
            string print = $"printf(\"%s\\t%lld\\n\", \"{expression}\", (long long)({expression}));";
            source.AppendLine(newer.Contains(expression) ? $"#ifdef {expression}\n{print}\n#endif" : print);
        }

        source.AppendLine("return 0; }");
        string directory = Directory.CreateTempSubdirectory("fastrun-headers-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(directory, "p.c"), source.ToString());
            Run("gcc", ["-w", "-o", Path.Combine(directory, "p"), Path.Combine(directory, "p.c")]);
            string[] lines = Run(Path.Combine(directory, "p"), []).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return lines.Select(line => line.Split('\t')).ToDictionary(line => line[0], line => long.Parse(line[1], null));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string Run(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }
}
