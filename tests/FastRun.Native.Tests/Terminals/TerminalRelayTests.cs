using System;
using System.Text;
using FastRun.Native.Tests.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Native.Tests.Terminals;

/// <summary>The caller is a pair of pipes; the sandbox's side is the terminal's peer.</summary>
[Collection(ClosedDescriptorsCollection.Name)]
[Trait("Category", "Root")]
public sealed class TerminalRelayTests : IDisposable
{
    private readonly PollSet _set = new();
    private readonly PseudoTerminal _terminal = TestTerminal.Open();
    private readonly Fd _inputRead;
    private readonly Fd _input;
    private readonly Fd _output;
    private readonly Fd _outputWrite;
    private readonly TerminalRelay _relay;

    public TerminalRelayTests()
    {
        (_inputRead, _input) = TestTerminal.Pipe();
        (_output, _outputWrite) = TestTerminal.Pipe();
        _relay = new TerminalRelay(_set, _inputRead.Number, _outputWrite.Number, _terminal.Master);
    }

    public void Dispose()
    {
        _relay.Dispose();
        _set.Dispose();
        _terminal.Dispose();
        foreach (Fd descriptor in (ReadOnlySpan<Fd>)[_inputRead, _input, _output, _outputWrite])
        {
            descriptor.Dispose();
        }
    }

    [Fact]
    public void Advance_TypedLine_ReachesThePeerAndIsEchoed()
    {
        TestTerminal.Write(_input, "ls\n");
        Turn();
        Assert.Equal("ls\n", TestTerminal.Read(_terminal.Peer));
        Assert.Equal("ls\r\n", TestTerminal.Read(_output));
    }

    [Fact]
    public void Advance_EndOfInput_GivesThePeerAnEndOfFile()
    {
        TestTerminal.Write(_input, "whole\n");
        _input.Dispose();
        Turn();
        Assert.Equal("whole\n", TestTerminal.Read(_terminal.Peer));
        Assert.Equal("", TestTerminal.Read(_terminal.Peer));
    }

    [Fact]
    public void Advance_EndOfInputInALine_HandsOverTheLineFirst()
    {
        TestTerminal.Write(_input, "part");
        _input.Dispose();
        Turn();
        Assert.Equal("part", TestTerminal.Read(_terminal.Peer));
        Assert.Equal("", TestTerminal.Read(_terminal.Peer));
    }

    [Fact]
    public void Advance_PeerCloses_DeliversEverythingThenFinishes()
    {
        TestTerminal.Write(_terminal.Peer, "last words");
        _terminal.Peer.Dispose();
        while (!_relay.Finished)
        {
            Assert.True(_set.Wait(2000));
            _relay.Advance();
        }

        Assert.Equal("last words", TestTerminal.Read(_output));
        Assert.False(_set.Wait(0));
    }

    [Fact]
    public void Advance_OutputFull_WaitsWithoutSpinningAndLosesNothing()
    {
        // More than the pipe (64 KiB), the relay and the terminal hold together.
        const int total = 300_000;
        StringBuilder received = new();
        int sent = 0;
        byte[] chunk = Encoding.ASCII.GetBytes(new string('x', 1000));
        using PollSet peer = new();
        int writable = peer.Add(_terminal.Peer.Number, PollEvents.Writable);
        using PollSet output = new();
        output.Add(_output.Number, PollEvents.Readable);
        bool drained = false;
        while (received.Length < total)
        {
            while (sent < total && peer.Wait(3) && peer.Ready(writable) == PollEvents.Writable)
            {
                Native.Filesystem.FileContent.Write(_terminal.Peer, chunk);
                sent += chunk.Length;
                Turn();
            }

            // The kernel hands a terminal's output over from a work queue, in its own time: nothing may be there yet.
            drained |= sent < total;
            if (output.Wait(1000))
            {
                received.Append(TestTerminal.Read(_output));
            }

            Turn();
        }

        Assert.True(drained, "the terminal never filled up");
        Assert.Equal(new string('x', total), received.ToString());
    }

    [Fact]
    public void Advance_OutputReaderGone_DropsWhatComesAfter()
    {
        _output.Dispose();
        for (int i = 0; i < 100; i++)
        {
            TestTerminal.Write(_terminal.Peer, new string('x', 1000));
            Turn();
        }

        Assert.True(_relay.OutputBroken);
        _terminal.Peer.Dispose();
        Turn();
        Assert.True(_relay.Finished);
    }

    [Fact]
    public void Complete_PeerStillOpen_DeliversWhatIsThereAndFinishes()
    {
        TestTerminal.Write(_terminal.Peer, new string('y', 3000));
        _relay.Complete(1000);
        Assert.True(_relay.Finished);
        Assert.Equal(new string('y', 3000), TestTerminal.Read(_output));
    }

    [Fact]
    public void Complete_NobodyTakesTheOutput_GivesUpAfterTheTime()
    {
        for (int i = 0; i < 64; i++)
        {
            TestTerminal.Write(_outputWrite, new string('z', 1024));
        }

        TestTerminal.Write(_terminal.Peer, "unread");
        _relay.Complete(10);
        Assert.True(_relay.Finished);
    }

    /// <summary>Lets the relay run for as long as it finds something to do.</summary>
    private void Turn()
    {
        while (_set.Wait(3))
        {
            _relay.Advance();
        }
    }
}
