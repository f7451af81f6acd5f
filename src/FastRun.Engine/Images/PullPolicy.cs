namespace FastRun.Engine.Images;

/// <summary>When a run asks a registry for its image (<c>--pull</c>).</summary>
public enum PullPolicy
{
    /// <summary>When the image is not here.</summary>
    Missing,

    /// <summary>Every time.</summary>
    Always,

    /// <summary>Every time, but where the registry cannot be asked the image that is here has to do.</summary>
    Newer,

    /// <summary>Not at all.</summary>
    Never,
}
