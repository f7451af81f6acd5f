using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>Manual pages, read by groff.</summary>
public sealed class ManualPageTests(TestImages images) : SandboxTest(images)
{
    [Fact]
    public void Pages_AreWhatManReads()
    {
        string[] commands = ["", .. FastRun("man").Run().Output.Split('\n')
            .Where(static line => line.StartsWith(".B ", System.StringComparison.Ordinal) && line != ".B fastrun" && !line.Contains("\\-\\-", System.StringComparison.Ordinal))
            .Select(static line => line[3..].Replace("\\-", "-", System.StringComparison.Ordinal))];
        Assert.True(commands.Length > 30, string.Join(' ', commands));
        foreach (string command in commands)
        {
            string page = FastRun(["man", .. command.Split(' ', System.StringSplitOptions.RemoveEmptyEntries)]).Run().Exits(0).Stdout;
            CommandResult read = new Command("groff", "-man", "-Tutf8", "-ww", "-P-cbou") { Stdin = page }.Run().Exits(0);
            Assert.Equal("", read.Stderr);
            Assert.Contains("NAME", read.Stdout, System.StringComparison.Ordinal);
            Assert.Contains(command.Length == 0 ? "fastrun" : $"fastrun-{command.Replace(' ', '-')}", read.Stdout.Replace('\u2212', '-').Replace('\u2010', '-'), System.StringComparison.Ordinal);
        }
    }
}
