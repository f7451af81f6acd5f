using System.IO;
using FastRun.EndToEnd.Tests.Containers;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>Tests of <c>fastrun daemon</c>, which has an image <c>busybox:test</c>.</summary>
public abstract class ApiTest : ContainerTest
{
    private protected ApiTest(TestImages images)
        : base(images)
    {
        string tar = Path.Combine(Roots.Top, "busybox.tar");
        File.WriteAllBytes(tar, BusyboxRoot.Tar().ToArray());
        FastRun("import", tar, "busybox:test").Run().Exits(0);
        Daemon = new EngineDaemon(Roots);
    }

    private protected EngineDaemon Daemon { get; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Daemon.Dispose();
        }

        base.Dispose(disposing);
    }
}
