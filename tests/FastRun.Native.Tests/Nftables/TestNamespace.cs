using System;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading;
using FastRun.Native.Namespaces;

namespace FastRun.Native.Tests.Nftables;

/// <summary>A network namespace of a test's own, with nothing in it; it goes when the test ends.</summary>
internal sealed class TestNamespace : IDisposable
{
    private readonly Fd _namespace;

    internal TestNamespace()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: network namespaces");
        _namespace = NetworkNamespace.Create();
    }

    /// <summary>Runs something on a thread that is in the namespace.</summary>
    internal void Run(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                using NetworkNamespace.Visit visit = NetworkNamespace.Enter(_namespace);
                action();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    /// <summary>Runs something on a thread that is in the namespace.</summary>
    internal T Run<T>(Func<T> function)
    {
        T result = default!;
        Run(() => { result = function(); });
        return result;
    }

    /// <summary>What nft prints; it must succeed.</summary>
    internal string Nft(string input, params string[] arguments) => Run(() =>
    {
        // The child is in the namespace of the thread that starts it.
        ProcessStartInfo start = new("nft", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"nft {string.Join(' ', arguments)}: {error}");
        return output;
    });

    /// <summary>The ruleset in nft's words.</summary>
    internal string Ruleset() => Nft("", "list", "ruleset");

    /// <inheritdoc/>
    public void Dispose() => _namespace.Dispose();
}
