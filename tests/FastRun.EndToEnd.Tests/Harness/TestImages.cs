using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

[assembly: AssemblyFixture(typeof(TestImages))]

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>The images that tests run, each made once per run, when it is first asked for.</summary>
public sealed class TestImages : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-images-").FullName;
    private readonly Lazy<string> _busybox;
    private readonly Lazy<string> _probe;
    private readonly Lazy<string> _configured;
    private readonly Lazy<string> _layered;
    private readonly Lazy<string> _multiPlatform;
    private readonly Lazy<string> _dockerArchive;
    private readonly Lazy<string> _ociArchive;
    private readonly Lazy<string> _debian;
    private readonly Lazy<string> _toolchain;

    public TestImages()
    {
        _busybox = new(MakeBusybox);
        _probe = new(MakeProbe);
        _configured = new(MakeConfigured);
        _layered = new(MakeLayered);
        _multiPlatform = new(MakeMultiPlatform);
        _dockerArchive = new(() => Convert("docker-archive", "busybox.tar:example.test/busybox:1.0"));
        _ociArchive = new(() => Convert("oci-archive", "busybox-oci.tar:latest"));
        _debian = new(DebianRoot.Make);
        _toolchain = new(DebianRoot.MakeToolchain);
    }

    /// <summary>busybox-static in an OCI layout that umoci made; gzip.</summary>
    internal string Busybox => _busybox.Value;

    /// <summary>Busybox and the static program <c>/probe</c>.</summary>
    internal string Probe => _probe.Value;

    /// <summary>Every field of an image config that a start honours.</summary>
    internal string Configured => _configured.Value;

    /// <summary>Several layers that hide, replace and link what is below them.</summary>
    internal string Layered => _layered.Value;

    /// <summary>One tag for two platforms: the machine's and s390x.</summary>
    internal string MultiPlatform => _multiPlatform.Value;

    /// <summary>What skopeo writes as <c>docker save</c> would; named example.test/busybox:1.0.</summary>
    internal string DockerArchive => _dockerArchive.Value;

    /// <summary>An OCI layout in a tar, made by skopeo.</summary>
    internal string OciArchive => _ociArchive.Value;

    /// <summary>A real Debian root.</summary>
    internal string Debian => _debian.Value;

    /// <summary>A Debian root with compilers and interpreters.</summary>
    internal string Toolchain => _toolchain.Value;

    /// <summary>Busybox in a layer of the given form.</summary>
    internal string BusyboxIn(LayerCompression compression)
    {
        string directory = Path.Combine(_directory, "busybox-" + compression);
        lock (_directory)
        {
            if (!Directory.Exists(directory))
            {
                new OciLayout(directory).AddImage("latest", [BusyboxRoot.Tar().ToArray()], compression);
            }
        }

        return "oci:" + directory;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string MakeBusybox()
    {
        string layout = Path.Combine(_directory, "busybox");
        string bundle = Path.Combine(_directory, "busybox-bundle");
        string image = layout + ":latest";
        _ = Command.Output("umoci", "init", "--layout", layout);
        _ = Command.Output("umoci", "new", "--image", image);
        _ = Command.Output("umoci", "unpack", "--image", image, bundle);
        BusyboxRoot.Write(Path.Combine(bundle, "rootfs"));
        _ = Command.Output("umoci", "repack", "--image", image, bundle);
        _ = Command.Output("umoci", "config", "--image", image, "--config.cmd", "sh");
        _ = Command.Output("umoci", "gc", "--layout", layout);
        Directory.Delete(bundle, recursive: true);
        return $"oci:{image}";
    }

    private string MakeProbe()
    {
        string probe = Path.Combine(_directory, "probe");
        _ = Command.Output(
            "gcc", "-static", "-O1", "-Wall", "-Wextra", "-Werror", "-o", probe, Path.Combine(AppContext.BaseDirectory, "Probes", "probe.c"));
        OciLayout layout = new(Path.Combine(_directory, "probe-image"));
        byte[] top = new LayerTar().File("probe", File.ReadAllBytes(probe), mode: 0x1ED).ToArray();
        layout.AddImage("latest", [BusyboxRoot.Tar().ToArray(), top]);
        return layout.Reference;
    }

    private string MakeConfigured()
    {
        OciLayout layout = new(Path.Combine(_directory, "configured"));
        byte[] top = new LayerTar().Directory("srv").Directory("srv/app", uid: 1000, gid: 1000).Directory("data", uid: 1000, gid: 1000)
            .File("data/seed", "from the image", uid: 1000, gid: 1000).ToArray();
        layout.AddImage("latest", [BusyboxRoot.Tar().ToArray(), top], config: new JsonObject
        {
            ["Entrypoint"] = new JsonArray("/bin/sh", "-c", "echo \"entry $0 $*\"; exec \"$0\" \"$@\""),
            ["Cmd"] = new JsonArray("echo", "default"),
            ["Env"] = new JsonArray("PATH=/bin:/usr/bin", "FROM_IMAGE=1", "SHADOWED=image"),
            ["User"] = "build",
            ["WorkingDir"] = "/srv/app",
            ["Volumes"] = new JsonObject { ["/data"] = new JsonObject() },
            ["StopSignal"] = "SIGUSR1",
        });
        return layout.Reference;
    }

    private string MakeLayered()
    {
        OciLayout layout = new(Path.Combine(_directory, "layered"));
        layout.AddImage("latest", LayeredContent());
        return layout.Reference;
    }

    /// <summary>The layers of <see cref="Layered"/>.</summary>
    internal static IReadOnlyList<byte[]> LayeredContent() =>
    [
        BusyboxRoot.Tar().ToArray(),
        new LayerTar().Directory("case").File("case/kept", "1").File("case/removed", "1").File("case/replaced", "lower", mode: 0x180)
            .Directory("case/opaque").File("case/opaque/old", "1").Directory("case/tree").File("case/tree/leaf", "1")
            .Directory("case/becomes-file").File("case/becomes-file/leaf", "1").File("case/becomes-directory", "1")
            .File("case/linked", "shared").HardLink("case/link", "case/linked").ToArray(),
        new LayerTar().Directory("case").Whiteout("case", "removed").File("case/replaced", "upper", mode: 0x1A4)
            .File("case/opaque/new", "2").Opaque("case/opaque").Whiteout("case", "tree")
            .Whiteout("case", "becomes-file").File("case/becomes-file", "file now").Directory("case/becomes-directory")
            .File("case/becomes-directory/leaf", "directory now").HardLink("case/lower-link", "case/linked").ToArray(),
        // An entry whose parent directory only the lower layers have, and a path through a lower layer's symbolic link.
        new LayerTar().SymbolicLink("alias", "case").ToArray(),
        new LayerTar().File("case/without-parent", "3").File("alias/through-link", "4").ToArray(),
    ];

    private string MakeMultiPlatform()
    {
        OciLayout layout = new(Path.Combine(_directory, "multi"));
        byte[] busybox = BusyboxRoot.Tar().ToArray();
        layout.AddImage("s390x", [busybox, new LayerTar().File("platform", "s390x").ToArray()], architecture: "s390x");
        layout.AddImage("host", [busybox, new LayerTar().File("platform", "host").ToArray()]);
        layout.NestUnder("latest");
        return layout.Reference;
    }

    private string Convert(string transport, string target)
    {
        string destination = Path.Combine(_directory, target);
        _ = Command.Output("skopeo", "--insecure-policy", "copy", Busybox, $"{transport}:{destination}");
        return $"{transport}:{destination.Split(':')[0]}";
    }
}
