using System;

namespace FastRun.Engine.Logs;

/// <summary>One entry of a container's log.</summary>
/// <param name="Error">Whether it is from its standard error.</param>
/// <param name="Time">When it came.</param>
/// <param name="Text">What was written, with the newline if it ended the line; valid until the next entry is read.</param>
public readonly record struct LogEntry(bool Error, DateTimeOffset Time, ReadOnlyMemory<byte> Text);
