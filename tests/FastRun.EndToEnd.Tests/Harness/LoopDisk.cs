using System;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>
/// An ext4 of its own in a file, which can lose its power: what was not synced is gone, as on a machine whose kernel has not written it yet.
/// </summary>
internal sealed partial class LoopDisk : IDisposable
{
    // EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH (fs/ext4/ext4.h): nothing more reaches the disk, not even the journal.
    private const uint Shutdown = 0x8004587D;
    private const uint WithoutJournal = 2;

    private string _image;

    /// <summary>Makes and mounts it.</summary>
    /// <param name="directory">Where; the file lies beside it.</param>
    /// <param name="megabytes">How large it is.</param>
    internal LoopDisk(string directory, int megabytes = 256)
    {
        Directory = directory;
        _image = directory + ".ext4";
        using (FileStream file = File.Create(_image))
        {
            file.SetLength((long)megabytes << 20);
        }

        // A journal that commits by itself only after minutes: what is there afterwards was synced.
        _ = Command.Output("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", _image);
        System.IO.Directory.CreateDirectory(directory);
        Mount();
    }

    /// <summary>Where it is mounted.</summary>
    internal string Directory { get; }

    /// <summary>Cuts the power and turns it on again.</summary>
    /// <param name="end">Ends what still uses it, between the two: that can write nothing any more.</param>
    internal void CutPower(Action? end = null)
    {
        using (SafeFileHandle root = OpenDirectory(Directory))
        {
            uint flags = WithoutJournal;
            Assert.True(ioctl(root, Shutdown, ref flags) == 0, $"EXT4_IOC_SHUTDOWN: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        end?.Invoke();

        // Another test's mount namespace may hold the old file system, and would give its state to whoever mounted the same file.
        _ = Command.Output("umount", "--lazy", Directory);
        string before = _image;
        _image = before + "+";
        _ = Command.Output("cp", "--sparse=always", before, _image);
        File.Delete(before);
        Mount();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = Command.Run("umount", "--lazy", Directory);
        File.Delete(_image);
    }

    private void Mount() => _ = Command.Output("mount", "-o", "loop,commit=600,noatime", _image, Directory);

    private static SafeFileHandle OpenDirectory(string path)
    {
        // File.OpenHandle refuses directories.
        int descriptor = open(path, 0x10000 | 0x80000);
        Assert.True(descriptor >= 0, path);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle file, nuint request, ref uint flags);
}
