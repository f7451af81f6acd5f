using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>A terminal with a command on it, as a person would have; the test is the person.</summary>
internal sealed unsafe partial class PseudoTerminal : IDisposable
{
    private const int O_RDWR_NOCTTY = 0x102;
    private const nuint TIOCSWINSZ = 0x5414;

    private readonly SafeFileHandle _master;
    private readonly FileStream _stream;
    private readonly StringBuilder _seen = new();
    private readonly Thread _reader;

    /// <summary>Starts the command as the leader of a session whose terminal this is.</summary>
    internal PseudoTerminal(Command command, ushort rows = 24, ushort columns = 80)
    {
        _master = new SafeFileHandle(posix_openpt(O_RDWR_NOCTTY), ownsHandle: true);
        Assert.False(_master.IsInvalid);
        Assert.Equal(0, grantpt(_master));
        Assert.Equal(0, unlockpt(_master));
        byte* name = stackalloc byte[64];
        Assert.Equal(0, ptsname_r(_master, name, 64));
        Path = Marshal.PtrToStringUTF8((nint)name)!;
        Resize(rows, columns);

        // sh is no process group leader, so setsid(1) becomes the command without a fork and keeps its process id.
        Process = new Command("sh", ["-c", $"exec setsid --ctty \"$@\" <>{Path} >&0 2>&0", "sh", command.File, .. command.Arguments])
        {
            Environment = command.Environment,
            WorkingDirectory = command.WorkingDirectory,
        }.Start();
        _stream = new FileStream(_master, FileAccess.ReadWrite, 1);
        _reader = new Thread(Read) { IsBackground = true };
        _reader.Start();
    }

    /// <summary>The terminal's device.</summary>
    internal string Path { get; }

    /// <summary>The command.</summary>
    internal Process Process { get; }

    /// <summary>All that was printed so far.</summary>
    internal string Seen
    {
        get
        {
            lock (_seen)
            {
                return _seen.ToString();
            }
        }
    }

    /// <summary>Types.</summary>
    internal void Type(string keys)
    {
        _stream.Write(Encoding.UTF8.GetBytes(keys));
        _stream.Flush();
    }

    /// <summary>Changes the window's size.</summary>
    internal void Resize(ushort rows, ushort columns)
    {
        ushort* size = stackalloc ushort[4] { rows, columns, 0, 0 };
        Assert.Equal(0, ioctl(_master, TIOCSWINSZ, size));
    }

    /// <summary>Waits until the text was printed.</summary>
    internal void Expect(string text)
    {
        Assert.True(
            SpinWait.SpinUntil(() => Nap() && Seen.Contains(text, StringComparison.Ordinal), TimeSpan.FromSeconds(20)),
            $"'{text}' was not printed; this was: {Seen}");
    }

    /// <summary>The line settings in the form of <c>stty -g</c>.</summary>
    internal string Settings() => Command.Output("sh", "-c", $"stty -g <{Path}");

    /// <summary>Waits for the end of the command.</summary>
    internal int Wait()
    {
        Assert.True(Process.WaitForExit(TimeSpan.FromSeconds(30)), $"still running; it printed: {Seen}");
        return Process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill();
        }

        Process.Dispose();
        _stream.Dispose();
    }

    private static bool Nap()
    {
        Thread.Sleep(5);
        return true;
    }

    private void Read()
    {
        byte[] buffer = new byte[4096];
        try
        {
            int count;
            while ((count = RandomAccessRead(buffer)) > 0)
            {
                lock (_seen)
                {
                    _seen.Append(Encoding.UTF8.GetString(buffer, 0, count));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // EIO: the last one who had the terminal open has closed it.
        }
    }

    private int RandomAccessRead(byte[] buffer)
    {
        fixed (byte* at = buffer)
        {
            return (int)read(_master, at, (nuint)buffer.Length);
        }
    }

    [LibraryImport("libc")]
    private static partial int posix_openpt(int flags);

    [LibraryImport("libc")]
    private static partial int grantpt(SafeFileHandle master);

    [LibraryImport("libc")]
    private static partial int unlockpt(SafeFileHandle master);

    [LibraryImport("libc")]
    private static partial int ptsname_r(SafeFileHandle master, byte* name, nuint length);

    [LibraryImport("libc")]
    private static partial int ioctl(SafeFileHandle descriptor, nuint request, void* argument);

    [LibraryImport("libc")]
    private static partial nint read(SafeFileHandle descriptor, byte* buffer, nuint length);
}
