using System.Collections.Generic;
using System.Threading;
using FastRun.Native.Launch;

namespace FastRun.Engine.Supervision;

/// <summary>
/// Programs that this process has started and that nobody waits for: supervisors, holders of exec'd processes. They outlive it, as a rule; a daemon outlives
/// them, and is to reap them, since until then each that has ended keeps its number.
/// </summary>
public static class DetachedChildren
{
    private static readonly Lock s_gate = new();
    private static readonly List<int> s_children = [];

    /// <summary>Reaps those that have ended. It does not wait.</summary>
    public static void Reap()
    {
        lock (s_gate)
        {
            s_children.RemoveAll(ChildProcess.TryReap);
        }
    }

    internal static void Add(int pid)
    {
        lock (s_gate)
        {
            s_children.Add(pid);
        }
    }
}
