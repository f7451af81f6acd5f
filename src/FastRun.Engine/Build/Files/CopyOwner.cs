using System;
using System.Globalization;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Native;

namespace FastRun.Engine.Build.Files;

/// <summary>Who <c>--chown</c> means.</summary>
internal static class CopyOwner
{
    /// <summary>Resolves <c>user[:group]</c>. Numbers need no files; a number without a group is the group's too; a name has its own group.</summary>
    /// <param name="root">The root file system whose passwd and group count (O_PATH).</param>
    /// <param name="chown">The expanded value.</param>
    /// <exception cref="EngineException">A name is not there, or a number out of range.</exception>
    internal static (uint Uid, uint Gid) Resolve(Fd root, string chown)
    {
        int colon = chown.IndexOf(':', StringComparison.Ordinal);
        string user = colon < 0 ? chown : chown[..colon];
        string group = colon < 0 ? "" : chown[(colon + 1)..];
        bool isNumber = TryId(user, out uint uid);
        if (isNumber && group.Length == 0)
        {
            return (uid, uid);
        }

        if (isNumber && TryId(group, out uint gid))
        {
            return (uid, gid);
        }

        ProcessIdentity identity = UserResolver.Resolve(root, chown);
        return (isNumber ? uid : identity.Uid, identity.Gid);
    }

    private static bool TryId(string text, out uint id) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id <= int.MaxValue;
}
