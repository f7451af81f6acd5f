using FastRun.Engine.Launch.Mounts;

namespace FastRun.Engine.Tests.Launch.Mounts;

/// <summary>Lines as in proc_pid_mountinfo(5).</summary>
public sealed class HostMountTableTests
{
    [Fact]
    public void Parse_FileSystemsWithFiles_InOrderWithoutTheRoot() => Assert.Equal(
        ["/usr", "/srv/a b", "/srv/back\\slash\ttab", "/data"],
        HostMountTable.Parse("""
            21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            22 21 0:5 / /proc rw shared:2 - proc proc rw
            23 21 8:2 / /usr ro,relatime - ext4 /dev/sda2 rw
            24 21 8:3 / /srv/a\040b rw shared:3 master:4 - xfs /dev/sda3 rw
            25 21 8:3 / /srv/back\134slash\011tab rw - xfs /dev/sda3 rw
            26 21 0:30 / /run rw - tmpfs tmpfs rw
            27 21 0:31 / /data rw - btrfs /dev/sdb rw

            """));

    [Theory]
    [InlineData("")]
    [InlineData("garbage\n")]
    [InlineData("1 2 3 - \n")]
    [InlineData(" - ext4\n")]
    public void Parse_WhatIsNoLine_IsPassedOver(string table) => Assert.Empty(HostMountTable.Parse(table));

    [Theory]
    [InlineData("21 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n22 21 0:5 / /proc rw - proc proc rw\n", "ext4")]
    [InlineData("1 1 0:2 / / rw - rootfs rootfs rw\n", "rootfs")]
    [InlineData("21 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 21 0:50 / / rw - overlay none rw,lowerdir=/a b\n", "overlay")]
    [InlineData("22 21 0:5 / /proc rw - proc proc rw\n", "")]
    [InlineData("garbage", "")]
    public void TypeOfRoot_IsThatOfTheTopmostMount(string table, string type) => Assert.Equal(type, HostMountTable.TypeOfRoot(table));

    [Fact]
    public void FilesystemsBelowRoot_OfThisMachine_CanBeRead() => Assert.DoesNotContain("/proc", HostMountTable.FilesystemsBelowRoot());
}
