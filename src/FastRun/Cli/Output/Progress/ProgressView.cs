using System;
using System.Collections.Generic;
using System.Threading;

namespace FastRun.Cli.Output.Progress;

/// <summary>
/// How a pull or push shows how it gets on; by itself not at all, which is what <c>--quiet</c> wants. Called from several threads.
/// </summary>
internal class ProgressView(OutputWriter output)
{
    private OutputException? _failure;

    /// <summary>One at a time draws and writes.</summary>
    private protected Lock Gate { get; } = new();

    /// <summary>Says something about the whole, or about the tag or layer with an id.</summary>
    internal virtual void Message(string status, string? id = null)
    {
    }

    /// <summary>Layers begin; how they stand can be asked for at any time.</summary>
    internal virtual void Begin(Func<IReadOnlyList<ProgressLine>> layers)
    {
    }

    /// <summary>A layer's state changed.</summary>
    internal virtual void Changed(ProgressLine layer)
    {
    }

    /// <summary>Nothing more happens to these layers.</summary>
    internal virtual void Stop()
    {
    }

    /// <exception cref="OutputException">Nobody read any more.</exception>
    internal void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw _failure;
        }
    }

    /// <summary>Writes at once. Where nobody reads any more, all goes on, and the end tells.</summary>
    internal void Write(string text)
    {
        lock (Gate)
        {
            if (_failure is not null)
            {
                return;
            }

            try
            {
                output.Write(text);
                output.Flush();
            }
            catch (OutputException e)
            {
                _failure = e;
            }
        }
    }

    /// <summary>A line of a log.</summary>
    private protected static string LineOf(string status, string? id) =>
        (id is null ? "" : TerminalText.Escape(id) + ": ") + TerminalText.Escape(status) + "\n";
}
