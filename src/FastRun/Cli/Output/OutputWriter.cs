using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Terminals;

namespace FastRun.Cli.Output;

/// <summary>
/// Text for one of the caller's descriptors, held back until <see cref="Flush"/> or until there is much of it. Unlike
/// System.Console it costs nothing at start-up and says when the reader is gone.
/// </summary>
/// <param name="descriptor">Where it goes.</param>
internal sealed class OutputWriter(int descriptor)
{
    internal const int StandardOutput = 1;
    internal const int StandardError = 2;

    private const int Much = 32 * 1024;

    private readonly StringBuilder _text = new();

    internal bool IsTerminal => Terminal.IsTerminal(descriptor);

    internal void Write(string text)
    {
        _text.Append(text);
        if (_text.Length >= Much)
        {
            Flush();
        }
    }

    internal void WriteLine(string text)
    {
        _text.Append(text);
        Write("\n");
    }

    /// <exception cref="OutputException">The reader is gone, or the disk is full.</exception>
    internal void Flush()
    {
        if (_text.Length == 0)
        {
            return;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(_text.ToString());
        _text.Clear();
        try
        {
            FileContent.Write(Fd.Borrow(descriptor), bytes);
        }
        catch (SyscallException e)
        {
            throw new OutputException(e.Errno);
        }
    }
}
