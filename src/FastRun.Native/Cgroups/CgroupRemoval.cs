namespace FastRun.Native.Cgroups;

/// <summary>Removes groups, from the innermost outwards.</summary>
internal static class CgroupRemoval
{
    private const int DeepestNesting = 64;

    /// <summary>Removes a group and the groups below it.</summary>
    /// <returns>EBUSY where processes are in one of them; none where there is no such group any more.</returns>
    internal static Errno TryRemove(CgroupDirectory parent, string name, int depth = 0)
    {
        Errno errno = parent.TryRemoveChild(name);
        if (errno is not (Errno.EBUSY or Errno.ENOTEMPTY) || depth == DeepestNesting)
        {
            return errno == Errno.ENOENT ? Errno.None : errno;
        }

        using (CgroupDirectory? group = parent.TryOpenChild(name))
        {
            foreach (string child in group?.Children() ?? [])
            {
                TryRemove(group!, child, depth + 1);
            }
        }

        errno = parent.TryRemoveChild(name);
        return errno == Errno.ENOENT ? Errno.None : errno;
    }
}
