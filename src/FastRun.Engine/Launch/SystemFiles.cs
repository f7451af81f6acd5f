using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastRun.Engine.Launch.Mounts;
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
    /// <param name="files">More files, which get the names of <see cref="NameOf"/>.</param>
    internal static SystemFiles Create(string hostName, string hosts, string resolvConf, IReadOnlyList<PrivateFile>? files = null)
    {
        files ??= [];
        using FilesystemContext context = new("tmpfs");
        context.Set("mode", "0755");
        context.Set("size", files.Count == 0 ? "1m" : SizeWith(files));
        Fd mount = context.CreateMount(MountAttributes.NoSuid | MountAttributes.NoDev | MountAttributes.NoExec);
        try
        {
            FileAt.MakeDirectory(mount, EmptyDirectory, 0b_101_101_101);
            Write(mount, "hosts", hosts);
            Write(mount, "hostname", hostName + "\n");
            Write(mount, "resolv.conf", resolvConf);
            for (int i = 0; i < files.Count; i++)
            {
                Write(mount, NameOf(i), files[i]);
            }

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

    /// <summary>What the private file with this number is called in the tmpfs.</summary>
    internal static string NameOf(int privateFile) => "private-" + privateFile.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Dispose() => Mount.Dispose();

    private static string SizeWith(IReadOnlyList<PrivateFile> files)
    {
        const long page = 4096;
        long size = Largest;
        foreach (PrivateFile file in files)
        {
            size += (file.Content.Length / page + 1) * page;
        }

        return size.ToString(CultureInfo.InvariantCulture);
    }

    private static void Write(Fd mount, string name, PrivateFile content)
    {
        using Fd file = FileAt.Open(mount, name, OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive, 0b_110_000_000);
        FileContent.Write(file, content.Content);
        FileAt.ChangeOwner(file, content.Uid, content.Gid);
        FileAt.ChangeMode(file, content.Permissions);
    }

    private static void Write(Fd mount, string name, string text)
    {
        using Fd file = FileAt.Open(mount, name, OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive, ReadableByAll);
        FileContent.Write(file, Encoding.UTF8.GetBytes(text));
    }
}
