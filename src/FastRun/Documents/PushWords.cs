using FastRun.Layers.Images.Pushing;

namespace FastRun.Documents;

/// <summary>What is said of a layer that is being pushed, in Docker's words.</summary>
internal static class PushWords
{
    /// <summary>What is said in a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="from">The repository of a layer that was mounted.</param>
    internal static string Of(PushState state, string? from) => state switch
    {
        PushState.Pending => "Waiting",
        PushState.Checking => "Preparing",
        PushState.Pushing => "Pushing",
        PushState.Pushed => "Pushed",
        PushState.Exists => "Layer already exists",
        PushState.Mounted => $"Mounted from {from}",
        PushState.Skipped => "Skipped foreign layer",
        _ => "Failed",
    };
}
