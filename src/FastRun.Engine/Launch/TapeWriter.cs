using System;
using FastRun.Native.Capabilities;
using FastRun.Native.Launch;
using FastRun.Native.Mounts;
using FastRun.Native.Namespaces;

namespace FastRun.Engine.Launch;

/// <summary>
/// Writes a plan as a tape. docs/launch-child.md tells the order of the steps, and why. Allocates no managed memory.
/// </summary>
internal static class TapeWriter
{
    private const int PR_SET_PDEATHSIG = 1;
    private const int PR_SET_NO_NEW_PRIVS = 38;
    private const int SIGKILL = 9;
    private const int TIOCSCTTY = 0x540E;

    /// <summary>Writes the whole tape.</summary>
    /// <param name="plan">What to launch.</param>
    /// <param name="tape">An empty tape.</param>
    /// <param name="timed">Whether the child notes when it starts and when it executes the command.</param>
    internal static TapeMarks Write(LaunchPlan plan, LaunchTape tape, bool timed)
    {
        nint started = timed ? tape.NoteTime() : 0;
        Isolate(plan, tape);
        FilesystemSteps.Write(plan, tape);
        Names(plan, tape);
        WorkingDirectory(plan, tape);
        StandardDescriptors(plan, tape);
        ResourceLimits(plan, tape);
        nint prepared = timed ? tape.NoteTime() : 0;
        Identity(plan, tape);
        return new TapeMarks(Execute(plan, tape), started, prepared);
    }

    private static void Isolate(LaunchPlan plan, LaunchTape tape)
    {
        tape.Mark((int)LaunchStep.Isolate);
        tape.NewSession();
        if (plan.Cgroup.V1Procs.Count > 0)
        {
            nint zero = tape.Text("0");
            for (int i = 0; i < plan.Cgroup.V1Procs.Count; i++)
            {
                tape.Write(plan.Cgroup.V1Procs[i], zero, 1);
            }

            // Only now, so that the namespace's root is where the v1 joins have led.
            tape.Unshare(CloneFlags.NewCgroup);
        }

        if (plan.Cgroup.LeafProcs is { } leaf)
        {
            // After the namespace has its root, so that the root is empty and can have groups with controllers.
            tape.Write(leaf, tape.Text("0"), 1);
        }

        tape.SetRootPropagation(Propagation.Private);
    }

    private static void Names(LaunchPlan plan, LaunchTape tape)
    {
        tape.Mark((int)LaunchStep.Names);
        if (plan.Namespaces.HasFlag(CloneFlags.NewUts))
        {
            tape.SetHostName(plan.HostName);
        }

        if (plan.Namespaces.HasFlag(CloneFlags.NewNet))
        {
            LoopbackSteps.Write(tape);
        }

        tape.NewSessionKeyring();
    }

    private static void WorkingDirectory(LaunchPlan plan, LaunchTape tape)
    {
        tape.Mark((int)LaunchStep.WorkingDirectory);
        Slot directory = tape.NewSlot();
        tape.Open(plan.Root, plan.WorkingDirectory, OpenHow.DirectoryInRoot, directory);
        tape.ChangeDirectory(directory);
    }

    private static void StandardDescriptors(LaunchPlan plan, LaunchTape tape)
    {
        tape.Mark((int)LaunchStep.StandardDescriptors);
        Slot nullDevice = tape.NewSlot();
        if (plan.Streams.NullDescriptors != 0)
        {
            tape.Open(plan.Devices.Mount, "null", OpenHow.ReadWriteInRoot, nullDevice);
        }

        for (int i = 0; i < 3; i++)
        {
            if ((plan.Streams.NullDescriptors >> i & 1) != 0)
            {
                tape.Duplicate(nullDevice, i);
            }
            else if (plan.Streams.Descriptor(i) is { } descriptor)
            {
                tape.Duplicate(descriptor, i);
            }
        }

        if (plan.Streams.TerminalIndex is not null)
        {
            tape.Ioctl(0, TIOCSCTTY, 0);
        }

        tape.CloseOnExecFrom(3);
    }

    private static void ResourceLimits(LaunchPlan plan, LaunchTape tape)
    {
        tape.Mark((int)LaunchStep.ResourceLimits);
        for (int i = 0; i < plan.ResourceLimits.Count; i++)
        {
            ResourceLimit limit = plan.ResourceLimits[i];
            tape.SetResourceLimit(limit.Resource, limit.Soft, limit.Hard);
        }

        tape.Umask(0b_000_010_010);
    }

    private static void Identity(LaunchPlan plan, LaunchTape tape)
    {
        tape.Mark((int)LaunchStep.Identity);
        tape.DropBoundingCapabilities(plan.Capabilities);
        ProcessIdentity identity = plan.Identity;
        Span<uint> groups = stackalloc uint[identity.Groups.Count];
        for (int i = 0; i < groups.Length; i++)
        {
            groups[i] = identity.Groups[i];
        }

        tape.SetIdentity(identity.Uid, identity.Gid, groups);
        if (identity.Uid != 0)
        {
            // setresuid kept the permitted set but cleared the effective one, and the filter needs CAP_SYS_ADMIN.
            tape.SetCapabilities(CapabilitySet.OfThisProcess());
        }

        // After the identity, which clears it (prctl(2)).
        tape.Prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (plan.NoNewPrivileges)
        {
            tape.Prctl(PR_SET_NO_NEW_PRIVS, 1);
        }

        if (plan.Seccomp is not null)
        {
            tape.SetSeccompFilter(plan.Seccomp.Program, plan.Seccomp.InstructionCount);
        }

        tape.SetCapabilities(plan.Capabilities);
    }

    private static Slot Execute(LaunchPlan plan, LaunchTape tape)
    {
        tape.Mark((int)LaunchStep.Execute);
        Span<nint> environment = tape.PointerArray(plan.Environment.Count, out nint environmentAddress);
        for (int i = 0; i < environment.Length; i++)
        {
            environment[i] = tape.Text(plan.Environment[i]);
        }

        tape.ResetSignalActions();
        tape.UnblockSignals();
        Span<nint> arguments = tape.PointerArray(plan.Arguments.Count, out nint argumentsAddress);
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = tape.Text(plan.Arguments[i]);
        }

        if (plan.Init is not null)
        {
            tape.Execute(plan.Init, argumentsAddress, environmentAddress);
            return default;
        }

        Slot first = default;
        for (int i = 0; i < plan.Candidates.Count; i++)
        {
            Slot result = tape.NewSlot();
            first = i == 0 ? result : first;
            tape.TryExecute(plan.Candidates[i], argumentsAddress, environmentAddress, result);
        }

        tape.Exit(127);
        return first;
    }
}
