using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>The images that every guest finds in <c>/images</c>, as OCI layouts.</summary>
internal static class GuestImages
{
    /// <summary>Busybox in one layer.</summary>
    internal const string Busybox = "oci:/images/busybox";

    /// <summary>Writes them all.</summary>
    internal static void Write(string directory) =>
        new OciLayout(Path.Combine(directory, "busybox")).AddImage("latest", [BusyboxRoot.Tar().ToArray()]);
}
