namespace FastRun.Engine.Build.Checks;

/// <summary>A rule of Docker's build checks.</summary>
/// <param name="name">By which it is skipped.</param>
/// <param name="page">The page that explains it.</param>
/// <param name="description">What it is about.</param>
/// <param name="isExperimental">Whether it applies only where it is asked for.</param>
internal sealed class CheckRule(string name, string page, string description, bool isExperimental = false)
{
    /// <summary>By which it is skipped, for example <c>StageNameCasing</c>.</summary>
    internal string Name => name;

    /// <summary>What it is about, in Docker's words.</summary>
    internal string Description => description;

    /// <summary>Whether it applies only where it is asked for.</summary>
    internal bool IsExperimental => isExperimental;

    /// <summary>Where the page is.</summary>
    internal string Url => $"https://docs.docker.com/go/dockerfile/rule/{page}/";
}
