using System.Collections.Generic;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Build.Graph;
using FastRun.Engine.Launch;
using FastRun.Engine.Launch.Roots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Steps;

/// <summary>WORKDIR: makes the directory where it is missing, as the user that is in force.</summary>
internal static class WorkdirStep
{
    /// <summary>Makes it.</summary>
    /// <param name="runner">Does steps.</param>
    /// <param name="state">The stage before it.</param>
    /// <param name="directory">An absolute path.</param>
    /// <param name="name">What the step is called.</param>
    internal static (BuildState State, StepOutcome Step) Do(StepRunner runner, BuildState state, string directory, string name)
    {
        string user = state.Config.User ?? "";
        string key = new CacheKey("workdir-1").Add(state.TreeKey).Add(directory).Add(user).Finish();
        StepOutcome step = runner.Do(key, name, state.Origins, () => state.Layers, (root, below, _) =>
        {
            using Fd tree = root.Mount(below);
            Make(tree, directory, user);
        });
        return (state.With(step, key), step);
    }

    private static void Make(Fd tree, string directory, string user)
    {
        using (Fd? there = FileAt.TryOpen(tree, directory, OpenFlags.PathOnly | OpenFlags.Directory, 0, RootTree.InRoot, out _))
        {
            if (there is not null)
            {
                return;
            }
        }

        // What is missing, from the top: those directories are the user's.
        List<string> made = [];
        for (int end = directory.IndexOf('/', 1); ; end = directory.IndexOf('/', end + 1))
        {
            string prefix = end < 0 ? directory : directory[..end];
            if (made.Count > 0 || RootTree.Resolve(tree, prefix) is null)
            {
                made.Add(prefix);
            }

            if (end < 0)
            {
                break;
            }
        }

        RootTree.EnsureDirectory(tree, directory);
        ProcessIdentity identity = UserResolver.Resolve(tree, user);
        foreach (string path in identity is { Uid: 0, Gid: 0 } ? [] : made)
        {
            using Fd opened = FileAt.Open(tree, path, OpenFlags.Read | OpenFlags.Directory, 0, RootTree.InRoot);
            FileAt.ChangeOwner(opened, identity.Uid, identity.Gid);
        }
    }
}
