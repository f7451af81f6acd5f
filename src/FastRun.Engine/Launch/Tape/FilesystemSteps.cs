using System;
using FastRun.Engine.Launch.Devices;
using FastRun.Engine.Launch.Mounts;
using FastRun.Native;
using FastRun.Native.Launch;
using FastRun.Native.Mounts;
using FastRun.Native.Namespaces;

namespace FastRun.Engine.Launch.Tape;

/// <summary>The steps that make the container's mount tree.</summary>
internal static class FilesystemSteps
{
    private const MountAttributes NoAnything = MountAttributes.NoSuid | MountAttributes.NoExec | MountAttributes.NoDev;

    internal static void Write(LaunchPlan plan, LaunchTape tape)
    {
        tape.Mark((int)LaunchStep.Root);

        // Attached somewhere in the old tree, which goes with the pivot: before kernel 6.15 open_tree clones only what is
        // attached. Not on the root: pivot_root would take it for the old one.
        tape.MoveMount(plan.SystemFiles.Mount, LaunchTape.CurrentDirectory, plan.ScratchDirectory, optional: false);
        Span<Slot> files = stackalloc Slot[SystemFiles.Names.Length];
        for (int i = 0; i < files.Length; i++)
        {
            files[i] = tape.NewSlot();
            tape.CloneTree(plan.SystemFiles.Mount, SystemFiles.Names[i], files[i]);
        }

        Span<Slot> privateFiles = stackalloc Slot[plan.PrivateFiles.Count];
        for (int i = 0; i < privateFiles.Length; i++)
        {
            privateFiles[i] = tape.NewSlot();
            tape.CloneTree(plan.SystemFiles.Mount, SystemFiles.NameOf(i), privateFiles[i]);
            tape.SetMountAttributes(privateFiles[i], MountAttributes.ReadOnly);
        }

        Span<Slot> covers = stackalloc Slot[MaskedPaths.DirectoryCount];
        for (int i = 0; i < covers.Length && plan.MaskPaths; i++)
        {
            covers[i] = tape.NewSlot();
            tape.CloneTree(plan.SystemFiles.Mount, SystemFiles.EmptyDirectory, covers[i]);
            tape.SetMountAttributes(covers[i], MountAttributes.ReadOnly);
        }

        tape.MoveMount(plan.Root, LaunchTape.CurrentDirectory, "/", optional: false);
        tape.ChangeDirectory(plan.Root);
        tape.PivotRoot();

        tape.Mark((int)LaunchStep.SystemMounts);
        for (int i = 0; i < files.Length; i++)
        {
            AttachInRoot(plan, tape, files[i], SystemFiles.Targets[i], OpenHow.PathInRoot);
        }

        // While there is no proc in the root, nothing that an image or another container swaps in can lead into it.
        AttachMounts(plan, tape, belowSystem: false);
        tape.Mark((int)LaunchStep.SystemMounts);
        AttachPrivateFiles(plan, tape, privateFiles, belowSystem: false);
        TapeArgument proc = Proc(plan, tape);
        Slot sys = Sys(plan, tape);
        Devices(plan, tape);
        AttachMounts(plan, tape, belowSystem: true);
        AttachPrivateFiles(plan, tape, privateFiles, belowSystem: true);
        Sysctls(plan, tape, proc);
        OomScore(plan, tape, proc);
        if (plan.MaskPaths)
        {
            Masks(plan, tape, proc, sys, covers);
        }

        if (plan.ReadOnlyRoot)
        {
            tape.Mark((int)LaunchStep.Root);
            tape.SetMountAttributes(plan.Root, MountAttributes.ReadOnly);
        }
    }

    private static void AttachMounts(LaunchPlan plan, LaunchTape tape, bool belowSystem)
    {
        for (int i = 0; i < plan.Mounts.Count; i++)
        {
            string target = plan.Mounts[i].Target;
            if (IsBelowSystem(target) == belowSystem)
            {
                tape.Mark((int)LaunchStep.FirstMount + i);
                AttachInRoot(plan, tape, plan.Mounts[i].Mount, target, OpenHow.PathInRoot);
            }
        }
    }

    private static void AttachPrivateFiles(LaunchPlan plan, LaunchTape tape, ReadOnlySpan<Slot> files, bool belowSystem)
    {
        for (int i = 0; i < files.Length; i++)
        {
            if (IsBelowSystem(plan.PrivateFiles[i].Target) == belowSystem)
            {
                AttachInRoot(plan, tape, files[i], plan.PrivateFiles[i].Target, OpenHow.PathInRoot);
            }
        }
    }

    private static bool IsBelowSystem(string target) =>
        target is "/dev" or "/sys" || target.StartsWith("/dev/", StringComparison.Ordinal)
        || target.StartsWith("/sys/", StringComparison.Ordinal);

