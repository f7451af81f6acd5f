using System;
using System.Collections.Generic;

namespace FastRun.Engine.Logs;

/// <summary>One entry of a container's log.</summary>
/// <param name="Error">Whether it is from its standard error.</param>
/// <param name="Time">When it came.</param>
/// <param name="Text">What was written, with the newline if it ended the line; valid until the next entry is read.</param>
/// <param name="Attributes">What is kept with it, in the order of the names; null for nothing.</param>
public readonly record struct LogEntry(
    bool Error, DateTimeOffset Time, ReadOnlyMemory<byte> Text, IReadOnlyDictionary<string, string>? Attributes);
