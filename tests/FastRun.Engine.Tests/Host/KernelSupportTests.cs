using FastRun.Engine.Errors;
using FastRun.Engine.Host;
using FastRun.Engine.RuntimeSpec.Seccomp;

namespace FastRun.Engine.Tests.Host;

public sealed class KernelSupportTests
{
    private static readonly EngineException s_failure = new(ErrorKind.Internal, "mount_setattr: function not implemented");

    [Theory]
    [InlineData(4, 19)]
    [InlineData(5, 10)]
    [InlineData(5, 13)]
    public void Explain_KernelBeforeTheOldest_SaysThatItIsTooOld(int version, int revision)
    {
        EngineException e = KernelSupport.Explain(s_failure, new KernelVersion(version, revision));

        Assert.Equal(ErrorKind.Unsupported, e.Kind);
        Assert.Equal($"this kernel, Linux {version}.{revision}, is too old: mount_setattr: function not implemented", e.Message);
        Assert.Equal("sandboxes need Linux 5.14 or newer", e.Hint);
        Assert.Same(s_failure, e.InnerException);
    }

    [Theory]
    [InlineData(5, 14)]
    [InlineData(6, 1)]
    [InlineData(7, 0)]
    public void Explain_KernelThatIsNewEnough_LeavesTheError(int version, int revision) =>
        Assert.Same(s_failure, KernelSupport.Explain(s_failure, new KernelVersion(version, revision)));

    [Theory]
    [InlineData(ErrorKind.InvalidArgument)]
    [InlineData(ErrorKind.NotFound)]
    [InlineData(ErrorKind.CommandNotFound)]
    [InlineData(ErrorKind.ResourceExhausted)]
    public void Explain_WhatNoKernelIsToBlameFor_LeavesTheError(ErrorKind kind)
    {
        EngineException failure = new(kind, "");
        Assert.Same(failure, KernelSupport.Explain(failure, new KernelVersion(5, 10)));
    }
}
