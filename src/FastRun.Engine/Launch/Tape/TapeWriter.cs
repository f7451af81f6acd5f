using FastRun.Native.Launch;
using FastRun.Native.Mounts;
using FastRun.Native.Namespaces;

namespace FastRun.Engine.Launch.Tape;

/// <summary>
/// Writes a plan as a tape. docs/launch-child.md tells the order of the steps, and why. Allocates no managed memory.
/// </summary>
internal static class TapeWriter
{
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
        ProcessSteps.ResourceLimits(plan, tape);
        nint prepared = timed ? tape.NoteTime() : 0;
        ProcessSteps.Identity(plan, tape);
        return new TapeMarks(ProcessSteps.Execute(plan, tape), started, prepared);
    }

    private static void Isolate(LaunchPlan plan, LaunchTape tape)
    {
        tape.Mark((int)LaunchStep.Isolate);
        tape.NewSession();
        if (plan.NetworkNamespace is { } network)
        {
            tape.EnterNamespaces(network, CloneFlags.NewNet);
        }

        Share(plan.Shared, tape);

        if (plan.Cgroup.V1Procs.Count > 0)
        {
            nint zero = tape.Text("0");
            for (int i = 0; i < plan.Cgroup.V1Procs.Count; i++)
            {
                tape.Write(plan.Cgroup.V1Procs[i], zero, 1);
            }

            // Only now, so that the namespace's root is where the v1 joins have led.
            if (plan.Namespaces.HasFlag(CloneFlags.NewCgroup))
            {
                tape.Unshare(CloneFlags.NewCgroup);
            }
        }

        if (plan.Cgroup.LeafProcs is { } leaf)
        {
            // After the namespace has its root, so that the root is empty and can have groups with controllers.
            tape.Write(leaf, tape.Text("0"), 1);
        }

        tape.SetRootPropagation(Propagation.Private);
        if (plan.OomScoreAdjustment is { } adjustment && !plan.Namespaces.HasFlag(CloneFlags.NewPid))
        {
            // Through the host's /proc: in the one of the container it has another number than 1.
            tape.Mark((int)LaunchStep.OomScore);
            Slot file = tape.NewSlot();
            tape.Open(LaunchTape.CurrentDirectory, "/proc/self/oom_score_adj", OpenHow.Write, file);
            tape.Write(file, tape.Text(adjustment), adjustment.Length);
            tape.Close(file);
        }
    }

    /// <summary>The PID namespace is that of its children only: see the init that makes one (docs/launch-child.md).</summary>
    private static void Share(SharedNamespaces shared, LaunchTape tape)
    {
        tape.Mark((int)LaunchStep.SharedNamespaces);
        if (shared.Ipc is { } ipc)
        {
            tape.EnterNamespaces(ipc, CloneFlags.NewIpc);
        }

        if (shared.Pid is { } pid)
        {
            tape.EnterNamespaces(pid, CloneFlags.NewPid);
        }

        tape.Mark((int)LaunchStep.Isolate);
    }

    private static void Names(LaunchPlan plan, LaunchTape tape)
    {
        tape.Mark((int)LaunchStep.Names);
        if (plan.Namespaces.HasFlag(CloneFlags.NewUts))
        {
            tape.SetHostName(plan.HostName);
            if (plan.DomainName is { } domain)
            {
                tape.SetDomainName(domain);
            }
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
        ProcessSteps.WorkingDirectory(plan, tape, plan.Root);
    }

    private static void StandardDescriptors(LaunchPlan plan, LaunchTape tape)
    {
        tape.Mark((int)LaunchStep.StandardDescriptors);
        ProcessSteps.StandardDescriptors(plan, tape, plan.Devices.Mount, "null");
    }
}
