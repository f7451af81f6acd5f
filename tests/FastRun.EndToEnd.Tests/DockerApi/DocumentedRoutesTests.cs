using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>docs/docker-api.md tells of every path and method of the Engine API, and of no other.</summary>
public sealed class DocumentedRoutesTests
{
    /// <summary>What stands in <see cref="ApiRoutesTests.Routes"/> where the document has a name in braces.</summary>
    private static readonly string[] s_names = ["nosuch", "one", "name", "some/name", "localhost:1/nosuch"];

    [Fact]
    public void Table_HasEveryRoute()
    {
        SortedSet<string> asked = new(ApiRoutesTests.Routes.Select(Asked), StringComparer.Ordinal);

        Assert.Equal(string.Join('\n', asked), string.Join('\n', Documented()));
    }

    private static string Asked(string route)
    {
        string[] words = route.Split(' ', 3);
        string path = words[1].Split('?')[0];
        foreach (string name in s_names.OrderByDescending(static name => name.Length))
        {
            path = (path + "/").Replace($"/{name}/", "/*/", StringComparison.Ordinal).TrimEnd('/');
        }

        return $"{words[0]} {path}";
    }

    /// <summary>The code spans of the table's first column, <c>METHOD /path</c>.</summary>
    private static SortedSet<string> Documented()
    {
        SortedSet<string> told = new(StringComparer.Ordinal);
        IEnumerable<string> rows = File.ReadLines(Path.Combine(Repository.Root, "docs", "docker-api.md"))
            .SkipWhile(static line => line != "| endpoint | state |")
            .Skip(2)
            .TakeWhile(static line => line.StartsWith('|'));
        foreach (string row in rows)
        {
            foreach (string span in row.Split('|')[1].Split('`').Where(static (_, at) => at % 2 == 1))
            {
                Assert.True(told.Add(string.Join('/', span.Split('/').Select(static part => part.StartsWith('{') ? "*" : part))), span + " is told twice");
            }
        }

        return told;
    }
}
