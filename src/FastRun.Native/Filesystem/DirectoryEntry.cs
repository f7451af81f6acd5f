using System.Text;

namespace FastRun.Native.Filesystem;

/// <summary>One name in a directory.</summary>
/// <param name="Name">Its bytes.</param>
/// <param name="Type">Its type, <see cref="FileType.Unknown"/> where the file system does not say.</param>
/// <param name="Inode">Its inode's number.</param>
public readonly record struct DirectoryEntry(byte[] Name, FileType Type, ulong Inode)
{
    /// <summary>The name as text; bytes that are not UTF-8 are replaced.</summary>
    public string Text => Encoding.UTF8.GetString(Name);
}
