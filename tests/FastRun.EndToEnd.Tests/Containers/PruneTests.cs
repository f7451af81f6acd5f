using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>container prune, image prune and system prune: what they ask, what goes and what stays.</summary>
public sealed class PruneTests(TestImages images) : ContainerTest(images)
{
    [Fact]
    public void Containers_ThoseThatDoNotRun_Go()
    {
        Detached(["--name", "running"], "sleep", "1000");
        string exited = Run(["--name", "exited", "-v", "/anonymous"], "sh", "-c", "head -c 2000 /dev/zero > /f").Exits(0).Stdout + Id("exited");
        FastRun("create", "--name", "labelled", "--label", "keep=1", Images.Busybox).Run().Exits(0);

        CommandResult no = (FastRun("container", "prune") with { Stdin = "n\n" }).Run().Exits(0);
        Assert.Equal("WARNING! This will remove all stopped containers.\nAre you sure you want to continue? [y/N] ", no.Stdout);
        Assert.Equal("", no.Stderr);
        Assert.Equal(3, FastRun("ps", "-aq").Run().Lines.Length);

        Assert.Equal(
            ["Deleted Containers:", exited, "", "Total reclaimed space: 2kB"],
            FastRun("container", "prune", "-f", "--filter", "label!=keep").Run().Lines);
        Assert.Equal(["labelled", "running"], FastRun("ps", "-a", "--format", "{{.Names}}").Run().Lines);
        Assert.Equal("Total reclaimed space: 0B", FastRun("container", "prune", "-f", "--filter", "until=1h").Run().Output);
        Assert.Equal("Deleted Containers:", (FastRun("container", "prune") with { Stdin = "y\n" }).Run().Lines[1][^"Deleted Containers:".Length..]);
        Assert.Equal(["running"], FastRun("ps", "-a", "--format", "{{.Names}}").Run().Lines);

        // Its anonymous volume stays, as Docker's does.
        Assert.Single(FastRun("volume", "ls", "-q").Run().Lines);
        _ = FastRun("container", "prune", "-f", "--filter", "foo=bar").Run().FailsWith(1, "invalid filter 'foo'");
        _ = FastRun("container", "prune", "-f", "--filter", "until=soon").Run().FailsWith(125, "invalid");
    }

    [Fact]
    public void Images_ThatNothingNeeds_Go()
    {
        FastRun("create", "--name", "user", Images.Busybox).Run().Exits(0);
        FastRun("exec", "--no-workspace", Images.Configured, "--", "true").Run();
        List<string> all = [.. FastRun("images", "-q", "--no-trunc").Run().Lines.Distinct()];
        string used = FastRun("inspect", "-f", "{{.Image}}", "user").Run().Output;
        string unused = Assert.Single(all, id => id != used);

        Assert.Equal("Total reclaimed space: 0B", FastRun("image", "prune", "-f").Run().Output);
        Assert.Equal("Total reclaimed space: 0B", FastRun("image", "prune", "-af", "--filter", "label=nobody.has.this").Run().Output);
        Assert.StartsWith("WARNING! This will remove all dangling images.\n", (FastRun("image", "prune") with { Stdin = "\n" }).Run().Exits(0).Stdout);
        string[] lines = FastRun("image", "prune", "-af").Run().Lines;

        Assert.Equal("Deleted Images:", lines[0]);
        Assert.Equal($"deleted: {unused}", lines[^3]);
        Assert.StartsWith("Total reclaimed space: ", lines[^1]);
        Assert.Equal([used], FastRun("images", "-q", "--no-trunc").Run().Lines.Distinct());

        FastRun("rm", "user").Run().Exits(0);
        FastRun("image", "prune", "-af").Run().Exits(0);
        Assert.Equal("", FastRun("images", "-q").Run().Output);
    }

    [Fact]
    public void Images_DanglingAndNeededByAContainer_Stays()
    {
        FastRun("create", "--name", "user", Images.Busybox).Run().Exits(0);
        string image = FastRun("inspect", "-f", "{{.Image}}", "user").Run().Output;
        FastRun("rmi", "-f", image).Run();

        Assert.Equal("Total reclaimed space: 0B", FastRun("image", "prune", "-f").Run().Output);
        FastRun("rm", "user").Run().Exits(0);
        Assert.Equal($"deleted: {image}", FastRun("image", "prune", "-f").Run().Lines[1]);
    }

    [Fact]
    public void System_AsksForAllItRemoves()
    {
        FastRun("create", "--name", "user", "-v", "/anonymous", "-v", "named:/n", Images.Busybox).Run().Exits(0);

        CommandResult no = (FastRun("system", "prune", "-a", "--volumes", "--filter", "label!=x") with { Stdin = "n\n" }).Run().Exits(0);
        Assert.Equal(
            """
            WARNING! This will remove:
              - all stopped containers
              - all networks not used by at least one container
              - all anonymous volumes not used by at least one container
              - all images without at least one container associated to them

              Items to be pruned will be filtered with:
              - label!=x

            Are you sure you want to continue? [y/N] 
            """.TrimEnd('\n'),
            no.Stdout);

        string[] lines = FastRun("system", "prune", "-af", "--volumes").Run().Lines;
        Assert.Equal(["Deleted Containers:", "Deleted Volumes:", "Deleted Images:"], lines.Where(line => line.StartsWith("Deleted", System.StringComparison.Ordinal)));
        Assert.Equal("", FastRun("ps", "-aq").Run().Output);
        Assert.Equal("", FastRun("images", "-q").Run().Output);
        Assert.Equal("named", FastRun("volume", "ls", "-q").Run().Output);
        _ = FastRun("system", "prune", "-f", "--volumes", "--filter", "until=1h").Run().FailsWith(1, "the \"until\" filter is not supported with \"--volumes\"");
    }

    [Fact]
    public void RecordThatCannotBeRead_IsListedRemovedAndKeepsNoImage()
    {
        string id = FastRun("create", "--name", "broken", Images.Busybox).Run().Output;
        File.WriteAllText(Path.Combine(Roots.Data, "containers", id, "config.json"), "{\"broken");

        CommandResult listed = FastRun("ps", "-a", "--format", "{{.ID}} {{.Names}} {{.Status}}").Run().Exits(0);
        Assert.Equal($"{id[..12]} broken Dead\n", listed.Stdout);
        Assert.Equal($"fastrun: container broken: its record cannot be read\nhint: remove it: fastrun rm -f {id[..12]}\n", listed.Stderr);
        _ = FastRun("start", "broken").Run().FailsWith(1, "container broken: its record cannot be read");
        FastRun("gc").Run().Exits(0);
        FastRun("image", "prune", "-af").Run().Exits(0);
        Assert.Equal("", FastRun("images", "-q").Run().Output);

        Assert.Equal("broken", FastRun("rm", "broken").Run().Output);
        Assert.Equal("", FastRun("ps", "-aq").Run().Output);
    }

    private string Id(string name) => FastRun("inspect", "-f", "{{.Id}}", name).Run().Output;
}
