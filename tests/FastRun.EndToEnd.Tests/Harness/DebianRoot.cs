using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>
/// An image of a real distribution, made by mmdebstrap from the machine's own package sources and kept between runs.
/// </summary>
internal static class DebianRoot
{
    /// <summary>Makes it, or finds it made, and returns its reference.</summary>
    internal static string Make() => Make("", "make");

    /// <summary>The same with what the large applications of the corpus need.</summary>
    internal static string MakeToolchain() => Make("-toolchain", "make,gcc,libc6-dev,g++,cmake,nodejs,python3-minimal");

    private static string Make(string kind, string packages)
    {
        string suite = File.ReadLines("/etc/os-release").First(line => line.StartsWith("VERSION_CODENAME=", StringComparison.Ordinal)).Split('=')[1];
        string layout = Path.Combine(Repository.Root, "artifacts", "test-images", suite + kind);
        if (!Directory.Exists(layout))
        {
            string staging = layout + "." + Environment.ProcessId;
            Directory.CreateDirectory(staging);
            string tar = Path.Combine(staging, "root.tar");
            Command make = new("mmdebstrap", ["--quiet", "--variant=minbase", "--include=" + packages, suite, tar, .. Sources()])
            {
                Timeout = TimeSpan.FromMinutes(10),
            };
            _ = make.Run().Output;
            OciLayout image = new(Path.Combine(staging, "layout"));
            image.AddImage("latest", [File.ReadAllBytes(tar)]);
            File.Delete(tar);
            try
            {
                Directory.Move(image.Directory, layout);
            }
            catch (IOException) when (Directory.Exists(layout))
            {
                // Another run has made it meanwhile.
            }

            Directory.Delete(staging, recursive: true);
        }

        return "oci:" + layout;
    }

    private static IEnumerable<string> Sources() =>
        from file in Directory.EnumerateFiles("/etc/apt", "*", SearchOption.AllDirectories)
        where file.EndsWith("/etc/apt/sources.list", StringComparison.Ordinal) ||
            (file.Contains("/sources.list.d/", StringComparison.Ordinal) && Path.GetExtension(file) is ".list" or ".sources")
        where new FileInfo(file).Length > 0
        select file;
}
