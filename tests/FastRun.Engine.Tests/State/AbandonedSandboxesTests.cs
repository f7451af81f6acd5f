using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.State;

public sealed class AbandonedSandboxesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-abandoned-").FullName;
    private readonly StateLayout _layout;

    public AbandonedSandboxesTests() => _layout = new StateLayout(_directory + "/data", _directory + "/run");

    public void Dispose() => TreeRemoval.Delete(null, _directory);

    [Fact]
    public void Reclaim_LeavesWhatIsAlive()
    {
        Sandbox dead = Sandbox.Create(_layout);
        File.WriteAllText(dead.Upper + "/file", "x");
        dead.Dispose();
        using Sandbox alive = Sandbox.Create(_layout);
        List<string> failures = [];

        Assert.Equal(1, AbandonedSandboxes.Reclaim(_layout, failures));

        Assert.Empty(failures);
        Assert.Equal([alive.Id], Sandbox.List(_layout));
    }

    [Fact]
    public void Reclaim_KilledBetweenItsFirstSteps_IsReclaimed()
    {
        Directory.CreateDirectory(_layout.Container(new string('a', 64)));

        Assert.Equal(1, AbandonedSandboxes.Reclaim(_layout, []));
        Assert.Equal(0, AbandonedSandboxes.Reclaim(_layout, []));
    }
}
