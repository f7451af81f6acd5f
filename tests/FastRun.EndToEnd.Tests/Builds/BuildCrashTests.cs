using System.Collections.Generic;
using System.Globalization;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Builds;

/// <summary>Builds that are killed at any of their changes of the disk.</summary>
public sealed class BuildCrashTests(TestImages images) : BuildTest(images)
{
    private const int SigKill = 137;

    /// <summary>Not every point, for the time that it takes; which ones is no matter of chance.</summary>
    private const int Step = 5;

    private const string Dockerfile =
        "FROM busybox\nWORKDIR /made\nCOPY file /copied/file\nRUN --mount=type=cache,target=/kept/cache echo x >> /kept/cache/lines; cat /copied/file > out\n";

    [Fact]
    public void Build_KilledAnywhere_LeavesNothingThatTheNextOneTripsOver()
    {
        Write("file", "content");
        int last = 0;
        for (int point = 1; ; point += Step)
        {
            Command build = BuildCommand(Dockerfile, "-t", "made") with
            {
                Environment = new Dictionary<string, string?> { ["FASTRUN_TEST_KILL_AT"] = point.ToString(CultureInfo.InvariantCulture) },
            };
            CommandResult killed = build.Run();
            if (killed.ExitCode != SigKill)
            {
                _ = killed.Exits(0);
                break;
            }

            last = point;
            Assert.True(Processes.Eventually(() => FastRun("gc").Run().ExitCode == 0 && Roots.Leftovers().Count == 0), $"killed at {point}: {string.Join(' ', Roots.Leftovers())}");
            string steps = Path.Combine(Roots.Data, "build-cache", "steps");
            Assert.Empty(Directory.Exists(steps) ? Directory.GetFiles(steps, "*.lock") : []);
            _ = BuildCommand(Dockerfile, "-t", "made").Run().Exits(0);
            Assert.Equal("content", In("made", "cat /made/out"));

            // The next one is to do all of it again.
            _ = FastRun("rmi", "made").Run().Exits(0);
            _ = FastRun("builder", "prune", "-af").Run().Exits(0);
        }

        Assert.True(last > 5 * Step, $"only {last} points");
        Assert.Equal("content", In("made", "cat /made/out"));
        _ = FastRun("system", "check").Run().Exits(0);
    }
}
