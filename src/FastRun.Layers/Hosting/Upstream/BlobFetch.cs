using System;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Hosting.Upstream;

/// <summary>
/// A blob on its way here: one thread writes it to a file, any number of clients read that as it grows. The last byte is held
/// back until the digest is known to be right, so nobody ever gets the whole of a blob that is wrong.
/// </summary>
internal sealed class BlobFetch
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<long?> _size = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HostingException? _failure;
    private Fd? _file;
    private int _users = 1;
    private long _readable;
    private long _written;
    private long _total;

    /// <summary>Its size, once that is known; null where the registry does not have it, negative where it is here already.</summary>
    internal Task<long?> Size => _size.Task;

    /// <summary>The file that it is written to, and its size.</summary>
    internal void Begin(Fd file, long size)
    {
        (_file, _total) = (file, size);
        _size.SetResult(size);
    }

    /// <summary>There is none.</summary>
    internal void EndUnknown() => _size.TrySetResult(null);

    /// <summary>It need not be fetched: the repository's part in what is here was noted.</summary>
    internal void EndAdopted() => _size.TrySetResult(-1);

    /// <summary>Bytes were written.</summary>
    internal void Advance(int count)
    {
        _written += count;
        Publish(Math.Min(_written, _total - 1), failure: null);
    }

    /// <summary>All is here, and is what it should be.</summary>
    internal void Complete() => Publish(_total, failure: null);

    /// <summary>It does not come.</summary>
    internal void Fail(HostingException failure)
    {
        Publish(_readable, failure);
        if (_size.TrySetException(failure))
        {
            // It may be that nobody waits.
            _ = _size.Task.Exception;
        }
    }

    /// <summary>One who reads, before the fetch is over; false where it is too late for that.</summary>
    internal bool TryEnter()
    {
        lock (_gate)
        {
            if (_users == 0)
            {
                return false;
            }

            _users++;
            return true;
        }
    }

    /// <summary>One who reads, or the one who writes, needs the file no longer.</summary>
    internal void Leave()
    {
        lock (_gate)
        {
            if (--_users == 0)
            {
                _file?.Dispose();
            }
        }
    }

    /// <summary>Reads what is here at an offset, or waits for it.</summary>
    /// <exception cref="HostingException">It does not come.</exception>
    internal async ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellation)
    {
        while (true)
        {
            Task progress;
            long readable;
            lock (_gate)
            {
                (progress, readable) = (_progress.Task, _readable);
            }

            if (readable > offset)
            {
                return FileContent.ReadAt(_file!, buffer.Span[..(int)Math.Min(buffer.Length, readable - offset)], offset);
            }

            if (_failure is { } failure)
            {
                throw new HostingException(failure.Fault, failure.Message, failure);
            }

            await progress.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private void Publish(long readable, HostingException? failure)
    {
        TaskCompletionSource heard;
        lock (_gate)
        {
            _readable = readable;
            _failure = failure;
            heard = _progress;
            _progress = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        heard.SetResult();
    }
}
