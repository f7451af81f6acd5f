using FastRun.Engine.Launch.Tape;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;

namespace FastRun.Engine.Exec;

/// <summary>
/// Writes a <see cref="JoinPlan"/> as a tape. The child is born in the container's v2 group; here it enters the rest, and goes
/// on as the first process did. It is not in the PID namespace, which is its children's. Allocates no managed memory.
/// </summary>
internal static class JoinTape
{
    private const CloneFlags Entered = CloneFlags.NewMount | CloneFlags.NewUts | CloneFlags.NewIpc | CloneFlags.NewNet
        | CloneFlags.NewCgroup | CloneFlags.NewPid;

    /// <summary>Writes the whole tape.</summary>
    internal static void Write(JoinPlan plan, LaunchTape tape)
    {
        tape.Mark((int)LaunchStep.Isolate);
        tape.NewSession();
        nint zero = tape.Text("0");
        for (int i = 0; i < plan.Cgroup.V1Procs.Count; i++)
        {
            tape.Write(plan.Cgroup.V1Procs[i], zero, 1);
        }

        OomScore(plan, tape);

        // All at once. Whose working directory and root were the host's has the container's after this.
        tape.Mark((int)LaunchStep.Root);
        tape.EnterNamespaces(plan.Container, Entered);
        tape.NewSessionKeyring();
        Slot root = tape.NewSlot();
        tape.Open(LaunchTape.CurrentDirectory, "/", OpenHow.PlainDirectory, root);

        tape.Mark((int)LaunchStep.WorkingDirectory);
        ProcessSteps.WorkingDirectory(plan, tape, root);
        tape.Mark((int)LaunchStep.StandardDescriptors);
        ProcessSteps.StandardDescriptors(plan, tape, root, "/dev/null");
        ProcessSteps.ResourceLimits(plan, tape);
        ProcessSteps.Identity(plan, tape);
        ProcessSteps.Execute(plan, tape);
    }

    /// <summary>Through the host's /proc, which nothing in the container can have replaced.</summary>
    private static void OomScore(JoinPlan plan, LaunchTape tape)
    {
        if (plan.OomScoreAdjustment is { } adjustment)
        {
            tape.Mark((int)LaunchStep.OomScore);
            Slot file = tape.NewSlot();
            tape.Open(LaunchTape.CurrentDirectory, "/proc/self/oom_score_adj", OpenHow.Write, file);
            tape.Write(file, tape.Text(adjustment), adjustment.Length);
            tape.Close(file);
        }
    }
}
