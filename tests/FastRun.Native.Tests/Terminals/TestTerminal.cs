using System;
using System.Text;
using FastRun.Native.Filesystem;
using FastRun.Native.Interop;
using FastRun.Native.Mounts;
using FastRun.Native.Terminals;

namespace FastRun.Native.Tests.Terminals;

/// <summary>Pseudo terminals and pipes for tests.</summary>
internal static unsafe class TestTerminal
{
    /// <summary>A pseudo terminal in a devpts of its own that is attached nowhere.</summary>
    public static PseudoTerminal Open(WindowSize? size = null)
    {
        if (Environment.UserName != "root")
        {
            Assert.Skip("mounting devpts needs root");
        }

        using FilesystemContext context = new("devpts");
        context.Set("ptmxmode", "0666");
        using Fd mount = context.CreateMount(MountAttributes.NoSuid | MountAttributes.NoExec);
        return PseudoTerminal.Open(mount, size);
    }

    public static (Fd Read, Fd Write) Pipe()
    {
        int* ends = stackalloc int[2];
        SyscallException.Check(Kernel.syscall(Sys.pipe2, (nint)ends, 0x80000, 0, 0, 0, 0), "pipe2");
        return (new Fd(ends[0]), new Fd(ends[1]));
    }

    public static void Write(Fd file, string text) => FileContent.Write(file, Encoding.UTF8.GetBytes(text));

    public static string Read(Fd file)
    {
        byte[] buffer = new byte[65536];
        return Encoding.UTF8.GetString(buffer, 0, FileContent.Read(file, buffer));
    }
}
