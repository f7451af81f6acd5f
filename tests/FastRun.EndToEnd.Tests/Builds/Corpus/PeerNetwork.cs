using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace FastRun.EndToEnd.Tests.Builds.Corpus;

/// <summary>The network that a peer's builder is in.</summary>
internal static partial class PeerNetwork
{
    private const int CloneNewNet = 0x40000000;

    /// <summary>Makes something there: its sockets belong to that network, whoever uses them (network_namespaces(7)).</summary>
    /// <param name="network">The file of the network namespace.</param>
    /// <param name="make">Makes it.</param>
    internal static T In<T>(string network, Func<T> make)
    {
        using SafeFileHandle handle = File.OpenHandle(network);
        T? made = default;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Assert.Equal(0, setns(handle, CloneNewNet));
                made = make();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? made! : throw new InvalidOperationException("in the peer's network", failure);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(SafeFileHandle file, int kind);
}
