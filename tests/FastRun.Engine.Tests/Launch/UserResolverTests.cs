using System;
using System.IO;
using System.Linq;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.Launch;

/// <summary>Expected values follow Docker's rules for <c>--user</c> (docs.docker.com, "docker container run").</summary>
public sealed class UserResolverTests : IDisposable
{
    private const string Passwd = "root:x:0:0:root:/root:/bin/sh\nann:x:1000:100::/home/ann:/bin/sh\nbob:x:1001:101:::\nbroken\n:::\n";
    private const string Group = "root:x:0:\nusers:x:100:ann\nwheel:x:10:bob, ann\naudio:x:29:ann\nstaff:x:50:\n";

    private readonly TemporaryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("", 0u, 0u, "/root", "0")]
    [InlineData("root", 0u, 0u, "/root", "0")]
    [InlineData("ann", 1000u, 100u, "/home/ann", "100,10,29")]
    [InlineData("1000", 1000u, 100u, "/home/ann", "100,10,29")]
    [InlineData("bob", 1001u, 101u, "/", "101,10")]
    [InlineData("ann:staff", 1000u, 50u, "/home/ann", "50")]
    [InlineData("ann:7", 1000u, 7u, "/home/ann", "7")]
    [InlineData("4242", 4242u, 0u, "/", "0")]
    [InlineData("4242:4243", 4242u, 4243u, "/", "4243")]
    [InlineData(":wheel", 0u, 10u, "/root", "10")]
    [InlineData("2147483647:2147483647", 2147483647u, 2147483647u, "/", "2147483647")]
    public void Resolve_NamesAndNumbers_AreWhatTheImageSays(string user, uint uid, uint gid, string home, string groups)
    {
        _tree.Write("/etc/passwd", Passwd);
        _tree.Write("/etc/group", Group);

        ProcessIdentity identity = UserResolver.Resolve(_tree.Root, user);

        Assert.Equal((uid, gid, home), (identity.Uid, identity.Gid, identity.Home));
        Assert.Equal(groups, string.Join(',', identity.Groups));
    }

    [Theory]
    [InlineData("2147483648", "uids and gids must be in range 0-2147483647")]
    [InlineData("4294967296", "uids and gids must be in range 0-2147483647")]
    [InlineData("99999999999999999999", "uids and gids must be in range 0-2147483647")]
    [InlineData("0:2147483648", "uids and gids must be in range 0-2147483647")]
    [InlineData("-1", "unable to find user -1: no matching entries in passwd file")]
    [InlineData("+0", "unable to find user +0: no matching entries in passwd file")]
    [InlineData(" 0", "unable to find user  0: no matching entries in passwd file")]
    [InlineData("0x0", "unable to find user 0x0: no matching entries in passwd file")]
    [InlineData("eve", "unable to find user eve: no matching entries in passwd file")]
    [InlineData("ann:nobody", "unable to find group nobody: no matching entries in group file")]
    public void Resolve_WhatIsNotThere_NeverBecomesRoot(string user, string message)
    {
        _tree.Write("/etc/passwd", Passwd);
        _tree.Write("/etc/group", Group);

        EngineException e = Assert.Throws<EngineException>(() => UserResolver.Resolve(_tree.Root, user));

        Assert.Equal((ErrorKind.InvalidArgument, message), (e.Kind, e.Message));
    }

    [Fact]
    public void Resolve_EntryWhoseNumberWrapsAround_IsNoEntry()
    {
        _tree.Write("/etc/passwd", "evil:x:4294967296:0::/:\n");

        Assert.Throws<EngineException>(() => UserResolver.Resolve(_tree.Root, "evil"));
    }

    [Fact]
    public void Resolve_NoPasswd_NumbersStillWork()
    {
        ProcessIdentity identity = UserResolver.Resolve(_tree.Root, "");

        Assert.Equal((0u, 0u, "/"), (identity.Uid, identity.Gid, identity.Home));
        Assert.Throws<EngineException>(() => UserResolver.Resolve(_tree.Root, "root"));
    }

    [Theory]
    [InlineData(FileType.Directory)]
    [InlineData(FileType.Fifo)]
    [InlineData(FileType.Socket)]
    public void Resolve_PasswdThatIsNoFile_IsRefusedAtOnce(FileType type)
    {
        if (type == FileType.Directory)
        {
            Directory.CreateDirectory(_tree.Path + "/etc/passwd");
        }
        else
        {
            _tree.MakeNode("/etc/passwd", type);
        }

        EngineException e = Assert.Throws<EngineException>(() => UserResolver.Resolve(_tree.Root, "ann"));

        Assert.Equal((ErrorKind.CorruptContent, "/etc/passwd in the image: not a regular file"), (e.Kind, e.Message));
    }

    [Fact]
    public void Resolve_PasswdThatIsADevice_IsNotOpened()
    {
        // 10:254 has no driver: opening it would say ENXIO or ENODEV, and the file would look absent.
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs mknod(2)");
        _tree.MakeNode("/etc/passwd", FileType.CharacterDevice, new DeviceNumber(10, 254));

        EngineException e = Assert.Throws<EngineException>(() => UserResolver.Resolve(_tree.Root, "ann"));

        Assert.Equal("/etc/passwd in the image: not a regular file", e.Message);
    }

    [Fact]
    public void Resolve_LinkOutOfTheRoot_StaysInside()
    {
        File.WriteAllText(_tree.Host + "/passwd", "ann:x:77:77::/:\n");
        _tree.Link("/etc/passwd", "../../passwd");
        Assert.Throws<EngineException>(() => UserResolver.Resolve(_tree.Root, "ann"));

        _tree.Write("/passwd", "ann:x:5:5::/:\n");
        Assert.Equal(5u, UserResolver.Resolve(_tree.Root, "ann").Uid);
    }

    [Fact]
    public void Resolve_GiantPasswd_IsRefusedWithoutReadingIt()
    {
        _tree.Write("/etc/passwd", "");
        using (FileStream file = File.OpenWrite(_tree.Path + "/etc/passwd"))
        {
            file.SetLength(1L << 30);
        }

        EngineException e = Assert.Throws<EngineException>(() => UserResolver.Resolve(_tree.Root, "ann"));

        Assert.Equal("/etc/passwd in the image: 1073741824 bytes, the limit is 8388608", e.Message);
    }

    [Fact]
    public void Resolve_MoreGroupsThanTheKernelTakes_IsRefused()
    {
        _tree.Write("/etc/passwd", "a:x:1:1::/:\n");
        _tree.Write("/etc/group", string.Concat(Enumerable.Range(2, 65537).Select(gid => $"g::{gid}:a\n")));

        EngineException e = Assert.Throws<EngineException>(() => UserResolver.Resolve(_tree.Root, "a"));

        Assert.Equal("/etc/group in the image: user a is in more than 65536 groups", e.Message);
    }
}
