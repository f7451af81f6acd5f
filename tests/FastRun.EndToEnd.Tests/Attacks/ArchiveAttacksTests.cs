using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Attacks;

/// <summary>
/// Layers that try to write outside of their tree, or to be what they are not: as a layout, as an archive of one, as what
/// docker save writes, and from a registry. Each ends in a refusal of one line or in a tree that stays inside; nothing outside ever changes, and
/// nothing is left behind.
/// </summary>
public sealed class ArchiveAttacksTests : SandboxTest, IClassFixture<HostileRegistry>
{
    private readonly HostileRegistry _registry;
    private readonly string _canary;

    public ArchiveAttacksTests(TestImages images, HostileRegistry registry)
        : base(images)
    {
        _registry = registry;
        _canary = Roots.NewDirectory("canary");
        File.WriteAllText(Path.Combine(_canary, "file"), "untouched");
        Directory.CreateDirectory(Path.Combine(_canary, "inner"));
    }

    public static TheoryData<string> Names => [.. Cases.Keys];

    private static Dictionary<string, ArchiveCase> Cases { get; } =
        NameCases.All.Concat(MetadataCases.All).ToDictionary(attack => attack.Name);

    [Theory]
    [MemberData(nameof(Names))]
    public void Archive(string name)
    {
        ArchiveCase attack = Cases[name];
        string before = Canary();
        OciLayout layout = new(Path.Combine(Roots.Top, "hostile"));
        byte[][] layers = [BusyboxRoot.SmallTar().ToArray(), .. attack.Layers(_canary)];
        layout.AddImage("latest", layers, LayerCompression.None);
        string ociArchive = Path.Combine(Roots.Top, "oci.tar");
        _ = Command.Output("tar", "-C", layout.Directory, "-cf", ociArchive, "oci-layout", "index.json", "blobs");
        string dockerArchive = DockerArchive.Write(Roots.NewDirectory("docker"), layers);
        string pushed = _registry.Push(layout, attack.Name);
        foreach (string image in (string[])[layout.Reference, "oci-archive:" + ociArchive, "docker-archive:" + dockerArchive, pushed])
        {
            Check(["exec", "-q", "--no-workspace", image, "--", "/bin/sh", "-c", attack.Script], attack.Outcome == Outcome.Inside ? 0 : 125, before);

            // Each way in unpacks the layers itself.
            _ = Command.Output("rm", "-rf", "--one-file-system", Roots.Data);
        }

        Check(["pull", "-q", pushed], attack.Outcome == Outcome.Refused ? 1 : 0, before);
    }

    private void Check(string[] arguments, int exitCode, string before)
    {
        CommandResult result = FastRun(arguments).Run();
        if (exitCode != 0)
        {
            _ = result.FailsWith(exitCode);
            Assert.DoesNotContain(result.Stderr, static c => c != '\n' && char.IsControl(c));
        }
        else
        {
            _ = result.Exits(0);
        }

        Assert.Equal(before, Canary());
        Assert.Empty(Roots.Leftovers());
    }

    /// <summary>Everything that a stranger could have changed of the tree outside.</summary>
    private string Canary() => Command.Output(
        "find", _canary, "-printf", "%P %y %m %U:%G %s %T@ %C@ %n %l\n")
        + File.ReadAllText(Path.Combine(_canary, "file")).Length.ToString(CultureInfo.InvariantCulture);
}
