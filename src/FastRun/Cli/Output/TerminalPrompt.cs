using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Terminals;

namespace FastRun.Cli.Output;

/// <summary>Questions to a person at the terminal that is standard input.</summary>
/// <param name="output">Where the questions are written.</param>
internal sealed class TerminalPrompt(OutputWriter output)
{
    private const int StandardInput = 0;
    private const int LongestLine = 64 * 1024;
    private const int SIGHUP = 1;
    private const int SIGINT = 2;
    private const int SIGQUIT = 3;
    private const int SIGTERM = 15;

    /// <summary>Whether there is a terminal to ask at.</summary>
    internal static bool IsPossible => Terminal.IsTerminal(StandardInput);

    /// <summary>Asks for a line.</summary>
    internal string Ask(string question)
    {
        output.Write(question);
        output.Flush();
        return ReadLine(Fd.Borrow(StandardInput));
    }

    /// <summary>Asks for a line that is not shown while it is typed.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="answer">The line; null when a signal came first.</param>
    /// <returns>The signal that came, after which the terminal is as it was; or 0.</returns>
    internal int AskHidden(string question, out string? answer)
    {
        using Fd input = Fd.Borrow(StandardInput);
        using SignalRelay signals = SignalRelay.Start([SIGHUP, SIGINT, SIGQUIT, SIGTERM]);
        using HiddenInput? hidden = HiddenInput.Enter(StandardInput);
        output.Write(question);
        output.Flush();
        using PollSet poll = new();
        int line = poll.Add(input.Number, PollEvents.Readable);
        poll.Add(signals.Descriptor.Number, PollEvents.Readable);

        // The terminal hands over whole lines, so what can be read is the answer.
        answer = null;
        while (!poll.Wait() || poll.Ready(line) == PollEvents.None)
        {
            if (signals.TryRead(out int signal))
            {
                return signal;
            }
        }

        answer = ReadLine(input);
        signals.Release();
        return 0;
    }

    private static string ReadLine(Fd input)
    {
        List<byte> line = [];
        Span<byte> next = stackalloc byte[1];
        while (line.Count < LongestLine && FileContent.Read(input, next) == 1 && next[0] != (byte)'\n')
        {
            line.Add(next[0]);
        }

        return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
    }
}
