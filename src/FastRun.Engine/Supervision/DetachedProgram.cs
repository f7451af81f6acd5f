using System;
using System.Collections.Generic;
using FastRun.Engine.Networks.Cni;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Capabilities;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;

namespace FastRun.Engine.Supervision;

/// <summary>
/// Starts this very program in a session of its own, with nothing of the caller's but what it is given. It outlives the
/// caller, and whoever waits for the end of the caller's output does not wait for it.
/// </summary>
internal static class DetachedProgram
{
    private const int PR_SET_NO_NEW_PRIVS = 38;

    /// <summary>Starts it.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="command">Its command and operands.</param>
    /// <param name="kept">Descriptors that it inherits under their numbers.</param>
    /// <returns>Why it could not be executed.</returns>
    /// <exception cref="SyscallException">There is no process left.</exception>
    internal static Errno TryStart(StateLayout layout, string[] command, params ReadOnlySpan<Fd> kept)
    {
        Errno errno = TryStart(layout, command, kept, out ChildProcess? child);
        Leave(child);
        return errno;
    }

    /// <summary>As <see cref="TryStart(StateLayout, string[], ReadOnlySpan{Fd})"/>, in the group of supervisors: what ends the caller's does not end it.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="command">Its command and operands.</param>
    /// <param name="capabilities">All that it may ever have, whatever it executes; null for what the caller has.</param>
    /// <param name="kept">Descriptors that it inherits under their numbers.</param>
    internal static Errno TryStartApart(StateLayout layout, string[] command, CapabilitySet? capabilities, params ReadOnlySpan<Fd> kept)
    {
        using CgroupHierarchy hierarchy = CgroupHierarchy.Detect();
        Errno errno = TryStart(layout, command, kept, hierarchy, capabilities, out ChildProcess? child);
        Leave(child);
        return errno;
    }

    /// <summary>As <see cref="TryStart(StateLayout, string[], ReadOnlySpan{Fd})"/>, for a caller that goes on and reaps it.</summary>
    internal static Errno TryStart(StateLayout layout, string[] command, ReadOnlySpan<Fd> kept, out ChildProcess? started) =>
        TryStart(layout, command, kept, apart: null, capabilities: null, out started);

    private static Errno TryStart(StateLayout layout, string[] command, ReadOnlySpan<Fd> kept, CgroupHierarchy? apart, CapabilitySet? capabilities, out ChildProcess? started)
    {
        string[] arguments = ["fastrun", "--data-root", layout.DataRoot, "--run-root", layout.RunRoot, .. command];
        string[] environment = Inherited();
        using Fd nullDevice = FileAt.Open(null, "/dev/null", OpenFlags.ReadWrite);
        using LaunchTape tape = new();
        tape.NewSession();
        tape.ChangeDirectory("/");
        for (int i = 0; i < 3; i++)
        {
            tape.Duplicate(nullDevice, i);
        }

        tape.CloseOnExecFrom(3);
        foreach (Fd descriptor in kept)
        {
            tape.KeepOnExec(descriptor);
        }

        if (capabilities is { } all && CapabilitySet.OfThisProcess().Contains(Capability.CAP_SETPCAP))
        {
            tape.DropBoundingCapabilities(all);
            tape.Prctl(PR_SET_NO_NEW_PRIVS, 1);
        }

        tape.ResetSignalActions();
        tape.UnblockSignals();
        Slot executed = tape.NewSlot();
        tape.TryExecute("/proc/self/exe", tape.TextArray(arguments), tape.TextArray(environment), executed);
        tape.Exit(127);

        ChildProcess child = apart is null
            ? ChildProcess.Launch(tape, CloneFlags.None, cgroup: null, out ChildReport report)
            : SupervisorGroup.Launch(apart, tape, out report);
        started = child;
        if (!report.Failed && report.Position != tape.Count - 1)
        {
            return Errno.None;
        }

        started = null;
        using (child)
        {
            child.Wait();
        }

        return report.Error;
    }

    /// <summary>Nobody waits for it: whoever reaps the caller's children reaps it; a caller that lives long itself, by and by.</summary>
    private static void Leave(ChildProcess? child)
    {
        DetachedChildren.Reap();
        if (child is not null)
        {
            DetachedChildren.Add(child.Pid);
            child.Dispose();
        }
    }

    /// <summary>HOME; where CNI's plugins are; and for tests of what a kill leaves behind, where this process is to be killed.</summary>
    private static string[] Inherited()
    {
        List<string> variables = [];
        if (Environment.GetEnvironmentVariable("HOME") is { } home)
        {
            variables.Add("HOME=" + home);
        }

        foreach (string name in CniSettings.Variables)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                variables.Add($"{name}={value}");
            }
        }

        if (Environment.GetEnvironmentVariable("FASTRUN_TEST_KILL_SUPERVISOR_AT") is { } at)
        {
            variables.Add("FASTRUN_TEST_KILL_AT=" + at);
        }

        return [.. variables];
    }
}
