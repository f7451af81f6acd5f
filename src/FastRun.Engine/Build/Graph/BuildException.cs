using System;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Build.Graph;

/// <summary>What an instruction asks for has failed.</summary>
internal sealed class BuildException(LineRange lines, EngineException cause) : Exception(cause.Message, cause)
{
    /// <summary>The instruction's lines.</summary>
    internal LineRange Lines { get; } = lines;

    /// <summary>Why.</summary>
    internal EngineException Cause { get; } = cause;
}
