namespace FastRun.Engine.Build.Checks;

/// <summary>A rule of Docker's build checks.</summary>
/// <param name="Name">By which it is skipped, for example <c>StageNameCasing</c>.</param>
/// <param name="Page">The page that explains it.</param>
/// <param name="Description">What it is about, in Docker's words.</param>
/// <param name="IsExperimental">Whether it applies only where it is asked for.</param>
internal sealed record CheckRule(string Name, string Page, string Description, bool IsExperimental = false)
{
    /// <summary>Where the page is.</summary>
    internal string Url => $"https://docs.docker.com/go/dockerfile/rule/{Page}/";
}
