using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary><c>fastrun save</c> and <c>fastrun load</c>, also beside the other engines' tools.</summary>
public sealed class SaveLoadTests(TestImages images) : SandboxTest(images)
{
    private const int SigKill = 137;

    private string Archive => Path.Combine(Roots.Top, "saved.tar");

    [Theory]
    [InlineData("docker-archive")]
    [InlineData("oci-archive")]
    public void Save_IsReadByThePeersAndByLoad(string format)
    {
        string id = Load(Images.Layered, "layered:1");
        _ = FastRun("save", "-o", Archive, "--format", format, "layered:1").Run().Exits(0);

        // The layers are the very tars: the diffIDs in the config are their digests.
        string work = Roots.NewDirectory("work");
        _ = Command.Output("tar", "-C", work, "-xf", Archive);
        foreach (string blob in Directory.GetFiles(Path.Combine(work, "blobs", "sha256")))
        {
            Assert.Equal(Path.GetFileName(blob), Command.Output("sha256sum", blob)[..64]);
        }

        // skopeo reads it as both kinds where it is both, umoci unpacks what is in it, and its tree is ours.
        string copy = Path.Combine(Roots.Top, "copy");
        string source = format == "docker-archive" ? $"docker-archive:{Archive}:layered:1" : $"oci-archive:{Archive}:1";
        _ = Command.Output("skopeo", "--insecure-policy", "copy", source, $"oci:{copy}:x");
        if (format == "docker-archive")
        {
            _ = Command.Output("skopeo", "--insecure-policy", "copy", $"oci-archive:{Archive}:1", $"oci:{copy}:y");
        }

        Assert.Equal(id["sha256:".Length..], Path.GetFileName(JsonNode.Parse(File.ReadAllText(Path.Combine(copy, ManifestOf(copy))))!["config"]!["digest"]!.ToString().Replace("sha256:", "", StringComparison.Ordinal)));
        string bundle = Path.Combine(Roots.Top, "bundle");
        _ = Command.Output("umoci", "unpack", "--image", $"{copy}:x", bundle);
        string ours = FastRun("run", "--rm", "layered:1", "sh", "-c", "cd /case && find . | sort").Run().Output;
        Assert.Equal(ours, Command.Output("sh", "-c", $"cd {bundle}/rootfs/case && find . | LC_ALL=C sort"));

        // What skopeo makes of it comes back as the same image.
        string again = Path.Combine(Roots.Top, "again.tar");
        _ = Command.Output("skopeo", "--insecure-policy", "copy", $"oci:{copy}:x", $"{format}:{again}:{(format == "docker-archive" ? "example.test/back:2" : "back")}");
        _ = FastRun("rmi", "-f", "layered:1").Run().Exits(0);
        string loaded = FastRun("load", "-i", again).Run().Output;
        Assert.Matches("^Loaded image: (example.test/back:2|localhost/again:back)$", loaded);
        Assert.Equal(id, FastRun("image", "inspect", "-f", "{{.Id}}", loaded["Loaded image: ".Length..]).Run().Output);
    }

