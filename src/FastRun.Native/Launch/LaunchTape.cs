using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace FastRun.Native.Launch;

/// <summary>
/// Everything a child does between clone3(2) and execve(2), as one native array of system calls with all strings in one
/// arena. The parent writes it, <see cref="ChildProcess"/> walks it. Writing allocates no managed memory.
/// </summary>
/// <remarks>
/// The memory belongs to this object until <see cref="Dispose"/>; ops may move while the tape is written, the arena
/// never does, so a pointer returned by <see cref="Text(string)"/> stays valid. Not thread-safe.
/// </remarks>
public sealed unsafe partial class LaunchTape : IDisposable
{
    private const Errno AnyError = (Errno)(-1);
    private const int ChunkSize = 64 * 1024;
    private const int StackSize = 16 * 1024;

    private TapeHeader* _header;
    private LaunchOp* _ops;
    private int* _marks;
    private int _capacity = 256;
    private int _count;
    private int _slotCount = 1;
    private int _mark;
    private Chunk* _chunk;

    /// <summary>Starts an empty tape.</summary>
    public LaunchTape()
    {
        _ops = (LaunchOp*)NativeMemory.Alloc((nuint)_capacity, (nuint)sizeof(LaunchOp));
        _marks = (int*)NativeMemory.Alloc((nuint)_capacity, sizeof(int));
        _header = (TapeHeader*)Allocate(sizeof(TapeHeader));
        _header->Slots = null;
    }

    /// <summary>The number of system calls on the tape.</summary>
    public int Count => _count;

    /// <summary>Gives the following system calls a mark, by which a failure finds its way back to what was being done.</summary>
    public void Mark(int mark) => _mark = mark;

