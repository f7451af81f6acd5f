using System;
using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Launch;

/// <summary>
/// A small tmpfs with /etc/hosts, /etc/hostname and /etc/resolv.conf of one container, each bound over the image's, and
/// an empty directory that covers what is masked.
/// </summary>
internal sealed class SystemFiles : IDisposable
{
    internal const string EmptyDirectory = "empty";

    // The file system's own size.
    private const int Largest = 1 << 20;
    private const int ReadableByAll = 0b_110_100_100;

    private SystemFiles(Fd mount) => Mount = mount;

    /// <summary>The file names in the tmpfs.</summary>
    internal static string[] Names { get; } = ["hosts", "hostname", "resolv.conf"];

    /// <summary>Where each goes.</summary>
    internal static string[] Targets { get; } = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"];

    /// <summary>The detached mount.</summary>
    internal Fd Mount { get; }

    /// <summary>Makes the files.</summary>
    /// <param name="hostName">The container's host name.</param>
    /// <param name="hosts">The text of hosts.</param>
    /// <param name="resolvConf">The text of resolv.conf.</param>
    internal static SystemFiles Create(string hostName, string hosts, string resolvConf)
    {
        using FilesystemContext context = new("tmpfs");
        context.Set("mode", "0755");
        context.Set("size", "1m");
        Fd mount = context.CreateMount(MountAttributes.NoSuid | MountAttributes.NoDev | MountAttributes.NoExec);
        try
        {
            FileAt.MakeDirectory(mount, EmptyDirectory, 0b_101_101_101);
            Write(mount, "hosts", hosts);
            Write(mount, "hostname", hostName + "\n");
            Write(mount, "resolv.conf", resolvConf);
            return new SystemFiles(mount);
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }

    /// <summary>What one of the files holds now, whoever wrote it.</summary>
    /// <exception cref="SyscallException">It cannot be read.</exception>
    internal string Read(string name)
    {
        using Fd file = FileAt.Open(Mount, name, OpenFlags.Read | OpenFlags.NoFollow);
        return Encoding.UTF8.GetString(FileContent.ReadAll(file, Largest));
    }

    /// <summary>Writes one of the files anew, in place: the container has it mounted.</summary>
    /// <exception cref="SyscallException">It cannot be written.</exception>
    internal void Write(string name, string text)
    {
        using Fd file = FileAt.Open(Mount, name, OpenFlags.Write | OpenFlags.NoFollow | OpenFlags.Truncate);
        FileContent.Write(file, Encoding.UTF8.GetBytes(text));
    }

    /// <inheritdoc/>
    public void Dispose() => Mount.Dispose();

    private static void Write(Fd mount, string name, string text)
    {
        using Fd file = FileAt.Open(mount, name, OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive, ReadableByAll);
        FileContent.Write(file, Encoding.UTF8.GetBytes(text));
    }
}