    [Theory]
    [InlineData("cat", "")]
    [InlineData("gzip -c", "")]
    [InlineData("zstd -qc", "")]
    [InlineData("xz -c", "compressed with xz")]
    [InlineData("bzip2 -c", "compressed with bzip2")]
    public void Load_FromAPipeAndAFile_CompressedOrNot(string compress, string refusal)
    {
        string id = Load(Images.Busybox, "bb:1");
        _ = FastRun("save", "-o", Archive, "bb:1").Run().Exits(0);
        _ = FastRun("rmi", "-f", "bb:1").Run().Exits(0);
        foreach (string input in new[] { $"{compress} {Archive} | FASTRUN load", $"{compress} {Archive} > {Archive}.c && FASTRUN load < {Archive}.c", $"FASTRUN load -q -i {Archive}.c" })
        {
            CommandResult load = Shell(input);
            if (refusal.Length > 0)
            {
                _ = load.FailsWith(1, refusal);
                Assert.Equal("", FastRun("images", "-aq").Run().Output);
                continue;
            }

            Assert.Equal("Loaded image: bb:1", load.Output);
            Assert.Equal(id, FastRun("images", "-q", "--no-trunc").Run().Output);
            _ = FastRun("rmi", "bb:1").Run().Exits(0);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "staging")));
    }

    [Fact]
    public void Save_SeveralImages_NamesAndIds_EachLayerOnce()
    {
        string first = Load(Images.Busybox, "one:1");
        _ = FastRun("create", "--name", "box", "one:1", "true").Run().Exits(0);
        string second = FastRun("commit", "-c", "CMD true", "box", "one:2").Run().Output;
        string third = FastRun("commit", "-c", "CMD false", "box").Run().Output;
        _ = FastRun("rm", "box").Run().Exits(0);
        _ = Shell($"FASTRUN save one {third} > {Archive}").Exits(0);
        string[] names = Command.Output("tar", "-tf", Archive).Split('\n');
        Assert.Equal(names.Length, names.Distinct().Count());
        JsonArray manifest = JsonNode.Parse(Command.Output("tar", "-xOf", Archive, "manifest.json"))!.AsArray();
        Assert.Equal(3, manifest.Count);
        Assert.Equal(["one:1", "one:2", ""], manifest.Select(image => (string?)image!["RepoTags"]?[0] ?? ""));

        // The other ones go, and come back with what they were called.
        _ = FastRun("image", "prune", "-af").Run().Exits(0);
        Assert.Equal(["Loaded image: one:1", "Loaded image: one:2", "Loaded image ID: " + third], FastRun("load", "-i", Archive).Run().Lines);
        Assert.Equal(first, FastRun("image", "inspect", "-f", "{{.Id}}", "one:1").Run().Output);
        Assert.Equal(second, FastRun("image", "inspect", "-f", "{{.Id}}", "one:2").Run().Output);

        // A name that means something else is told.
        _ = FastRun("rmi", "one:2").Run().Exits(0);
        _ = FastRun("create", "--name", "box", "one:1", "true").Run().Exits(0);
        string other = FastRun("commit", "-c", "CMD other", "box", "one:2").Run().Output;
        _ = FastRun("rm", "box").Run().Exits(0);
        Assert.Contains($"The image one:2 already exists, renaming the old one with ID {other} to empty string", FastRun("load", "-i", Archive).Run().Lines);

        _ = FastRun("save", "nobody").Run().FailsWith(1, "nobody", "no such image");
        _ = FastRun("save", "-o", Path.Combine(Roots.Top, "no", "where.tar"), "one:1").Run().FailsWith(1, "does not exist");
        _ = FastRun("save", "--format", "zip", "one:1").Run().FailsWith(125, "docker-archive or oci-archive");
        _ = FastRun("save", "--platform", "linux/s390x", "one:1").Run().FailsWith(1, "no image for linux/s390x");
        _ = FastRun("search", "busybox").Run().FailsWith(1, "no search");
    }

    [Fact]
    public void Load_KilledBeforeAnyChangeOfTheDisk_TheNextOneCompletesAndGcCleans()
    {
        _ = Load(Images.Layered, "layered:1");
        _ = FastRun("save", "-o", Archive, "layered:1").Run().Exits(0);
        _ = FastRun("rmi", "-f", "layered:1").Run().Exits(0);
        int points = 0;
        while (true)
        {
            CommandResult killed = (FastRun("load", "-i", Archive) with
            {
                Environment = new Dictionary<string, string?> { ["FASTRUN_TEST_KILL_AT"] = (1 + (points * 7)).ToString(CultureInfo.InvariantCulture) },
            }).Run();
            if (killed.ExitCode != SigKill)
            {
                Assert.Equal("Loaded image: layered:1", killed.Output);
                break;
            }

            points++;
            Assert.Equal("Loaded image: layered:1", FastRun("load", "-i", Archive).Run().Output);
            _ = FastRun("gc").Run().Exits(0);
            _ = FastRun("system", "check").Run().Exits(0);
            _ = FastRun("rmi", "layered:1").Run().Exits(0);
            _ = FastRun("gc").Run().Exits(0);
            Assert.Equal("", FastRun("images", "-aq").Run().Output);
            Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "staging")));
        }

        Assert.True(points >= 5, $"only {points} points");
    }

    [Theory]
    [InlineData("save")]
    [InlineData("load")]
    [InlineData("import")]
    public void DiskFull_OneErrorAndNothingStays(string what)
    {
        string id = Load(Images.Busybox, "bb:1");
        string whole = Path.Combine(Roots.Top, "whole.tar.gz");
        _ = Shell($"FASTRUN save bb:1 | gzip > {whole}").Exits(0);
        string disk = Roots.NewDirectory("disk");
        _ = Command.Output("mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", disk);
        try
        {
            string roots = $"--data-root {disk}/data --run-root {disk}/run";
            CommandResult full = what switch
            {
                "save" => FastRun("save", "-o", Path.Combine(disk, "x.tar"), "bb:1").Run(),
                "load" => Command.Run("sh", "-c", $"{Repository.Binary} {roots} load -i {whole}"),
                _ => Command.Run("sh", "-c", $"head -c 2000000 /dev/urandom > {Roots.Top}/r; tar -C {Roots.Top} -cf {Roots.Top}/r.tar r; {Repository.Binary} {roots} import - < {Roots.Top}/r.tar"),
            };
            _ = full.FailsWith(1, "no space left on device");
            if (what == "save")
            {
                Assert.Empty(Directory.EnumerateFileSystemEntries(disk));
            }
            else
            {
                Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(disk, "data", "staging")));
                Assert.Equal("", Command.Output("sh", "-c", $"{Repository.Binary} {roots} images -aq"));
                _ = Command.Output("sh", "-c", $"{Repository.Binary} {roots} gc");
            }
        }
        finally
        {
            _ = Command.Output("umount", disk);
        }

        Assert.Equal(id, FastRun("images", "-q", "--no-trunc").Run().Output);
    }

    [Fact]
    public void Import_ATar_ByAllWays()
    {
        string work = Roots.NewDirectory("tree");
        _ = Command.Output("sh", "-c", $"mkdir -p {work}/bin && cp $(command -v busybox) {work}/bin/busybox && ln -s busybox {work}/bin/sh && echo hi > {work}/hello && tar -C {work} -cf {work}.tar . && gzip -k {work}.tar");
        string id = FastRun("import", "-c", "CMD [\"/bin/busybox\", \"cat\", \"/hello\"]", "-m", "mine", work + ".tar", "imported:1").Run().Output;
        Assert.Equal("hi", FastRun("run", "--rm", "imported:1").Run().Output);
        Assert.Equal("mine", FastRun("history", "--format", "{{.Comment}}", id).Run().Output);
        string diffId = FastRun("image", "inspect", "-f", "{{index .RootFS.Layers 0}}", id).Run().Output;
        Assert.Equal("sha256:" + Command.Output("sha256sum", work + ".tar")[..64], diffId);

        string piped = Shell($"cat {work}.tar.gz | FASTRUN import - imported:2").Output;
        Assert.Equal(diffId, FastRun("image", "inspect", "-f", "{{index .RootFS.Layers 0}}", piped).Run().Output);
        Assert.Equal("Imported from -", FastRun("history", "--format", "{{.Comment}}", piped).Run().Output);
        using StaticServer server = new(File.ReadAllBytes(work + ".tar.gz"));
        string fetched = FastRun("import", server.Url + "tree.tar.gz").Run().Output;
        Assert.Equal(diffId, FastRun("image", "inspect", "-f", "{{index .RootFS.Layers 0}}", fetched).Run().Output);
        _ = FastRun("import", server.Url + "missing").Run().FailsWith(1, "404");
        _ = FastRun("import", Path.Combine(Roots.Top, "nothing")).Run().FailsWith(1, "no such file");
        _ = FastRun("import", Roots.NewFile("text", new string('x', 2000))).Run().FailsWith(1, "text");
        _ = FastRun("import", "--platform", "linux/s390x", work + ".tar", "foreign").Run().Exits(0);
        Assert.Equal("s390x", FastRun("image", "inspect", "-f", "{{.Architecture}}", "foreign").Run().Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "staging")));
        _ = FastRun("system", "check").Run().Exits(0);
    }

    [Fact]
    public void RemoveById_SeveralRepositories_NeedForce()
    {
        string id = Load(Images.Busybox, "one:1");
        _ = FastRun("save", "-o", Archive, "one:1").Run().Exits(0);
        string other = Path.Combine(Roots.Top, "other.tar");
        _ = Command.Output("sh", "-c", $"cd {Roots.Top} && mkdir o && tar -C o -xf {Archive} && sed -i 's/one:1/two:2/' o/manifest.json && tar -C o -cf {other} .");
        _ = FastRun("load", "-i", other).Run().Exits(0);
        _ = FastRun("rmi", id).Run().FailsWith(1, "must be forced", "referenced in multiple repositories");
        Assert.Contains("Untagged: two:2", FastRun("rmi", "-f", id).Run().Lines);
        Assert.Equal("", FastRun("images", "-aq").Run().Output);
    }

    private string Load(string source, string name)
    {
        string archive = Path.Combine(Roots.Top, "source.tar");
        File.Delete(archive);
        _ = Command.Output("skopeo", "--insecure-policy", "copy", source, $"docker-archive:{archive}:{name}");
        _ = FastRun("load", "-q", "-i", archive).Run().Exits(0);
        return FastRun("image", "inspect", "-f", "{{.Id}}", name).Run().Output;
    }

    private static string ManifestOf(string layout) =>
        "blobs/sha256/" + JsonNode.Parse(File.ReadAllText(Path.Combine(layout, "index.json")))!["manifests"]![0]!["digest"]!.ToString()["sha256:".Length..];

    private CommandResult Shell(string script) =>
        Command.Run("sh", "-c", script.Replace("FASTRUN", $"{Repository.Binary} {string.Join(' ', Roots.Options)}", StringComparison.Ordinal));
}
