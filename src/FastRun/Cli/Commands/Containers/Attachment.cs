using FastRun.Engine.Errors;
using FastRun.Engine.Supervision;

namespace FastRun.Cli.Commands.Containers;

/// <summary>How being attached to a container ends.</summary>
internal static class Attachment
{
    /// <summary>The exit code for the shell: the container's, or 0 for a user who left it.</summary>
    /// <exception cref="EngineException">The container's supervisor was killed.</exception>
    internal static int ExitCode(int? code, AttachClient client) => code ?? (client.IsLost
        ? throw new EngineException(ErrorKind.Internal, "the container's supervisor was killed, and the container with it")
        : 0);
}
