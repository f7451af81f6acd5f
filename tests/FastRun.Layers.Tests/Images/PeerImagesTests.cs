using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using FastRun.Layers.Images;
using FastRun.Layers.References;

namespace FastRun.Layers.Tests.Images;

/// <summary>One image as umoci, skopeo and Docker's archive format write it: the same image each time.</summary>
public sealed class PeerImagesTests : IDisposable
{
    private readonly TemporaryState _state = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Open_UmociAndSkopeo_TheSameImageFromEveryForm()
    {
        string layout = _state.File("busybox");
        string bundle = _state.File("bundle");
        Run("umoci", "init", "--layout", layout);
        Run("umoci", "new", "--image", layout + ":1.36");
        Run("umoci", "unpack", "--rootless", "--image", layout + ":1.36", bundle);
        Directory.CreateDirectory(Path.Combine(bundle, "rootfs", "bin"));
        File.WriteAllText(Path.Combine(bundle, "rootfs", "bin", "sh"), "#!");
        Run("umoci", "repack", "--image", layout + ":1.36", bundle);
        Run(
            "umoci", "config", "--image", layout + ":1.36", "--config.env", "A=1", "--config.cmd", "/bin/sh",
            "--config.user", "1000:1000", "--config.workingdir", "/w", "--config.volume", "/v", "--config.stopsignal", "SIGINT");
        Run("skopeo", "copy", "-q", $"oci:{layout}:1.36", $"oci-archive:{_state.File("a.tar")}:1.36");
        Run("skopeo", "copy", "-q", $"oci:{layout}:1.36", $"docker-archive:{_state.File("d.tar")}:busybox:1.36");
        Run("skopeo", "copy", "-q", "--dest-compress-format", "zstd", $"oci:{layout}:1.36", $"oci:{_state.File("zstd")}:1.36");

        string[] locations =
        [
            $"oci:{layout}:1.36", $"oci-archive:{_state.File("a.tar")}", $"docker-archive:{_state.File("d.tar")}:busybox:1.36",
            $"oci:{_state.File("zstd")}",
        ];
        List<LaunchRecord> records = [];
        foreach (string location in locations)
        {
            // Each from nothing.
            using TemporaryState fresh = new();
            using ImageLease lease = new ImageStore(fresh.Layout).Open(ImageLocation.Parse(location));
            records.Add(lease.Record);
            Assert.Equal(
                "#!", File.ReadAllText(Path.Combine(fresh.Layout.LayerTree(lease.Record.LayerIds[0]), "bin", "sh")));
        }

        Assert.Single(records.Select(record => record.ImageId).Distinct());
        Assert.All(records, record =>
        {
            Assert.Equal(["A=1"], record.Env);
            Assert.Equal(["/bin/sh"], record.Cmd);
            Assert.Equal(["/v"], record.Volumes);
            Assert.Equal(("1000:1000", "/w", "SIGINT"), (record.User, record.WorkingDir, record.StopSignal));
        });
    }

    private static void Run(string program, params string[] arguments)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip(program + " is not installed");
            throw;
        }

        using (process)
        {
            string output = process.StandardError.ReadToEnd() + process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{program} {arguments[0]}: {output}");
        }
    }
}
