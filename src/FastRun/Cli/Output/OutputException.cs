using System;
using FastRun.Native;

namespace FastRun.Cli.Output;

/// <summary>Standard output took no more.</summary>
internal sealed class OutputException(Errno errno) : Exception
{
    internal Errno Errno { get; } = errno;
}
