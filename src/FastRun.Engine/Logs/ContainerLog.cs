using System;

namespace FastRun.Engine.Logs;

/// <summary>Where the output of a container goes besides those who are attached.</summary>
internal abstract class ContainerLog : IDisposable
{
    /// <summary>The log's file in a container's directory.</summary>
    internal const string FileName = "container.log";

    /// <summary>The largest piece of a line that is kept as one entry, as in Docker.</summary>
    internal const int LargestEntry = 16 * 1024;

    private readonly byte[] _output = new byte[LargestEntry];
    private readonly byte[] _error = new byte[LargestEntry];
    private int _outputLength;
    private int _errorLength;

    /// <summary>Opens the log that a container asks for; null where it asks for none.</summary>
    /// <param name="configuration">What it asks for.</param>
    /// <param name="path">The log's file.</param>
    internal static ContainerLog? Open(LogConfiguration? configuration, string path) =>
        configuration?.Driver == "none" ? null : new JsonFileLog(path);

    /// <summary>Takes what the container wrote: an entry for each line, and for each piece of one that is longer than an entry.</summary>
    /// <param name="error">Whether it is from its standard error.</param>
    /// <param name="bytes">What it wrote.</param>
    internal void Write(bool error, ReadOnlySpan<byte> bytes)
    {
        byte[] line = error ? _error : _output;
        ref int length = ref error ? ref _errorLength : ref _outputLength;
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n') + 1;
            int take = Math.Min(end > 0 ? end : bytes.Length, line.Length - length);
            bytes[..take].CopyTo(line.AsSpan(length));
            length += take;
            bytes = bytes[take..];
            if (length == line.Length || line[length - 1] == (byte)'\n')
            {
                WriteEntry(error, line.AsSpan(0, length));
                length = 0;
            }
        }

        Flush();
    }

    /// <summary>Writes the lines that did not end, when nothing more will come.</summary>
    internal void Complete()
    {
        WriteRest(error: false, _output, ref _outputLength);
        WriteRest(error: true, _error, ref _errorLength);
        Flush();
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Keeps one entry.</summary>
    protected abstract void WriteEntry(bool error, ReadOnlySpan<byte> text);

    /// <summary>Hands over what is buffered.</summary>
    protected abstract void Flush();

    private void WriteRest(bool error, byte[] line, ref int length)
    {
        if (length > 0)
        {
            WriteEntry(error, line.AsSpan(0, length));
            length = 0;
        }
    }
}
