using System;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Errors;
using FastRun.Layers;

namespace FastRun.Cli.Commands;

/// <summary>What every command has at hand.</summary>
internal sealed class CommandContext(GlobalOptions globals, OutputWriter output)
{
    internal OutputWriter Output { get; } = output;

    /// <summary>Whether more is wanted than a person usually reads.</summary>
    internal bool Debug => globals.Debug;

    /// <summary>Where state is kept.</summary>
    /// <exception cref="EngineException">The caller is not root.</exception>
    internal StateLayout RequireLayout()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new EngineException(
                ErrorKind.PermissionDenied,
                "needs root: running without it is not available yet",
                hint: "run it with sudo");
        }

        return Layout;
    }

    /// <summary>Where state is kept, for those who only look.</summary>
    internal StateLayout Layout => new(globals.DataRoot, globals.RunRoot) { ImageLimitSource = globals.ReadStorageLimit };
}