    private static TapeArgument Proc(LaunchPlan plan, LaunchTape tape)
    {
        if (plan.Shared.Proc is { } shared)
        {
            AttachInRoot(plan, tape, shared, "proc", OpenHow.PlainDirectoryInRoot);
            return shared;
        }

        Slot context = tape.NewSlot();
        Slot mount = tape.NewSlot();
        tape.OpenFilesystem("proc", context);
        tape.CreateMount(context, NoAnything, mount);
        AttachInRoot(plan, tape, mount, "proc", OpenHow.PlainDirectoryInRoot);
        return mount;
    }

    private static Slot Sys(LaunchPlan plan, LaunchTape tape)
    {
        MountAttributes attributes = plan.WritableSystem ? NoAnything : NoAnything | MountAttributes.ReadOnly;
        Slot context = tape.NewSlot();
        Slot mount = tape.NewSlot();
        tape.OpenFilesystem("sysfs", context);
        tape.CreateMount(context, attributes, mount);
        AttachInRoot(plan, tape, mount, "sys", OpenHow.PlainDirectoryInRoot);

        Slot cgroupContext = tape.NewSlot();
        Slot cgroup = tape.NewSlot();
        tape.OpenFilesystem("cgroup2", cgroupContext);
        tape.CreateMount(cgroupContext, attributes, cgroup);
        tape.MoveMount(cgroup, mount, "fs/cgroup", optional: true);
        return mount;
    }

    private static void Devices(LaunchPlan plan, LaunchTape tape)
    {
        DeviceFilesystem devices = plan.Devices;
        AttachInRoot(plan, tape, devices.Mount, "dev", OpenHow.PlainDirectoryInRoot);
        tape.MoveMount(devices.Terminals, devices.Mount, "pts", optional: false);
        if (devices.SharedMemory is not null)
        {
            tape.MoveMount(devices.SharedMemory, devices.Mount, "shm", optional: false);
        }

        if (plan.Streams.TerminalIndex is { } terminal)
        {
            Slot console = tape.NewSlot();
            tape.CloneTree(devices.Terminals, Digits(terminal), console);
            tape.MoveMount(console, devices.Mount, "console", optional: false);
        }

        Slot context = tape.NewSlot();
        Slot queue = tape.NewSlot();
        tape.OpenFilesystem("mqueue", context);
        tape.CreateMount(context, NoAnything, queue);
        tape.MoveMount(queue, devices.Mount, "mqueue", optional: false);
    }

    // A fresh devpts numbers from 0, so that no text is made here.
    private static string Digits(int index) => index == 0 ? "0" : index.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void AttachInRoot(LaunchPlan plan, LaunchTape tape, TapeArgument mount, string target, in OpenHow how)
    {
        Slot at = tape.NewSlot();
        tape.Open(plan.Root, target, how, at);
        tape.MoveMount(mount, at);
        tape.Close(at);
    }

    private static void Sysctls(LaunchPlan plan, LaunchTape tape, TapeArgument proc)
    {
        tape.Mark((int)LaunchStep.Sysctls);
        for (int i = 0; i < plan.Sysctls.Count; i++)
        {
            SysctlWrite sysctl = plan.Sysctls[i];
            Slot file = tape.NewSlot();
            tape.Open(proc, sysctl.Path, OpenHow.WriteOnMount, file);
            tape.Write(file, tape.Text(sysctl.Value), System.Text.Encoding.UTF8.GetByteCount(sysctl.Value));
            tape.Close(file);
        }
    }

    private static void OomScore(LaunchPlan plan, LaunchTape tape, TapeArgument proc)
    {
        if (plan.OomScoreAdjustment is { } adjustment && plan.Namespaces.HasFlag(CloneFlags.NewPid))
        {
            tape.Mark((int)LaunchStep.OomScore);
            Slot file = tape.NewSlot();
            tape.Open(proc, "1/oom_score_adj", OpenHow.WriteOnMount, file);
            tape.Write(file, tape.Text(adjustment), adjustment.Length);
            tape.Close(file);
        }
    }

    private static void Masks(LaunchPlan plan, LaunchTape tape, TapeArgument proc, Slot sys, ReadOnlySpan<Slot> covers)
    {
        tape.Mark((int)LaunchStep.Masks);
        foreach (string path in MaskedPaths.ReadOnlyInProc)
        {
            Slot tree = tape.NewSlot();
            tape.CloneTree(proc, path, tree, Errno.ENOENT);
            tape.SetMountAttributes(tree, MountAttributes.ReadOnly, recursive: true, tolerated: Errno.EBADF);
            tape.MoveMount(tree, proc, path, optional: true);
        }

        foreach (string path in MaskedPaths.FilesInProc)
        {
            Slot cover = tape.NewSlot();
            tape.CloneTree(plan.Devices.Null, "", cover);
            tape.MoveMount(cover, proc, path, optional: true);
        }

        int next = 0;
        foreach (string path in MaskedPaths.DirectoriesInProc)
        {
            tape.MoveMount(covers[next++], proc, path, optional: true);
        }

        foreach (string path in MaskedPaths.DirectoriesInSys)
        {
            tape.MoveMount(covers[next++], sys, path, optional: true);
        }
    }
}
