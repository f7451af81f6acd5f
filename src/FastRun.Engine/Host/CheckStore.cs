using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Layers.Images;

namespace FastRun.Engine.Host;

/// <summary>Verifies all that is kept of images against the digests that it came by.</summary>
public sealed class CheckStore(StateLayout layout)
{
    /// <summary>Reads everything, and tells what is damaged.</summary>
    /// <param name="repair">Remove what is damaged, so that it can be loaded again.</param>
    /// <exception cref="EngineException">The store cannot be read, or something could not be removed.</exception>
    public StoreReport Run(bool repair) => EngineErrors.Translated(() => ContainerImageUsers.OpenStore(layout).Check(repair));
}
