using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.State;
using FastRun.Native;

namespace FastRun.Engine.Tests.State;

public sealed class RunResourcesTests
{
    private readonly List<string> _released = [];

    private sealed class Resource(List<string> released, string name) : IDisposable
    {
        public void Dispose() => released.Add(name);
    }

    [Fact]
    public void Release_GoesInReverseOrderAndOnlyOnce()
    {
        RunResources owned = new();
        Resource first = owned.Own(new Resource(_released, "first"));
        owned.RemoveLater("second", () => _released.Add("second"));
        owned.Own(new Resource(_released, "third"));

        Assert.NotNull(first);
        Assert.Empty(owned.Release());
        Assert.Empty(owned.Release());
        Assert.Equal(["third", "second", "first"], _released);
    }

    [Fact]
    public void Release_FailuresAreToldAndDoNotStopTheRest()
    {
        RunResources owned = new();
        owned.Own(new Resource(_released, "first"));
        owned.RemoveLater("a", () => throw new SyscallException("rmdir", Errno.EBUSY, "/x"));
        owned.RemoveLater("b", () => throw new EngineException(ErrorKind.Internal, "went wrong"));
        owned.RemoveLater("c", () => throw new AggregateException(
            new SyscallException("rmdir", Errno.EBUSY, "/y"), new SyscallException("rmdir", Errno.EPERM, "/z")));

        List<string> failures = owned.Release();

        Assert.Equal(["first"], _released);
        Assert.Equal(
            [
                $"c: cannot be removed: {new SyscallException("rmdir", Errno.EBUSY, "/y").Message}; {new SyscallException("rmdir", Errno.EPERM, "/z").Message}",
                "b: cannot be removed: went wrong",
                $"a: cannot be removed: {new SyscallException("rmdir", Errno.EBUSY, "/x").Message}",
            ],
            failures);
    }
}
