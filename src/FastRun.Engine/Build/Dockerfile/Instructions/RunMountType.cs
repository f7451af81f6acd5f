namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>What a mount of RUN is.</summary>
internal enum RunMountType
{
    /// <summary>A directory of the context, a stage or an image.</summary>
    Bind,

    /// <summary>A directory that is kept between builds.</summary>
    Cache,

    /// <summary>A directory in memory.</summary>
    Tmpfs,

    /// <summary>A file with a secret of the build.</summary>
    Secret,

    /// <summary>A socket to an agent.</summary>
    Ssh,
}
