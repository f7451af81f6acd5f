using System;

namespace FastRun.Engine.Supervision;

/// <summary>The streams of a container that a client is connected to.</summary>
[Flags]
public enum AttachStreams
{
    /// <summary>None: the client only learns how it ends.</summary>
    None = 0,

    /// <summary>Standard input.</summary>
    Stdin = 1,

    /// <summary>Standard output.</summary>
    Stdout = 2,

    /// <summary>Standard error.</summary>
    Stderr = 4,
}
