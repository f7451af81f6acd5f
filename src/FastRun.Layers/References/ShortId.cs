namespace FastRun.Layers.References;

/// <summary>Ids of images, containers and networks as people are shown them: the beginning, as with Docker.</summary>
public static class ShortId
{
    /// <summary>How many digits.</summary>
    public const int Length = 12;

    /// <summary>The beginning of an id.</summary>
    public static string Of(string id) => id.Length > Length ? id[..Length] : id;
}
