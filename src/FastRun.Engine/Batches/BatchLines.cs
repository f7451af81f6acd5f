using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Batches;

/// <summary>
/// The lines of a file, a pipe or a terminal, as they come: whoever writes them need not have ended for the first to be run. Lines of
/// nothing but blanks are passed over.
/// </summary>
/// <param name="input">Where they come from.</param>
/// <param name="subject">What that is called in messages.</param>
internal sealed class BatchLines(Fd input, string subject)
{
    /// <summary>A word of a command line has no more (execve(2), MAX_ARG_STRLEN), its end included.</summary>
    private const int Longest = (128 << 10) - 1;
    private const int Block = 64 << 10;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Queue<(int Number, string Text)> _lines = new();
    private readonly byte[] _block = new byte[Block];
    private byte[] _rest = [];
    private int _number;

    /// <summary>Whether there is nothing left to be read.</summary>
    internal bool IsRead { get; private set; }

    /// <summary>How many lines were read and not taken.</summary>
    internal int Waiting => _lines.Count;

    /// <summary>Takes a line that was read.</summary>
    internal bool TryTake(out (int Number, string Text) line) => _lines.TryDequeue(out line);

    /// <summary>Reads once, which waits where there is nothing yet.</summary>
    /// <exception cref="EngineException">It cannot be read, or a line cannot be a word of a command.</exception>
    internal void Read()
    {
        int count;
        try
        {
            count = FileContent.Read(input, _block);
        }
        catch (SyscallException exception)
        {
            throw new EngineException(ErrorKind.InvalidArgument, $"{subject}: it cannot be read: {exception.Errno.Describe()}", exception);
        }

        ReadOnlySpan<byte> left = [.. _rest, .. _block.AsSpan(0, count)];
        int end;
        while ((end = left.IndexOf((byte)'\n')) >= 0)
        {
            Add(left[..end]);
            left = left[(end + 1)..];
        }

        if (left.Length > Longest)
        {
            throw Bad("is longer than 128 KiB");
        }

        _rest = left.ToArray();
        if (count == 0)
        {
            IsRead = true;
            Add(_rest);
            _rest = [];
        }
    }

    private void Add(ReadOnlySpan<byte> line)
    {
        if (line.EndsWith("\r"u8))
        {
            line = line[..^1];
        }

        if (line.Length > Longest)
        {
            throw Bad("is longer than 128 KiB");
        }

        if (line.Contains((byte)0))
        {
            throw Bad("has a NUL byte");
        }

        string text;
        try
        {
            text = s_strict.GetString(line);
        }
        catch (ArgumentException)
        {
            throw Bad("is not UTF-8");
        }

        _number++;
        if (!string.IsNullOrWhiteSpace(text))
        {
            _lines.Enqueue((_number, text));
        }
    }

    private EngineException Bad(string what) => EngineException.Invalid($"{subject}: line {_number + 1} {what}");
}
