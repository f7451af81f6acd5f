using System;
using FastRun.Engine.Networks.Cni;

namespace FastRun.Engine.Tests.Networks.Cni;

public sealed class CniRecordTests
{
    [Fact]
    public void Decode_WhatWasEncoded_IsTheSame_AndNoBeginningOfItIsARecord()
    {
        CniRecord record = new()
        {
            ContainerId = new string('a', 64),
            ContainerName = "web",
            Interface = "eth0",
            Ports = ["0.0.0.0:8080-80/tcp"],
            PluginDirectories = ["/usr/lib/cni"],
            Network = "{}"u8.ToArray(),
            RuntimeConfiguration = """{"mac":"02:00:00:00:00:01"}"""u8.ToArray(),
        };
        byte[] file = record.Encode();

        Assert.Equivalent(record, CniRecord.Decode(file), strict: true);
        for (int length = 0; length < file.Length; length++)
        {
            Assert.Null(CniRecord.Decode(file.AsSpan(0, length)));
        }
    }
}
