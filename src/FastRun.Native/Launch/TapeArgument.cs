namespace FastRun.Native.Launch;

/// <summary>One argument of a system call on the tape: a value known to the parent, or a slot of the child.</summary>
public readonly struct TapeArgument
{
    private TapeArgument(long value, bool isSlot)
    {
        Value = value;
        IsSlot = isSlot;
    }

    internal long Value { get; }

    internal bool IsSlot { get; }

    /// <summary>A number, flag set or descriptor.</summary>
    public static implicit operator TapeArgument(long value) => new(value, isSlot: false);

    /// <summary>A pointer into the tape's arena.</summary>
    public static implicit operator TapeArgument(nint value) => new(value, isSlot: false);

    /// <summary>A number, flag set or descriptor.</summary>
    public static implicit operator TapeArgument(int value) => new(value, isSlot: false);

    /// <summary>A descriptor that the child inherits.</summary>
    public static implicit operator TapeArgument(Fd descriptor) => new(descriptor.Number, isSlot: false);

    /// <summary>What an earlier system call returned.</summary>
    public static implicit operator TapeArgument(Slot slot) => new(slot.Index, isSlot: true);

    /// <summary>The named alternate of the conversion from a number.</summary>
    public static TapeArgument FromInt64(long value) => value;

    /// <summary>The named alternate of the conversion from a pointer.</summary>
    public static TapeArgument FromIntPtr(nint value) => value;

    /// <summary>The named alternate of the conversion from a descriptor.</summary>
    public static TapeArgument FromFd(Fd descriptor) => descriptor;

    /// <summary>The named alternate of the conversion from a slot.</summary>
    public static TapeArgument FromSlot(Slot slot) => slot;
}
