using System;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using FastRun.Native.Interop;

namespace FastRun.Native.Launch;

/// <summary>Prints a tape as strace(1) prints system calls, with <c>$n</c> for what is in slot n.</summary>
public static unsafe class TapePrinter
{
    private const int MaxText = 64;

    /// <summary>One system call, without its result.</summary>
    public static string Describe(LaunchTape tape, int index)
    {
        ArgumentNullException.ThrowIfNull(tape);
        StringBuilder text = new();
        Append(text, tape[index]);
        return text.ToString();
    }

    /// <summary>The whole tape, one system call a line.</summary>
    public static string Print(LaunchTape tape)
    {
        ArgumentNullException.ThrowIfNull(tape);
        StringBuilder text = new();
        for (int i = 0; i < tape.Count; i++)
        {
            ref readonly LaunchOp op = ref tape[i];
            Append(text, op);
            if (op.Result != 0)
            {
                text.Append(CultureInfo.InvariantCulture, $" -> ${op.Result}");
            }

            if (op.Tolerated != 0)
            {
                text.Append("    # may fail: ").Append(op.Tolerated < 0 ? "any" : ((Errno)op.Tolerated).ToString());
                if (op.AlsoTolerated != 0)
                {
                    text.Append(", ").Append((Errno)op.AlsoTolerated);
                }
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, in LaunchOp op)
    {
        SyscallShape shape = SyscallShape.Of((int)op.Number);
        text.Append(shape.Name).Append('(');
        for (int i = 0; i < shape.Arguments.Length; i++)
        {
            if (i > 0)
            {
                text.Append(", ");
            }

            if ((op.SlotArguments >> i & 1) != 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"${op.Arguments[i]}");
            }
            else
            {
                AppendValue(text, shape.Arguments[i], op.Arguments[i], op, i);
            }
        }

        text.Append(')');
    }

    private static void AppendValue(StringBuilder text, char kind, long value, in LaunchOp op, int index)
    {
        switch (kind)
        {
            case 'd' when (int)value == Mount.AT_FDCWD:
                text.Append("AT_FDCWD");
                break;
            case 's' when value != 0:
                AppendQuoted(text, MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)value));
                break;
            case 'b' when index + 1 < 6:
                // A buffer whose length is the next argument.
                AppendQuoted(text, new ReadOnlySpan<byte>((void*)value, (int)Math.Min(op.Arguments[index + 1], MaxText)));
                break;
            case 'v':
                AppendVector(text, (nint*)value);
                break;
            case 'o':
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{{flags=0x{((long*)value)[0]:x}, mode=0x{((long*)value)[1]:x}, resolve=0x{((long*)value)[2]:x}}}");
                break;
            case 'x':
                text.Append("0x").Append(value.ToString("x", CultureInfo.InvariantCulture));
                break;
            case 'p':
                text.Append(value == 0 ? "NULL" : "{...}");
                break;
            default:
                text.Append(value.ToString(CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void AppendVector(StringBuilder text, nint* vector)
    {
        text.Append('[');
        for (int i = 0; vector[i] != 0; i++)
        {
            if (i > 0)
            {
                text.Append(", ");
            }

            AppendQuoted(text, MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)vector[i]));
        }

        text.Append(']');
    }

    private static void AppendQuoted(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        text.Append('"');
        foreach (Rune rune in Encoding.UTF8.GetString(bytes).EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '\n':
                    text.Append("\\n");
                    break;
                case '"' or '\\':
                    text.Append('\\').Append((char)rune.Value);
                    break;
                case < ' ' or 0x7F:
                    text.Append("\\x").Append(rune.Value.ToString("x2", CultureInfo.InvariantCulture));
                    break;
                default:
                    text.Append(rune);
                    break;
            }
        }

        text.Append('"');
    }
}
