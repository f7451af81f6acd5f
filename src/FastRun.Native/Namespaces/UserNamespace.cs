using System.Globalization;
using System.Text;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;

namespace FastRun.Native.Namespaces;

/// <summary>User namespaces that exist for their id maps (user_namespaces(7)).</summary>
public static class UserNamespace
{
    private const int PR_SET_PDEATHSIG = 1;
    private const int SIGKILL = 9;

    /// <summary>
    /// Makes a user namespace that no process lives in, for an idmapped mount (mount_setattr(2)).
    /// </summary>
    /// <param name="uidMap">Lines of <c>/proc/PID/uid_map</c>: on-disk id, id seen through the mount, count.</param>
    /// <param name="gidMap">The same for groups.</param>
    /// <exception cref="SyscallException">EINVAL where the maps overlap; EPERM without the capabilities.</exception>
    public static Fd Create(string uidMap, string gidMap)
    {
        using LaunchTape tape = new();
        tape.Prctl(PR_SET_PDEATHSIG, SIGKILL);
        tape.WaitForSignal();
        using ChildProcess holder = ChildProcess.LaunchBeside(tape, CloneFlags.NewUser);
        try
        {
            string process = string.Create(CultureInfo.InvariantCulture, $"/proc/{holder.Pid}/");
            Write(process + "uid_map", uidMap);
            Write(process + "gid_map", gidMap);
            return FileAt.Open(null, process + "ns/user", OpenFlags.Read);
        }
        finally
        {
            holder.Signal(SIGKILL);
            holder.Wait();
        }
    }

    private static void Write(string path, string map)
    {
        using Fd file = FileAt.Open(null, path, OpenFlags.Write);
        FileContent.Write(file, Encoding.ASCII.GetBytes(map));
    }
}
