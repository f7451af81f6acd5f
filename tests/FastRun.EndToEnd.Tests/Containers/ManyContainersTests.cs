using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>What listing costs where there are many containers.</summary>
public sealed class ManyContainersTests(TestImages images) : ContainerTest(images)
{
    private const int Count = 1000;
    private const int MostMilliseconds = 100;

    [Fact]
    public void List_OfAThousand_TakesLittleTime()
    {
        string id = FastRun("create", "--name", "box-0", "--label", "tier=front", Images.Busybox, "sleep", "1000").Run().Output;
        string containers = Path.Combine(Roots.Data, "containers");
        JsonNode record = JsonNode.Parse(File.ReadAllText(Path.Combine(containers, id, "config.json")))!;
        for (int i = 1; i < Count; i++)
        {
            record["id"] = i.ToString("x64", CultureInfo.InvariantCulture);
            record["name"] = $"box-{i}";
            string directory = Directory.CreateDirectory(Path.Combine(containers, (string)record["id"]!)).FullName;
            File.WriteAllText(Path.Combine(directory, "config.json"), record.ToJsonString());
        }

        try
        {
            string script = "TIMEFORMAT='%U %S'; time \"$@\"";
            string[] list = [Repository.Binary, .. Roots.Options, "ps", "-a", "--filter", "label=tier=front"];
            double least = double.MaxValue;
            for (int round = 0; round < 10; round++)
            {
                // Processor time: others have the processors, too.
                CommandResult result = Command.Run("bash", ["-c", script, "bash", .. list]);
                Assert.Equal(Count + 1, result.Lines.Length);
                least = Math.Min(least, result.Stderr.Split(' ').Sum(static part => double.Parse(part, CultureInfo.InvariantCulture)) * 1000);
            }

            Assert.InRange(least, 0, MostMilliseconds);
        }
        finally
        {
            foreach (string directory in Directory.GetDirectories(containers).Where(directory => Path.GetFileName(directory) != id))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
    }
}
