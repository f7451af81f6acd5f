using System;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Threading;

namespace FastRun.Layers.Pipeline;

/// <summary>Hashes a layer's tar for its diffID, beside those who write its files.</summary>
internal sealed class TarDigest : IDisposable
{
    private const int StackSize = 128 * 1024;

    private readonly TarBlocks _blocks;
    private readonly int _reader;
    private readonly LayerProgress? _progress;
    private readonly IncrementalHash _hash;
    private readonly Thread _thread;

    /// <summary>Begins to hash.</summary>
    internal TarDigest(TarBlocks blocks, int reader, HashAlgorithmName algorithm, LayerProgress? progress = null)
    {
        _blocks = blocks;
        _reader = reader;
        _progress = progress;
        _hash = IncrementalHash.CreateHash(algorithm);
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = "layer digest" };
        _thread.Start();
    }

    /// <summary>The hash of all bytes, in hex; call when somebody else has read them to their end.</summary>
    internal string Finish()
    {
        _thread.Join();
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public void Dispose()
    {
        _thread.Join();
        _hash.Dispose();
    }

    private void Run()
    {
        try
        {
            ReadOnlyMemory<byte> block;
            for (long number = 0; !(block = _blocks.Next(_reader, number)).IsEmpty; number++)
            {
                long began = Stopwatch.GetTimestamp();
                _hash.AppendData(block.Span);
                _progress?.AddBusy(LayerStage.Digest, began);
            }
        }
        catch (Exception)
        {
            // Whoever reads beside this one gets the same failure, and tells.
        }

        _blocks.Leave(_reader);
    }
}
