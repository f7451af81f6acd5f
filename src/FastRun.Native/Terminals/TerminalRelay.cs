using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Terminals;

/// <summary>
/// Copies between the caller's streams and a pseudo terminal's master, as part of a loop over a <see cref="PollSet"/>:
/// after each wait call <see cref="Advance"/>. Nothing is read faster than the other side takes it. Not thread-safe.
/// </summary>
public sealed class TerminalRelay : IDisposable
{
    // More than a pseudo terminal of the kernel can hold.
    private const int TerminalCapacity = 256 * 1024;

    private readonly PollSet _set;
    private readonly int _input;
    private readonly int _output;
    private readonly int _master;
    private readonly int _inputEntry;
    private readonly int _outputEntry;
    private readonly int _readEntry;
    private readonly RelayBuffer _toMaster = new();
    private readonly RelayBuffer _toOutput = new();
    private bool _inputOpen;
    private bool _masterOpen = true;

    /// <summary>Adds the relay's descriptors to a set.</summary>
    /// <param name="set">The loop's set.</param>
    /// <param name="input">What is typed; null for nothing.</param>
    /// <param name="output">Where the terminal's output goes.</param>
    /// <param name="master">The master, not blocking.</param>
    public TerminalRelay(PollSet set, int? input, int output, Fd master)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(master);
        _set = set;
        _input = input ?? -1;
        _output = output;
        _master = master.Number;
        _inputOpen = input is not null;
        _inputEntry = input is { } descriptor ? set.Add(descriptor, PollEvents.None) : -1;
        _outputEntry = set.Add(output, PollEvents.None);
        _readEntry = set.Add(_master, PollEvents.None);
        UpdateInterest();
    }

    /// <summary>Whether all output has been delivered and none will come: no process has the terminal open any more.</summary>
    public bool Finished => !_masterOpen && _toOutput.IsEmpty;

    /// <summary>Whether the output's reader went away. What comes after is dropped, so that nothing in the sandbox hangs.</summary>
    public bool OutputBroken { get; private set; }

    /// <summary>Copies what is ready.</summary>
    public void Advance()
    {
        const PollEvents input = PollEvents.Readable | PollEvents.HungUp | PollEvents.Error;
        if (_inputOpen && (_set.Ready(_inputEntry) & input) != 0)
        {
            ReadInput();
        }

        PollEvents master = _masterOpen ? _set.Ready(_readEntry) : PollEvents.None;
        if ((master & (PollEvents.Readable | PollEvents.HungUp | PollEvents.Error)) != 0 && _toOutput.HasRoom)
        {
            ReadMaster();
        }

        if ((master & PollEvents.Writable) != 0 && _masterOpen && !_toMaster.IsEmpty)
        {
            WriteMaster();
        }

        if (!_toOutput.IsEmpty && (_set.Ready(_outputEntry) & (PollEvents.Writable | PollEvents.Error | PollEvents.HungUp)) != 0)
        {
            WriteOutput();
        }

        UpdateInterest();
    }

    /// <summary>
    /// After the sandbox's first process has ended: takes what is still in the terminal, without waiting for processes that
    /// hold it open (and may go on writing), and delivers it.
    /// </summary>
    /// <param name="milliseconds">How long an output that takes nothing is waited for.</param>
    public void Complete(long milliseconds)
    {
        _inputOpen = false;
        _toMaster.Clear();
        using PollSet outputs = new();
        int entry = outputs.Add(_output, PollEvents.Writable);
        int left = TerminalCapacity;
        while (true)
        {
            int read = 1;
            while (_masterOpen && left > 0 && read > 0 && _toOutput.HasRoom)
            {
                read = ReadMaster();
                left -= Math.Max(read, 0);
            }

            if (_toOutput.IsEmpty || !outputs.Wait(milliseconds) || outputs.Ready(entry) == PollEvents.None)
            {
                break;
            }

            WriteOutput();
        }

        _masterOpen = false;
        _toOutput.Clear();
        UpdateInterest();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _toMaster.Dispose();
        _toOutput.Dispose();
    }

    private static bool IsTransient(int result) => result is -(int)Errno.EAGAIN or -(int)Errno.EINTR;

    private void ReadInput()
    {
        int read = _toMaster.Fill(_input);
        if (read > 0 || IsTransient(read))
        {
            return;
        }

        // EIO: the caller's own terminal is gone, or we are in its background for good.
        _inputOpen = false;
        AppendEndOfFile();
    }

    /// <summary>
    /// A terminal has no end of file but the VEOF character at the start of a line (termios(3)): after an unfinished line
    /// the first one only hands the line over. A terminal in raw mode has none at all.
    /// </summary>
    private unsafe void AppendEndOfFile()
    {
        if (_masterOpen && Terminal.TryGetAttributes(_master, out struct_termios mode) && (mode.c_lflag & Tty.ICANON) != 0)
        {
            byte endOfFile = mode.c_cc[Tty.VEOF];
            if (_toMaster.Last is not (null or (byte)'\n'))
            {
                _toMaster.Append(endOfFile);
            }

            _toMaster.Append(endOfFile);
        }
    }

    private int ReadMaster()
    {
        int read = _toOutput.Fill(_master);
        if (read > 0 && OutputBroken)
        {
            _toOutput.Clear();
        }

        // EIO: the last process closed the terminal, and everything it wrote has been read.
        if (read == 0 || (read < 0 && !IsTransient(read)))
        {
            _masterOpen = false;
        }

        return read;
    }

    private void WriteMaster()
    {
        int written = _toMaster.Drain(_master);
        if (written < 0 && !IsTransient(written))
        {
            _toMaster.Clear();
        }
    }

    private void WriteOutput()
    {
        int written = _toOutput.Drain(_output);
        if (written < 0 && !IsTransient(written))
        {
            OutputBroken = true;
            _toOutput.Clear();
        }
    }

    private void UpdateInterest()
    {
        if (_inputEntry >= 0)
        {
            // Read only into an empty buffer, which leaves room for an end of file behind.
            bool wanted = _inputOpen && _masterOpen && _toMaster.IsEmpty;
            _set.SetInterest(_inputEntry, wanted ? PollEvents.Readable : PollEvents.None);
        }

        _set.SetInterest(_outputEntry, _toOutput.IsEmpty ? PollEvents.None : PollEvents.Writable);
        PollEvents master = _masterOpen && _toOutput.HasRoom ? PollEvents.Readable : PollEvents.None;
        _set.SetInterest(_readEntry, _masterOpen && !_toMaster.IsEmpty ? master | PollEvents.Writable : master);
    }
}
