using System;

namespace FastRun.Native.Cgroups;

/// <summary>A sandbox's group in one hierarchy.</summary>
/// <param name="controller">The v1 controller; empty for v2.</param>
/// <param name="root">The hierarchy's root, which somebody else owns.</param>
/// <param name="parent">The group that it was made in.</param>
/// <param name="name">Its name there.</param>
/// <param name="directory">The group.</param>
internal sealed class CgroupMember(
    string controller, CgroupDirectory root, CgroupDirectory parent, string name, CgroupDirectory directory) : IDisposable
{
    internal string Controller => controller;

    internal CgroupVersion Version => controller.Length == 0 ? CgroupVersion.V2 : CgroupVersion.V1;

    internal CgroupDirectory Directory => directory;

    /// <summary><c>controller:path below the root</c>, by which another process finds it.</summary>
    internal string Location => $"{controller}:{directory.Path[(root.Path.Length + 1)..]}";

    /// <summary>Removes the group and what was made below it.</summary>
    /// <returns>EBUSY where processes are in it.</returns>
    internal Errno TryRemove() => CgroupRemoval.TryRemove(parent, name);

    /// <summary>Removes the group if nothing is in it.</summary>
    internal void TryRemoveEmpty() => parent.TryRemoveChild(name);

    /// <inheritdoc/>
    public void Dispose()
    {
        directory.Dispose();
        parent.Dispose();
    }
}
