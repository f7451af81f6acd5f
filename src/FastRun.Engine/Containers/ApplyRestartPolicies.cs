using System;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Supervision;
using FastRun.Layers;

namespace FastRun.Engine.Containers;

/// <summary>
/// Starts the containers that are to run and do not, because the machine was booted or their supervisors were killed: those
/// with the policy <c>always</c>, and those with <c>unless-stopped</c> that nobody has stopped.
/// </summary>
public sealed class ApplyRestartPolicies(StateLayout layout)
{
    /// <summary>Starts them, one after the other; a failure does not keep it from the others.</summary>
    /// <param name="started">Called for each with what went wrong, if something did.</param>
    public void Run(Action<Container, EngineException?> started)
    {
        ArgumentNullException.ThrowIfNull(started);
        StartContainer start = new(layout);
        foreach (Container container in new ContainerStore(layout).All())
        {
            if (!IsToRun(container))
            {
                continue;
            }

            try
            {
                // Null where it was started meanwhile: whoever did that tells.
                using AttachClient? client = start.Start(container, AttachStreams.None);
                if (client is not null)
                {
                    started(container, null);
                }
            }
            catch (EngineException exception)
            {
                started(container, exception);
            }
        }
    }

    internal static bool IsToRun(Container container) =>
        container is { IsRunning: false, State: { StartedAt: not null } state }
        && container.Record.Request.RestartPolicy?.Name switch
        {
            RestartPolicyName.Always => true,
            RestartPolicyName.UnlessStopped => !state.StoppedByHand,
            _ => false,
        };
}
