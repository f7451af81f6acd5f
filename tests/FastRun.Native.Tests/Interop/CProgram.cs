using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace FastRun.Native.Tests.Interop;

/// <summary>Asks the C compiler: a program that prints names and numbers, one pair a line.</summary>
internal static class CProgram
{
    /// <summary>Evaluates C expressions after a preamble of headers.</summary>
    /// <param name="preamble">Includes and definitions.</param>
    /// <param name="expressions">A name for each expression.</param>
    internal static Dictionary<string, long> Evaluate(string preamble, IEnumerable<(string Name, string Expression)> expressions)
    {
        using var source = new StringWriter();
        source.WriteLine("#include <stdio.h>\n#include <stddef.h>");
        source.WriteLine(preamble);
        source.WriteLine("int main(void) {");
        foreach ((string name, string expression) in expressions)
        {
            source.WriteLine($"#line 1 \"{name}\"\nprintf(\"%s %lld\\n\", \"{name}\", (long long)({expression}));");
        }

        source.WriteLine("return 0; }");
        return Parse(CompileAndRun(source.ToString()));
    }

    /// <summary>What the preprocessor makes of a text, with options such as another architecture's macros.</summary>
    internal static string Preprocess(string text, params string[] options) =>
        Run("gcc", ["-E", "-P", .. options, "-"], text);

    internal static Dictionary<string, long> Parse(string output)
    {
        Dictionary<string, long> values = new(StringComparer.Ordinal);
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ');
            values.Add(words[0], long.Parse(words[1], CultureInfo.InvariantCulture));
        }

        return values;
    }

    private static string CompileAndRun(string source)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("fastrun-interop-");
        try
        {
            string program = Path.Combine(directory.FullName, "program");
            Run("gcc", ["-w", "-x", "c", "-o", program, "-"], source);
            return Run(program, [], "");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static string Run(string file, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }
}
