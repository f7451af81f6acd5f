using System;
using FastRun.Engine.Build.Progress;
using FastRun.Engine.Launch;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Build.Steps;

/// <summary>What a RUN has as descriptors 0 to 2: no input, and one pipe for both outputs, so that their lines stay in order.</summary>
internal sealed class StepStreams : ContainerStreams
{
    private const int BufferSize = 64 * 1024;

    private Fd? _output;
    private Fd? _containerEnd;

    /// <inheritdoc/>
    internal override int NullDescriptors => 1;

    /// <inheritdoc/>
    internal override void Open(Fd? devpts, ProcessIdentity identity)
    {
        Pipe.Open(out _output, out _containerEnd, nonBlockingRead: true);

        // Who opens /dev/stdout needs to own what is behind it.
        FileAt.ChangeOwner(_containerEnd, identity.Uid, identity.Gid);
    }

    /// <inheritdoc/>
    internal override Fd? Descriptor(int number) => _containerEnd;

    /// <summary>Passes on what the command writes until it has ended. The pipe's other end must be its alone by now.</summary>
    internal void Relay(ContainerLaunch launch, BuildVertex vertex, BuildObserver observer)
    {
        _containerEnd?.Dispose();
        byte[] buffer = new byte[BufferSize];
        using PollSet poll = new();
        int ended = poll.Add(launch.Child.PidFd.Number, PollEvents.Readable);
        int output = poll.Add(_output!.Number, PollEvents.Readable);
        int lasting = poll.Count;
        while (poll.Ready(ended) == PollEvents.None)
        {
            poll.Truncate(lasting);
            (int, (int, int)) tended = launch.Watch(poll);
            poll.Wait();
            if (poll.Ready(ended) == PollEvents.None)
            {
                launch.Tend(poll, tended);
            }

            if (poll.Ready(output) != PollEvents.None && !Drain(buffer, vertex, observer))
            {
                poll.SetInterest(output, PollEvents.None);
            }
        }

        // With the first process all others have ended: what is in the pipe is all there will be.
        Drain(buffer, vertex, observer);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _containerEnd?.Dispose();
        _output?.Dispose();
    }

    /// <returns>Whether more may come.</returns>
    private bool Drain(byte[] buffer, BuildVertex vertex, BuildObserver observer)
    {
        while (true)
        {
            int length = Pipe.TryRead(_output!, buffer);
            if (length > 0)
            {
                observer.Output(vertex, buffer.AsSpan(0, length));
            }
            else if (length != -(int)Errno.EINTR)
            {
                return length == -(int)Errno.EAGAIN;
            }
        }
    }
}
