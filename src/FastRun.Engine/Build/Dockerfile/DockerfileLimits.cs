namespace FastRun.Engine.Build.Dockerfile;

/// <summary>What a Dockerfile may be at most. The one that is read may come from a stranger's repository.</summary>
internal static class DockerfileLimits
{
    /// <summary>The bytes of a file.</summary>
    internal const int Bytes = 2 << 20;

    /// <summary>The characters of a line: BuildKit's limit.</summary>
    internal const int LineLength = 65535;

    /// <summary>The instructions of a file.</summary>
    internal const int Instructions = 20_000;

    /// <summary>The triggers (ONBUILD) of a base image.</summary>
    internal const int Triggers = 1_000;

    /// <summary>The stages of a file.</summary>
    internal const int Stages = 1_000;
}
