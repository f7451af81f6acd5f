using FastRun.Layers.Pipeline;

namespace FastRun.Documents;

/// <summary>What is said of a layer that is being brought, by where it comes from: Docker's words where it has them.</summary>
/// <param name="Begins">Before its turn.</param>
/// <param name="Comes">While more of it is to come.</param>
/// <param name="Unpacks">While what came is being unpacked.</param>
/// <param name="Ends">When it is there.</param>
internal sealed record LayerWords(string Begins, string Comes, string Unpacks, string Ends)
{
    /// <summary>From a registry.</summary>
    internal static LayerWords Pull { get; } = new("Pulling fs layer", "Downloading", "Extracting", "Pull complete");

    /// <summary>From an archive of images.</summary>
    internal static LayerWords Load { get; } = new("Waiting", "Loading layer", "Loading layer", "Loaded layer");

    /// <summary>From a tar of its own.</summary>
    internal static LayerWords Import { get; } = new("Waiting", "Importing", "Importing", "Imported");

    /// <summary>While somebody else brings it.</summary>
    internal string Waits { get; init; } = "Waiting for another fastrun";

    /// <summary>What is said in a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="comes">Whether more of it is to come.</param>
    internal string Of(LayerState state, bool comes) => state switch
    {
        LayerState.Pending => Begins,
        LayerState.Waiting => Waits,
        LayerState.Present => "Already exists",
        LayerState.Unpacking => comes ? Comes : Unpacks,
        LayerState.Unpacked => Ends,
        _ => "Failed",
    };
}
