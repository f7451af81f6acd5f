using System;
using FastRun.Native.Filesystem;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Exec;

/// <summary>
/// An <see cref="ExecRequest"/> on its way to the process that holds it. Not as words of a command line: those are for everyone
/// on the machine to read.
/// </summary>
internal static class ExecRequestFormat
{
    internal static byte[] Encode(ExecRequest request)
    {
        RecordWriter body = new();
        body.Add(request.Command);
        body.Add(request.Env);
        body.Add(request.WorkingDir ?? "");
        body.Add(request.User ?? "");
        body.Add(request.Tty ? 1L : 0L);
        body.Add(request.OpenStdin ? 1L : 0L);
        body.Add(request.Privileged ? 1L : 0L);
        body.Add(request.Attached ? 1L : 0L);
        body.Add(request.Size is { } size ? ((long)size.Rows << 16) | size.Columns : -1L);
        byte[] bytes = new byte[body.Length];
        body.CopyTo(bytes);
        return bytes;
    }

    internal static ExecRequest? Decode(ReadOnlySpan<byte> bytes)
    {
        RecordReader body = new(bytes);
        ExecRequest request = new()
        {
            Command = body.List(),
            Env = body.List(),
            WorkingDir = body.Text() is { Length: > 0 } directory ? directory : null,
            User = body.Text() is { Length: > 0 } user ? user : null,
            Tty = body.Number() != 0,
            OpenStdin = body.Number() != 0,
            Privileged = body.Number() != 0,
            Attached = body.Number() != 0,
            Size = body.Number() is >= 0 and var size ? new WindowSize((ushort)(size >> 16), (ushort)size) : null,
        };
        return body.IsSound && request.Command.Count > 0 ? request : null;
    }
}
