using System;
using FastRun.Native.Seccomp;

namespace FastRun.Engine.RuntimeSpec.Seccomp;

/// <summary>A compiled filter, to be copied to native memory and handed to seccomp(2).</summary>
public sealed class SeccompFilter
{
    /// <summary>sizeof(struct sock_filter).</summary>
    public const int InstructionSize = 8;

    private readonly byte[]? _program;
    private readonly SyscallAbi? _builtIn;

    private SeccompFilter(byte[]? program, SyscallAbi? builtIn)
    {
        _program = program;
        _builtIn = builtIn;
    }

    /// <summary>The instructions: Docker's default ones are read-only data of the binary.</summary>
    public ReadOnlySpan<byte> Program => _builtIn is null ? _program : DefaultFilter.Program(_builtIn);

    /// <summary>How many instructions there are.</summary>
    public int InstructionCount => Program.Length / InstructionSize;

    /// <summary>Whether it is Docker's default one.</summary>
    internal bool IsBuiltIn => _builtIn is not null;

    internal static SeccompFilter Compiled(byte[] program) => new(program, null);

    internal static SeccompFilter BuiltIn(SyscallAbi native) => new(null, native);
}
