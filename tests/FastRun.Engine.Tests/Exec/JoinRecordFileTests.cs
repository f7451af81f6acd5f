using System;
using FastRun.Engine.Exec;
using FastRun.Engine.Launch;
using FastRun.Native.Capabilities;
using FastRun.Native.Launch;

namespace FastRun.Engine.Tests.Exec;

public sealed class JoinRecordFileTests
{
    private static readonly JoinRecord s_record = new()
    {
        BootId = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        Process = new ProcessInstance(4711, 123456789012),
        Name = "box",
        Image = "example.org/image",
        Labels = ["a=b=c", "d="],
        CgroupLocations = [":fastrun/custom/limited/x", "memory:fastrun-x"],
        Delegated = true,
        Environment = ["PATH=/bin", "ä=ü"],
        Identity = new ProcessIdentity(1000, 1001, [5, 4294967294], "/home/ä"),
        GroupAdd = ["disk", "4242"],
        WorkingDirectory = "/work",
        Capabilities = new CapabilitySet(0xa80425fb),
        Filtered = true,
        Filter = [1, 2, 3, 4, 5, 6, 7, 8],
        NoNewPrivileges = true,
        ResourceLimits = [new ResourceLimit(7, 1024, ulong.MaxValue)],
        OomScoreAdjustment = "-5",
    };

    [Fact]
    public void Decode_WhatWasEncoded_IsTheSame()
    {
        JoinRecord read = JoinRecordFile.Decode(JoinRecordFile.Encode(s_record))!;

        Assert.Equal(JoinRecordFile.Encode(s_record), JoinRecordFile.Encode(read));
        Assert.Equal(s_record.Process, read.Process);
        Assert.Equal(s_record.CgroupLocations, read.CgroupLocations);
        Assert.Equal(s_record.Environment, read.Environment);
        Assert.Equal(s_record.Identity.Groups, read.Identity.Groups);
        Assert.Equal((s_record.Identity.Uid, s_record.Identity.Gid, s_record.Identity.Home), (read.Identity.Uid, read.Identity.Gid, read.Identity.Home));
        Assert.Equal(s_record.ResourceLimits, read.ResourceLimits);
        Assert.Equal((s_record.BootId, s_record.Delegated, s_record.Filtered, s_record.NoNewPrivileges), (read.BootId, read.Delegated, read.Filtered, read.NoNewPrivileges));
        Assert.Equal((s_record.WorkingDirectory, s_record.Capabilities, s_record.OomScoreAdjustment), (read.WorkingDirectory, read.Capabilities, read.OomScoreAdjustment));
        Assert.Equal(s_record.Filter, read.Filter);
        Assert.Equal((s_record.Name, s_record.Image), (read.Name, read.Image));
        Assert.Equal(s_record.Labels, read.Labels);
        Assert.Equal(s_record.GroupAdd, read.GroupAdd);
    }

    [Fact]
    public void Decode_EveryShorterFile_IsNone()
    {
        byte[] file = JoinRecordFile.Encode(s_record);
        for (int length = 0; length < file.Length; length++)
        {
            Assert.Null(JoinRecordFile.Decode(file.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Decode_AnotherVersion_IsNone()
    {
        byte[] file = JoinRecordFile.Encode(s_record);
        file[6]++;
        Assert.Null(JoinRecordFile.Decode(file));
    }
}
