using System;
using System.Diagnostics;
using System.Text.Json;
using FastRun.Native.Namespaces;
using FastRun.Native.Netlink;

namespace FastRun.Native.Tests.Netlink;

/// <summary>A network namespace of a test's own, a socket in it, and what iproute2 sees there.</summary>
internal sealed class TestNetwork : IDisposable
{
    internal TestNetwork()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: network namespaces");
        NetworkNamespace.Create(Namespace, Socket);
    }

    internal Fd Namespace { get; } = new(-1);

    internal NetlinkSocket Socket { get; } = new(NetlinkProtocol.Route);

    internal RouteBatch Batch { get; } = new();

    /// <summary>Writes requests, and has them done.</summary>
    internal void Do(Action<RouteBatch> write)
    {
        write(Batch);
        Batch.Send(Socket);
    }

    /// <summary>Writes requests of which one fails.</summary>
    internal SyscallException Fails(Action<RouteBatch> write)
    {
        write(Batch);
        Assert.False(Batch.TrySend(Socket, out SyscallException? failure));
        return failure;
    }

    /// <summary>A bridge that is up, and its index.</summary>
    internal int Bridge(string name = "br0")
    {
        Do(batch => batch.AddBridge(new NewLink(name) { Up = true }));
        return Index(name);
    }

    /// <summary>The index of an interface.</summary>
    internal int Index(string name) => Batch.IndexOf(Socket, name);

    /// <summary>The only object of what <c>ip -j ARGUMENTS</c> prints in this namespace.</summary>
    internal JsonElement One(string arguments) => Assert.Single(Ip(arguments).EnumerateArray());

    /// <summary>What <c>ip -j ARGUMENTS</c> prints in this namespace.</summary>
    internal JsonElement Ip(string arguments) => Run("ip", "-d -j " + arguments);

    /// <summary>What <c>bridge -j ARGUMENTS</c> prints in this namespace.</summary>
    internal JsonElement BridgeTool(string arguments) => Run("bridge", "-d -j " + arguments);

    /// <inheritdoc/>
    public void Dispose()
    {
        Batch.Dispose();
        Socket.Dispose();
        Namespace.Dispose();
    }

    private JsonElement Run(string program, string arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process process;
        using (NetworkNamespace.Enter(Namespace))
        {
            // A child is in the namespace of the thread that forked it.
            process = Process.Start(start)!;
        }

        using (process)
        {
            System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors.Result);
            using JsonDocument document = JsonDocument.Parse(output.Length == 0 ? "[]" : output);
            return document.RootElement.Clone();
        }
    }
}
