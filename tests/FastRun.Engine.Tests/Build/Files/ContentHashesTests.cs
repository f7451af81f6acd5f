using System;
using System.Globalization;
using System.IO;
using System.Linq;
using FastRun.Engine.Build.Files;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.Build.Files;

/// <summary>What is remembered of files' contents, and above all what is not.</summary>
public sealed class ContentHashesTests : IDisposable
{
    private static readonly FileTime s_old = new(1000, 5);

    private readonly string _base = Directory.CreateTempSubdirectory("fastrun-hashes-").FullName;
    private readonly string _cache;
    private readonly Fd _file;
    private readonly FileStatus _status;

    public ContentHashesTests()
    {
        _cache = _base + "/contexts/8-2a";
        File.WriteAllText(_base + "/file", "content");
        _file = FileAt.Open(null, _base + "/file", OpenFlags.Read);
        _status = FileAt.Stat(_file) with { Changed = s_old, Modified = new FileTime(-7, 999_999_999) };
    }

    public void Dispose()
    {
        _file.Dispose();
        TreeRemoval.Delete(null, _base);
    }

    [Fact]
    public void TryGet_WhatAnEarlierBuildSaved_IsKnown()
    {
        Save(_status, 7);
        Assert.Equal(7, Known(ContentHashes.Open(_cache), _status));
    }

    [Fact]
    public void TryGet_InTheSameBuild_IsKnown()
    {
        ContentHashes hashes = ContentHashes.InMemory();
        hashes.Add(_status, _file, Hash(7));
        Assert.Equal(7, Known(hashes, _status));
        hashes.Save();
    }

    [Fact]
    public void TryGet_AnythingOfTheInodeChanged_IsUnknown()
    {
        Save(_status, 7);
        ContentHashes hashes = ContentHashes.Open(_cache);
        foreach (FileStatus other in (FileStatus[])[
            _status with { Inode = _status.Inode + 1 },
            _status with { Device = _status.Device + 1 },
            _status with { Size = _status.Size + 1 },
            _status with { Modified = new FileTime(-7, 999_999_998) },
            _status with { Modified = new FileTime(-8, 999_999_999) },
            _status with { Changed = new FileTime(s_old.Seconds, s_old.Nanoseconds + 1) },
            _status with { Changed = new FileTime(s_old.Seconds + 1, s_old.Nanoseconds) },
        ])
        {
            Assert.Null(Known(hashes, other));
        }
    }

