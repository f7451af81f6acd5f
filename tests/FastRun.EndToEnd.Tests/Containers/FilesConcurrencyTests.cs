using System.Globalization;
using System.IO;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>Many at once with containers, files and volumes.</summary>
public sealed class FilesConcurrencyTests(TestImages images) : ContainerTest(images)
{
    private const int Workers = 8;
    private const int Rounds = 3;

    [Fact]
    public void CreateCopyStartRemovePrune_AtOnce_NobodyDisturbsAnother()
    {
        string file = Roots.NewFile("work/file", "content");
        _ = FastRun("create", "--name", "first", Images.Busybox, "true").Run().Exits(0);
        Parallel.For(0, Workers, new ParallelOptions { MaxDegreeOfParallelism = Workers }, worker =>
        {
            string name = "box" + worker.ToString(CultureInfo.InvariantCulture);
            for (int round = 0; round < Rounds; round++)
            {
                _ = FastRun("create", "--name", name, "-v", "/anonymous", "-v", "shared:/shared", Images.Busybox, "sh", "-c", "cat /anonymous/f; exec sleep 100000").Run().Exits(0);
                _ = FastRun("volume", "prune", "-f").Run().Exits(0);
                _ = FastRun("cp", file, name + ":/anonymous/f").Run().Exits(0);
                _ = FastRun("cp", file, $"{name}:/shared/{name}").Run().Exits(0);
                _ = FastRun("start", name).Run().Exits(0);
                string back = Path.Combine(Roots.Top, "work", name);
                _ = FastRun("cp", name + ":/anonymous/f", back).Run().Exits(0);
                Assert.Equal("content", File.ReadAllText(back));
                _ = FastRun("cp", name + ":/shared/" + name, back).Run().Exits(0);
                Assert.Equal("content", File.ReadAllText(back));
                Assert.Contains("A /anonymous", FastRun("diff", name).Run().Lines);
                _ = FastRun("volume", "rm", "shared").Run().FailsWith(1, "volume is in use");
                _ = FastRun("rm", "-f", "-v", name).Run().Exits(0);
            }
        });
        Assert.Equal("shared", FastRun("volume", "ls", "-q").Run().Output);
        Assert.Equal(Workers, Directory.GetFiles(Path.Combine(Roots.Data, "volumes", "shared", "_data")).Length);
    }
}
