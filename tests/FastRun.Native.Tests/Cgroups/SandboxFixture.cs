using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using FastRun.Native.Cgroups;

namespace FastRun.Native.Tests.Cgroups;

/// <summary>A cgroup of a unique name with shells in it; all of it is gone afterwards, also when the test fails.</summary>
internal sealed class SandboxFixture : IDisposable
{
    private SandboxFixture(CgroupHierarchy hierarchy, Cgroup cgroup)
    {
        Hierarchy = hierarchy;
        Cgroup = cgroup;
    }

    public CgroupHierarchy Hierarchy { get; }

    public Cgroup Cgroup { get; }

    /// <summary>The groups' directories: v2 first.</summary>
    public string[] Directories => [.. Cgroup.Locations.Select(Directory)];

    public static SandboxFixture Create(CgroupLimits? limits = null, DevicePolicy? devices = null, string? parent = null, string? name = null, bool delegated = false)
    {
        RequireRoot();
        CgroupHierarchy hierarchy = CgroupHierarchy.Detect();
        try
        {
            return new SandboxFixture(
                hierarchy,
                Cgroup.Create(hierarchy, parent, name ?? UniqueName(), limits ?? new(), devices ?? DevicePolicy.Default, delegated));
        }
        catch
        {
            hierarchy.Dispose();
            throw;
        }
    }

    public static void RequireRoot()
    {
        if (Environment.UserName != "root")
        {
            Assert.Skip("making cgroups needs root");
        }
    }

    public static string UniqueName() => "test-" + Guid.NewGuid().ToString("N")[..12];

    public static string Directory(string location)
    {
        string[] parts = location.Split(':', 2);
        string root = parts[0].Length > 0 ? "/sys/fs/cgroup/" + parts[0]
            : System.IO.Directory.Exists("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified"
            : "/sys/fs/cgroup";
        return Path.Combine(root, parts[1]);
    }

    /// <summary>Starts a shell that joins the cgroup and then runs a script.</summary>
    public Process Start(string script)
    {
        string joins = string.Concat(Directories.Select(directory => $"echo 0 > {directory}/cgroup.procs && "));
        ProcessStartInfo start = new("/bin/sh")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "-c", joins + "exec /bin/sh -c \"$1\"", "sh", script },
        };
        return Process.Start(start)!;
    }

    /// <summary>Runs a script in the cgroup to its end.</summary>
    public (int ExitCode, string Output) Run(string script)
    {
        using Process process = Start(script);
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    public void Dispose()
    {
        string[] directories = Directories;
        Cgroup.Remove();
        Cgroup.Dispose();
        Hierarchy.Dispose();
        Assert.DoesNotContain(directories, System.IO.Directory.Exists);
    }
}
