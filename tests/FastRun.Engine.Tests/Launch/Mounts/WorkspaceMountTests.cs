using System;
using System.Linq;
using FastRun.Engine.Launch.Mounts;

namespace FastRun.Engine.Tests.Launch.Mounts;

/// <summary>Lines of uid_map, "on disk, seen, count" (user_namespaces(7)). 0x70000000 is 1879048192.</summary>
public sealed class WorkspaceMountTests
{
    [Theory]
    [InlineData(1000u, 0u, "1000 0 1\n1879048193 1 65535\n")]
    [InlineData(1000u, 1000u, "1000 1000 1\n1879048192 0 1000\n1879049193 1001 64535\n")]
    [InlineData(0u, 33u, "0 33 1\n1879048192 0 33\n1879048226 34 65502\n")]
    [InlineData(1000u, 65535u, "1000 65535 1\n1879048192 0 65535\n")]
    [InlineData(1000u, 100000u, "1000 100000 1\n1879048192 0 65536\n")]
    [InlineData(1000u, 2147483647u, "1000 2147483647 1\n1879048192 0 65536\n")]
    [InlineData(1879048200u, 0u, "1879048200 0 1\n1879113729 1 65535\n")]
    public void Map_SwapsInTheOwner(uint onDisk, uint seen, string expected) =>
        Assert.Equal(expected, WorkspaceMount.Map(onDisk, seen));

    [Theory]
    [InlineData(1000u, 0u)]
    [InlineData(1879048192u, 1879048192u)]
    [InlineData(1879113727u, 65535u)]
    [InlineData(1879113728u, 70000u)]
    public void Map_NoRangeOverlapsAnother(uint onDisk, uint seen)
    {
        uint[][] lines = [.. WorkspaceMount.Map(onDisk, seen).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ').Select(word => uint.Parse(word, null)).ToArray())];
        foreach (uint[] a in lines)
        {
            foreach (uint[] b in lines.Where(line => line != a))
            {
                Assert.True(a[0] + a[2] <= b[0] || b[0] + b[2] <= a[0], "on disk");
                Assert.True(a[1] + a[2] <= b[1] || b[1] + b[2] <= a[1], "seen");
            }
        }
    }
}
