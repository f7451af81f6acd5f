using System;
using FastRun.Native.Capabilities;
using FastRun.Native.Launch;

namespace FastRun.Engine.Launch.Tape;

/// <summary>
/// The steps of a tape that make the child the process that was planned, in the order in which they stand here; the same for
/// a new container and for one that runs. docs/launch-child.md gives the reasons. Allocates no managed memory.
/// </summary>
internal static class ProcessSteps
{
    private const int PR_SET_PDEATHSIG = 1;
    private const int PR_SET_NO_NEW_PRIVS = 38;
    private const int SIGKILL = 9;
    private const int TIOCSCTTY = 0x540E;

    /// <summary>Goes to the working directory.</summary>
    /// <param name="plan">The process.</param>
    /// <param name="tape">The tape.</param>
    /// <param name="root">The container's root.</param>
    internal static void WorkingDirectory(ProcessPlan plan, LaunchTape tape, TapeArgument root)
    {
        Slot directory = tape.NewSlot();
        tape.Open(root, plan.WorkingDirectory, OpenHow.DirectoryInRoot, directory);
        tape.ChangeDirectory(directory);
    }

    /// <summary>Descriptors 0 to 2 and the controlling terminal; all others will be closed.</summary>
    /// <param name="plan">The process.</param>
    /// <param name="tape">The tape.</param>
    /// <param name="directory">Where the null device is.</param>
    /// <param name="nullDevice">Its path there.</param>
    internal static void StandardDescriptors(ProcessPlan plan, LaunchTape tape, TapeArgument directory, string nullDevice)
    {
        Slot empty = tape.NewSlot();
        if (plan.Streams.NullDescriptors != 0)
        {
            tape.Open(directory, nullDevice, OpenHow.ReadWriteInRoot, empty);
        }

        for (int i = 0; i < 3; i++)
        {
            if ((plan.Streams.NullDescriptors >> i & 1) != 0)
            {
                tape.Duplicate(empty, i);
            }
            else if (plan.Streams.Descriptor(i) is { } descriptor)
            {
                tape.Duplicate(descriptor, i);
            }
        }

        if (plan.IsCommand && plan.Streams.TerminalIndex is not null)
        {
            tape.Ioctl(0, TIOCSCTTY, 0);
        }

        tape.CloseOnExecFrom(3);
        if (plan.KeptDescriptor is { } kept)
        {
            tape.KeepOnExec(kept);
        }
    }

    /// <summary>Resource limits and umask.</summary>
    internal static void ResourceLimits(ProcessPlan plan, LaunchTape tape)
    {
        tape.Mark((int)LaunchStep.ResourceLimits);
        for (int i = 0; i < plan.ResourceLimits.Count; i++)
        {
            ResourceLimit limit = plan.ResourceLimits[i];
            tape.SetResourceLimit(limit.Resource, limit.Soft, limit.Hard);
        }

        tape.Umask(0b_000_010_010);
    }

    /// <summary>User, groups, capabilities, seccomp.</summary>
    internal static void Identity(ProcessPlan plan, LaunchTape tape)
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

        if (plan.IsCommand)
        {
            // After the identity, which clears it (prctl(2)).
            tape.Prctl(PR_SET_PDEATHSIG, SIGKILL);
        }

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

    /// <summary>Becomes the command, or the init before it.</summary>
    /// <returns>The result of the first execve; those of the other candidates follow.</returns>
    internal static Slot Execute(ProcessPlan plan, LaunchTape tape)
    {
        tape.Mark((int)LaunchStep.Execute);
        nint environmentAddress = tape.TextArray(plan.Environment);
        tape.ResetSignalActions();
        tape.UnblockSignals();
        nint argumentsAddress = tape.TextArray(plan.Arguments);

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
