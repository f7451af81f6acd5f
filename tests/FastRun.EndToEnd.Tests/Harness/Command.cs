using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text;
using System.Threading.Tasks;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>A command line to run as a child process.</summary>
internal sealed record Command(string File, params IReadOnlyList<string> Arguments)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>What the command reads; empty when null.</summary>
    internal string? Stdin { get; init; }

    /// <summary>Variables to set, or to unset with a null.</summary>
    internal IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Where it runs; where the tests run when null.</summary>
    internal string? WorkingDirectory { get; init; }

    /// <summary>How long it may take.</summary>
    internal TimeSpan Timeout { get; init; } = s_patience;

    /// <summary>Runs it to its end.</summary>
    internal static CommandResult Run(string file, params IReadOnlyList<string> arguments) => new Command(file, arguments).Run();

    /// <summary>Runs it and returns its output; anything but success is a failure of the test.</summary>
    internal static string Output(string file, params IReadOnlyList<string> arguments) => Run(file, arguments).Output;

    /// <summary>Starts it; the caller disposes of the process.</summary>
    internal Process Start()
    {
        ProcessStartInfo start = new(File, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = WorkingDirectory ?? "",
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach ((string name, string? value) in Environment)
        {
            if (value is null)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end.</summary>
    internal CommandResult Run()
    {
        Stopwatch clock = Stopwatch.StartNew();
        using Process process = Start();
        Task<string> stdout = process.StandardOutput.ReadToEndAsync();
        Task<string> stderr = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(Stdin);
            process.StandardInput.Close();
        }
        catch (System.IO.IOException)
        {
            // It ended without reading, or closed its input: that is its business.
        }

        if (!process.WaitForExit(Timeout) || !Task.WaitAll([stdout, stderr], Timeout))
        {
            process.Kill(entireProcessTree: true);
            Task.WaitAll([stdout, stderr], TimeSpan.FromSeconds(5));
            Assert.Fail($"{this} did not end within {Timeout.TotalSeconds} s\n" +
                $"stdout: {Result(stdout)}\nstderr: {Result(stderr)}");
        }

        return new CommandResult(ToString(), process.ExitCode, stdout.Result, stderr.Result, clock.Elapsed);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{File} {string.Join(' ', Arguments)}";

    private static string Result(Task<string> task) => task.IsCompletedSuccessfully ? task.Result : "(still open)";
}
