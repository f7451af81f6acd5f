using System.IO;
using FastRun.Engine.Networks.Egress;
using FastRun.Layers;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks.Names;

/// <summary>Where the name server and those who need it meet: <c>/run/fastrun/name-server</c>, its owner's alone.</summary>
internal static class NameServerPaths
{
    /// <summary>The socket that it listens on.</summary>
    internal const string Socket = "socket";

    /// <summary>Locked by whoever starts it until it listens, and by itself while it ends.</summary>
    internal const string Lock = "lock";

    private const int OwnerOnly = 0b_111_000_000;

    /// <summary>Makes the directory where it is not there.</summary>
    internal static void MakeDirectory(StateLayout layout) => FileAt.MakeDirectories(null, layout.NameServer, OwnerOnly);

    internal static string LockOf(StateLayout layout) => Path.Combine(layout.NameServer, Lock);

    /// <summary>What it tells the owner of a container that may not send anywhere, beside the container's record.</summary>
    internal static string NotesOf(StateLayout layout, string name) => RecordOf(layout, name) + EgressNotes.Suffix;

    internal static string RecordOf(StateLayout layout, string name) => Path.Combine(layout.NameServer, name);
}
