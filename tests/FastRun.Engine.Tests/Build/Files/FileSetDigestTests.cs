using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using FastRun.Engine.Build.Files;
using FastRun.Engine.Build.Ignore;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.Build.Files;

/// <summary>The digest of what a COPY takes, against one that is taken here file by file.</summary>
public sealed class FileSetDigestTests : IDisposable
{
    private readonly string _base = Directory.CreateTempSubdirectory("fastrun-digest-").FullName;

    public void Dispose() => TreeRemoval.Delete(null, _base);

    [Theory]
    [InlineData(1, 300)]
    [InlineData(300, 1)]
    [InlineData(5, 70)]
    [InlineData(3, 0)]
    public void Of_DirectoriesOfAnySize_CoversEveryFileInOrder(int directories, int files)
    {
        for (int directory = 0; directory < directories; directory++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"{_base}/d{directory}");
            Directory.CreateDirectory(path);
            for (int file = 0; file < files; file++)
            {
                File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"{path}/f{file}"), string.Create(CultureInfo.InvariantCulture, $"{directory} {file}"));
            }
        }

        File.CreateSymbolicLink(_base + "/link", "to nowhere");
        File.WriteAllText(_base + "/empty", "");
        File.WriteAllBytes(_base + "/large", new byte[300_000]);
        Assert.Equal(Expected(), Digest(ContentHashes.InMemory()));
    }

    [Fact]
    public void Of_AFileThatIsKnown_DoesNotReadIt()
    {
        // One that is older than the clock is coarse.
        string path = _base + "/file";
        File.WriteAllText(path, "content");
        FileStatus status = FileAt.Stat(null, path);
        Assert.True(SpinWait.SpinUntil(() => DateTimeOffset.UtcNow.ToUnixTimeSeconds() > status.Changed.Seconds + 2, TimeSpan.FromMinutes(1)));
        ContentHashes hashes = ContentHashes.InMemory();
        using (Fd file = FileAt.Open(null, path, OpenFlags.Read))
        {
            hashes.Add(status, file, new byte[ContentHashes.HashSize]);
        }

        string known = Digest(hashes);
        Assert.NotEqual(Expected(), known);

        // The same size and mtime, another content: the ctime tells.
        File.WriteAllText(path, "CONTENT");
        FileAt.SetTimes(null, path, status.Modified, status.Modified);
        Assert.Equal(Expected(), Digest(hashes));
    }

    [Fact]
    public void Of_AFileThatChangesWhileItIsListed_IsRefused()
    {
        File.WriteAllText(_base + "/file", "content");
        using Fd context = FileAt.OpenDirectory(null, _base);
        using FileSelection selection = FileSelection.Select(new FileOrigin(context, IgnorePatterns.None, KeepsOwners: false), ["."], new SelectionOptions());
        File.WriteAllText(_base + "/file", "longer content");
        EngineException refused = Assert.Throws<EngineException>(() => FileSetDigest.Of(selection, ContentHashes.InMemory()));
        Assert.Equal(ErrorKind.Conflict, refused.Kind);
    }

    private string Digest(ContentHashes hashes)
    {
        using Fd context = FileAt.OpenDirectory(null, _base);
        using FileSelection selection = FileSelection.Select(new FileOrigin(context, IgnorePatterns.None, KeepsOwners: false), ["."], new SelectionOptions());
        return FileSetDigest.Of(selection, hashes).ToString();
    }

    /// <summary>Of every directory, in the order of names, first what is in it, then its directories.</summary>
    private string Expected()
    {
        List<byte> all = [.. Part("tree"u8)];
        Append(all, _base, "");
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(all.ToArray()));
    }

    private static void Append(List<byte> all, string directory, string path)
    {
        string[] names = [.. Directory.GetFileSystemEntries(directory).Select(static entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)];
        foreach (string name in names)
        {
            FileStatus status = FileAt.Stat(null, $"{directory}/{name}");
            if (!status.IsDirectory)
            {
                bool link = status.Type == FileType.SymbolicLink;
                all.AddRange(Part(Encoding.UTF8.GetBytes(name)));
                all.AddRange(Described(status));
                all.AddRange(Part(link ? FileAt.ReadLink(null, $"{directory}/{name}") : SHA256.HashData(File.ReadAllBytes($"{directory}/{name}"))));
            }
        }

        foreach (string name in names)
        {
            FileStatus status = FileAt.Stat(null, $"{directory}/{name}");
            if (status.IsDirectory)
            {
                string below = path.Length == 0 ? name : $"{path}/{name}";
                all.AddRange(Part(Encoding.UTF8.GetBytes(below)));
                all.AddRange(Described(status));
                Append(all, $"{directory}/{name}", below);
            }
        }
    }

    private static byte[] Part(ReadOnlySpan<byte> bytes)
    {
        byte[] part = new byte[sizeof(int) + bytes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(part, bytes.Length);
        bytes.CopyTo(part.AsSpan(sizeof(int)));
        return part;
    }

    private static byte[] Described(FileStatus status)
    {
        byte[] part = new byte[20];
        BinaryPrimitives.WriteInt32LittleEndian(part, status.Type == FileType.SymbolicLink ? status.Mode & ~0xFFF : status.Mode);
        BinaryPrimitives.WriteInt64LittleEndian(part.AsSpan(12), status.Type == FileType.Regular ? status.Size : 0);
        return part;
    }
}