    /// <summary>The mark of the system call at <paramref name="index"/>.</summary>
    public int MarkOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count, nameof(index));
        return _marks[index];
    }

    /// <summary>Reserves a slot for a result.</summary>
    public Slot NewSlot() => new(_slotCount++);

    /// <summary>What the child's system call left in a slot: a result, or -errno where that was tolerated.</summary>
    public long ResultOf(Slot slot) => _header->Slots[slot.Index];

    /// <summary>Copies text into the arena as a NUL-terminated UTF-8 string; NUL itself cannot be in a kernel string.</summary>
    /// <exception cref="ArgumentException">The text contains NUL.</exception>
    public nint Text(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("a string for the kernel cannot contain NUL", nameof(text));
        }

        int length = Encoding.UTF8.GetByteCount(text);
        byte* at = Allocate(length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(at, length));
        at[length] = 0;
        return (nint)at;
    }

    /// <summary>Copies bytes into the arena, eight-byte aligned.</summary>
    public nint Bytes(ReadOnlySpan<byte> bytes)
    {
        byte* at = Allocate(bytes.Length);
        bytes.CopyTo(new Span<byte>(at, bytes.Length));
        return (nint)at;
    }

    /// <summary>Copies a blittable structure into the arena.</summary>
    public nint Structure<T>(in T value)
        where T : unmanaged
    {
        byte* at = Allocate(sizeof(T));
        *(T*)at = value;
        return (nint)at;
    }

    /// <summary>Reserves a NULL-terminated array of <paramref name="count"/> pointers, such as argv.</summary>
    public Span<nint> PointerArray(int count, out nint address)
    {
        nint* at = (nint*)Allocate((count + 1) * sizeof(nint));
        at[count] = 0;
        address = (nint)at;
        return new Span<nint>(at, count);
    }

    /// <summary>A NULL-terminated array of texts, such as argv.</summary>
    /// <returns>Its address.</returns>
    public nint TextArray(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        Span<nint> pointers = PointerArray(texts.Count, out nint address);
        for (int i = 0; i < pointers.Length; i++)
        {
            pointers[i] = Text(texts[i]);
        }

        return address;
    }

    /// <summary>Frees the tape. No child may still be walking it.</summary>
    public void Dispose()
    {
        while (_chunk is not null)
        {
            Chunk* next = _chunk->Next;
            NativeMemory.Free(_chunk);
            _chunk = next;
        }

        NativeMemory.Free(_ops);
        NativeMemory.Free(_marks);
        _ops = null;
        _marks = null;
        _header = null;
        _count = 0;
    }

    /// <summary>Appends one system call.</summary>
    /// <param name="number">Its number, from <c>Sys</c>.</param>
    /// <param name="a">The first argument.</param>
    /// <param name="b">The second argument.</param>
    /// <param name="c">The third argument.</param>
    /// <param name="d">The fourth argument.</param>
    /// <param name="e">The fifth argument.</param>
    /// <param name="f">The sixth argument.</param>
    /// <param name="result">The slot that takes what it returns.</param>
    /// <param name="tolerated">An error that does not end the launch.</param>
    /// <param name="alsoTolerated">Another one.</param>
    internal void Add(
        int number,
        TapeArgument a = default,
        TapeArgument b = default,
        TapeArgument c = default,
        TapeArgument d = default,
        TapeArgument e = default,
        TapeArgument f = default,
        Slot result = default,
        Errno tolerated = Errno.None,
        Errno alsoTolerated = Errno.None)
    {
        ObjectDisposedException.ThrowIf(_ops is null, this);
        if (_count == _capacity)
        {
            _capacity *= 2;
            _ops = (LaunchOp*)NativeMemory.Realloc(_ops, (nuint)(_capacity * sizeof(LaunchOp)));
            _marks = (int*)NativeMemory.Realloc(_marks, (nuint)_capacity * sizeof(int));
        }

        LaunchOp* op = &_ops[_count];
        op->Number = number;
        op->SlotArguments = 0;
        op->Result = result.Index;
        op->Tolerated = (int)tolerated;
        op->AlsoTolerated = (int)alsoTolerated;
        Set(op, 0, a);
        Set(op, 1, b);
        Set(op, 2, c);
        Set(op, 3, d);
        Set(op, 4, e);
        Set(op, 5, f);
        _marks[_count++] = _mark;
    }

    /// <summary>Completes the header and returns what the child's loop takes.</summary>
    internal TapeHeader* Seal()
    {
        ObjectDisposedException.ThrowIf(_ops is null, this);
        _header->Ops = _ops;
        _header->Count = _count;
        _header->Slots = (long*)Allocate(_slotCount * sizeof(long));
        new Span<long>(_header->Slots, _slotCount).Clear();
        _header->Position = -1;
        _header->Error = 0;
        return _header;
    }

    /// <summary>A stack for the child, grown downwards from the returned address.</summary>
    internal byte* NewStack(out nuint size)
    {
        size = StackSize;
        return Allocate(StackSize);
    }

    /// <summary>The arena's chunks, the newest first: where each lies and how much of it is used.</summary>
    internal IEnumerable<(nint Address, int Used)> Chunks()
    {
        List<(nint, int)> chunks = [];
        for (Chunk* chunk = _chunk; chunk is not null; chunk = chunk->Next)
        {
            chunks.Add(((nint)chunk, chunk->Used));
        }

        return chunks;
    }

    /// <summary>The system call at an index, for printing and for tests.</summary>
    internal ref readonly LaunchOp this[int index] => ref _ops[index];

    private static void Set(LaunchOp* op, int index, TapeArgument argument)
    {
        op->Arguments[index] = argument.Value;
        if (argument.IsSlot)
        {
            op->SlotArguments |= 1u << index;
        }
    }

    private byte* Allocate(int size)
    {
        int rounded = (size + 15) & ~15;
        if (_chunk is null || _chunk->Used + rounded > _chunk->Size)
        {
            int capacity = Math.Max(ChunkSize, rounded + sizeof(Chunk));
            Chunk* fresh = (Chunk*)NativeMemory.Alloc((nuint)capacity);
            fresh->Next = _chunk;
            fresh->Size = capacity;
            fresh->Used = sizeof(Chunk);
            _chunk = fresh;
        }

        byte* at = (byte*)_chunk + _chunk->Used;
        _chunk->Used += rounded;
        return at;
    }

    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private struct Chunk
    {
        internal Chunk* Next;
        internal int Size;
        internal int Used;
    }
}
