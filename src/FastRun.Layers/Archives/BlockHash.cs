using System;
using System.Security.Cryptography;
using System.Threading;

namespace FastRun.Layers.Archives;

/// <summary>The SHA-256 of a stream, taken by a thread of its own, a few blocks behind who fills them.</summary>
internal sealed class BlockHash : IDisposable
{
    private const int Count = 8;
    private const int BlockSize = 256 * 1024;
    private const int StackSize = 128 * 1024;

    private readonly byte[][] _blocks = new byte[Count][];
    private readonly int[] _lengths = new int[Count];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SemaphoreSlim _free = new(Count - 1);
    private readonly SemaphoreSlim _full = new(0);
    private readonly Thread _thread;
    private int _filling;
    private int _filled;
    private bool _ended;

    internal BlockHash()
    {
        for (int i = 0; i < Count; i++)
        {
            _blocks[i] = GC.AllocateUninitializedArray<byte>(BlockSize);
        }

        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = "layer digest" };
        _thread.Start();
    }

    /// <summary>How many bytes came.</summary>
    internal long Length { get; private set; }

    /// <summary>Where the next bytes go; at least one.</summary>
    internal Span<byte> Free() => _blocks[_filling].AsSpan(_filled);

    /// <summary>Takes the bytes that were put there.</summary>
    internal void Advance(int count)
    {
        _filled += count;
        Length += count;
        if (_filled == BlockSize)
        {
            Pass();
        }
    }

    /// <summary>Takes a copy of bytes.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> free = Free();
            int count = Math.Min(free.Length, bytes.Length);
            bytes[..count].CopyTo(free);
            Advance(count);
            bytes = bytes[count..];
        }
    }

    /// <summary>The hash of all bytes.</summary>
    internal byte[] Finish()
    {
        End();
        return _hash.GetHashAndReset();
    }

    public void Dispose()
    {
        End();
        _hash.Dispose();
        _free.Dispose();
        _full.Dispose();
    }

    private void End()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        if (_filled > 0)
        {
            Pass();
        }

        // An empty block is the last one.
        Pass();
        _thread.Join();
    }

    private void Pass()
    {
        _lengths[_filling] = _filled;
        _full.Release();
        _free.Wait();
        _filling = (_filling + 1) % Count;
        _filled = 0;
    }

    private void Run()
    {
        for (int i = 0; ; i = (i + 1) % Count)
        {
            _full.Wait();
            if (_lengths[i] == 0)
            {
                _free.Release();
                return;
            }

            _hash.AppendData(_blocks[i], 0, _lengths[i]);
            _free.Release();
        }
    }
}
