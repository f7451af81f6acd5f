using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.State;

public sealed class SandboxRecordTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-record-").FullName;
    private readonly StateLayout _layout;

    public SandboxRecordTests() => _layout = new StateLayout(_directory + "/data", _directory + "/run");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static ContainerCreateRequest Named(string? name) => new() { Image = "img", Name = name };

    /// <summary>File.ReadAllText would ask for a lock.</summary>
    private static string ReadLocked(string path) =>
        Encoding.UTF8.GetString(FileContent.TryReadAll(null, path, limit: 4096)!);

    [Fact]
    public void Publish_NothingToTell_WritesNothing()
    {
        Assert.Null(SandboxRecord.Publish(_layout, "id", Named(null)));
        Assert.False(Directory.Exists(_layout.Sandboxes));
    }

    [Fact]
    public void Publish_NameInUse_IsAConflictUntilItIsReleased()
    {
        using (SandboxRecord? first = SandboxRecord.Publish(_layout, "one", Named("web")))
        {
            EngineException e = Assert.Throws<EngineException>(() => SandboxRecord.Publish(_layout, "two", Named("web")));
            Assert.Equal(ErrorKind.Conflict, e.Kind);
            Assert.Equal("the name \"web\" is already in use by a running sandbox", e.Message);
            first!.Remove();
        }

        Assert.Empty(Directory.GetFiles(_layout.Sandboxes));
        using SandboxRecord? next = SandboxRecord.Publish(_layout, "two", Named("web"));
        Assert.NotNull(next);
    }

    [Fact]
    public void Publish_NameOfAKilledSandbox_IsFree()
    {
        SandboxRecord.Publish(_layout, "one", Named("web"))!.Dispose();

        using SandboxRecord? next = SandboxRecord.Publish(_layout, "two", Named("web"));

        Assert.Contains("\"id\":\"two\"", ReadLocked(_layout.Sandboxes + "/web"), StringComparison.Ordinal);
    }

    [Fact]
    public void Publish_Labels_AreInTheRecord()
    {
        ContainerCreateRequest request = Named(null) with { Labels = new Dictionary<string, string> { ["a"] = "b\n" } };

        using SandboxRecord? record = SandboxRecord.Publish(_layout, "one", request);

        Assert.Equal(
            "{\"schemaVersion\":1,\"id\":\"one\",\"name\":null,\"image\":\"img\",\"labels\":{\"a\":\"b\\n\"}}",
            ReadLocked(_layout.Sandboxes + "/one"));
    }

    [Fact]
    public void RemoveAbandoned_LeavesTheRunningOnes()
    {
        SandboxRecord.Publish(_layout, "one", Named("dead"))!.Dispose();
        using SandboxRecord? alive = SandboxRecord.Publish(_layout, "two", Named("alive"));

        SandboxRecord.RemoveAbandoned(_layout);

        Assert.Equal([_layout.Sandboxes + "/alive"], Directory.GetFiles(_layout.Sandboxes));
    }
}
