namespace FastRun.Engine.Build.Files;

/// <summary>Where COPY and ADD write, and how.</summary>
internal sealed record BuildDestination
{
    /// <summary>The path as the instruction gives it, expanded; relative to <see cref="WorkingDirectory"/>.</summary>
    internal required string Path { get; init; }

    /// <summary>The working directory of the stage.</summary>
    internal string WorkingDirectory { get; init; } = "/";

    /// <summary>Who owns all that is made, directories on the way too (<c>--chown</c>); null for the origin's owner, or root.</summary>
    internal (uint Uid, uint Gid)? Owner { get; init; }

    /// <summary>What becomes of permissions (<c>--chmod</c>); null for those of the origin.</summary>
    internal ModeChange? Mode { get; init; }

    /// <summary>The permissions of directories that are made on the way: those that <c>--chmod</c> gives in digits, as BuildKit has it.</summary>
    internal int DirectoryMode => Mode?.Absolute ?? 0b_111_101_101;
}
