using System.Globalization;
using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Supervision;

/// <summary>Keeps a supervisor from being the one that the kernel kills when memory is short: its container would go with it.</summary>
internal static class OomProtection
{
    private const string File = "/proc/self/oom_score_adj";
    private const int Protected = -900;

    /// <summary>Protects this process.</summary>
    /// <returns>What the container is to have, since it would inherit the protection; null where there is none.</returns>
    internal static int? TryProtect()
    {
        using Fd? file = FileAt.TryOpen(null, File, OpenFlags.ReadWrite, 0, ResolveFlags.None, out _);
        if (file is null
            || !int.TryParse(Encoding.ASCII.GetString(FileContent.ReadAll(file, 64)), NumberStyles.AllowLeadingSign | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int before)
            || before <= Protected)
        {
            return null;
        }

        // Without CAP_SYS_RESOURCE it cannot be lowered.
        return Pipe.TryWrite(file, Encoding.ASCII.GetBytes(Protected.ToString(CultureInfo.InvariantCulture))) > 0 ? before : null;
    }
}