    [Fact]
    public void Add_ChangedAsRecentlyAsTheClockTells_IsNotRemembered()
    {
        // So new that no slow machine makes it old.
        FileStatus recent = _status with { Changed = new FileTime(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600, 0) };
        ContentHashes hashes = ContentHashes.InMemory();
        hashes.Add(recent, _file, Hash(7));
        Assert.Null(Known(hashes, recent));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue + 1)]
    public void Add_TimesOutOfRange_AreNotRemembered(long seconds)
    {
        FileStatus odd = _status with { Modified = new FileTime(seconds, 0) };
        ContentHashes hashes = ContentHashes.InMemory();
        hashes.Add(odd, _file, Hash(7));
        Assert.Null(Known(hashes, odd));
    }

    [Fact]
    public void Add_FileSystemWithoutTimesOfChange_IsNotRemembered()
    {
        using Fd file = FileAt.Open(null, "/proc/version", OpenFlags.Read);
        ContentHashes hashes = ContentHashes.InMemory();
        hashes.Add(_status, file, Hash(7));
        Assert.Null(Known(hashes, _status));
    }

    [Fact]
    public void Open_AnyByteDamaged_IsEmpty()
    {
        Save(_status, 7);
        byte[] whole = File.ReadAllBytes(_cache);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= 1;
            File.WriteAllBytes(_cache, damaged);
            Assert.Null(Known(ContentHashes.Open(_cache), _status));
        }
    }

    [Fact]
    public void Open_AnyLength_IsEmptyAndCanBeWrittenAgain()
    {
        Save(_status, 7);
        byte[] whole = File.ReadAllBytes(_cache);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_cache, whole[..length]);
            Assert.Null(Known(ContentHashes.Open(_cache), _status));
        }

        File.WriteAllBytes(_cache, [.. whole, .. whole]);
        Assert.Null(Known(ContentHashes.Open(_cache), _status));
        File.WriteAllBytes(_cache, new byte[whole.Length]);
        Save(_status, 8);
        Assert.Equal(8, Known(ContentHashes.Open(_cache), _status));
    }

    [Fact]
    public void Open_NotAFile_IsEmpty()
    {
        Directory.CreateDirectory(_cache);
        ContentHashes hashes = ContentHashes.Open(_cache);
        hashes.Add(_status, _file, Hash(7));
        hashes.Save();
        Assert.Equal(7, Known(hashes, _status));
        Assert.True(Directory.Exists(_cache));
        Assert.Equal([_cache], Directory.GetFileSystemEntries(_base + "/contexts"));
    }

    [Fact]
    public void Save_WhatIsNotUsed_StaysForAWhile()
    {
        Save(_status, 7);
        for (ulong i = 1; i <= 20; i++)
        {
            Save(_status with { Inode = i }, 8);
        }

        long length = new FileInfo(_cache).Length;
        ContentHashes hashes = ContentHashes.Open(_cache);
        hashes.Add(_status with { Inode = 21 }, _file, Hash(8));
        hashes.Save();
        Assert.Equal(length, new FileInfo(_cache).Length);
        hashes = ContentHashes.Open(_cache);
        Assert.Null(Known(hashes, _status));
        Assert.Equal(8, Known(hashes, _status with { Inode = 1 }));
        Assert.Equal(8, Known(hashes, _status with { Inode = 21 }));
    }

    [Fact]
    public void Save_WhatIsUsed_StaysHoweverOldItIs()
    {
        Save(_status, 7);
        for (ulong i = 1; i <= 50; i++)
        {
            ContentHashes hashes = ContentHashes.Open(_cache);
            Assert.Equal(7, Known(hashes, _status));
            hashes.Add(_status with { Inode = i }, _file, Hash(8));
            hashes.Save();
        }
    }

    [Fact]
    public void Save_FarMoreUnusedThanUsed_DropsThem()
    {
        ContentHashes many = ContentHashes.Open(_cache);
        byte[] hash = Hash(7);
        for (ulong i = 1; i <= 110_000; i++)
        {
            many.Add(_status with { Inode = i << 20 }, _file, hash);
        }

        many.Save();
        ContentHashes all = ContentHashes.Open(_cache);
        for (ulong i = 1; i <= 110_000; i += 1000)
        {
            Assert.Equal(7, Known(all, _status with { Inode = i << 20 }));
        }

        Save(_status, 8);
        Assert.InRange(new FileInfo(_cache).Length, 1, 200);
        Assert.Equal(8, Known(ContentHashes.Open(_cache), _status));
    }

    [Fact]
    public void Save_MoreContextsThanAreKept_RemovesTheOldest()
    {
        string directory = Path.GetDirectoryName(_cache)!;
        Directory.CreateDirectory(directory);
        for (int i = 0; i < 70; i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"{directory}/{i}");
            File.WriteAllText(path, "");
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(i));
        }

        File.WriteAllText(directory + "/.tmp-other", "");
        Save(_status, 7);
        Assert.Equal(7, Known(ContentHashes.Open(_cache), _status));
        Assert.Equal(
            [".tmp-other", .. Enumerable.Range(7, 63).Select(static i => i.ToString(CultureInfo.InvariantCulture)).Order(StringComparer.Ordinal), Path.GetFileName(_cache)],
            Directory.GetFiles(directory).Select(Path.GetFileName).OrderBy(static name => name == ".tmp-other" ? 0 : name!.Contains('-', StringComparison.Ordinal) ? 2 : 1).ThenBy(static name => name, StringComparer.Ordinal));
    }

    [Fact]
    public void TryGet_FromSeveralThreads_FindsAll()
    {
        ContentHashes hashes = ContentHashes.Open(_cache);
        SideBySide.Run(5000, i => hashes.Add(_status with { Inode = (ulong)i }, _file, Hash((byte)i)));
        SideBySide.Run(5000, i => Assert.Equal(i & 0xFF, Known(hashes, _status with { Inode = (ulong)i })));
        hashes.Save();
        ContentHashes again = ContentHashes.Open(_cache);
        SideBySide.Run(5000, i => Assert.Equal(i & 0xFF, Known(again, _status with { Inode = (ulong)i })));
    }

    private static byte[] Hash(byte value) => [.. Enumerable.Repeat(value, ContentHashes.HashSize)];

    /// <summary>What the digest consists of; null where there is none.</summary>
    private static int? Known(ContentHashes hashes, FileStatus status)
    {
        Span<byte> hash = stackalloc byte[ContentHashes.HashSize];
        return hashes.TryGet(status, hash) ? Assert.Single(hash.ToArray().Distinct()) : null;
    }

    private void Save(FileStatus status, byte value)
    {
        ContentHashes hashes = ContentHashes.Open(_cache);
        hashes.Add(status, _file, Hash(value));
        hashes.Save();
    }
}
