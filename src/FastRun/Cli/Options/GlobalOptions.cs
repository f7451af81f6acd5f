using System;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Layers;

namespace FastRun.Cli.Options;

/// <summary>The flags that every command takes, before or after its name.</summary>
internal sealed class GlobalOptions
{
    private string? _storageLimit;

    internal string DataRoot { get; private set; } =
        Environment.GetEnvironmentVariable("FASTRUN_DATA_ROOT") is { Length: > 0 } root ? root : StateLayout.DefaultDataRoot;

    internal string RunRoot { get; private set; } = StateLayout.DefaultRunRoot;

    /// <summary>The most bytes that images may occupy; null for no limit.</summary>
    /// <exception cref="EngineException">It is no size.</exception>
    internal long? ReadStorageLimit() =>
        Engine.Host.StorageLimit.Resolve(_storageLimit ?? Environment.GetEnvironmentVariable("FASTRUN_STORAGE_LIMIT"));

    internal bool Debug { get; private set; }

    internal static Option[] Build(GlobalOptions options) =>
    [
        new("data-root", '\0', "dir", "Where images and volumes are kept (default \"/var/lib/fastrun\", or $FASTRUN_DATA_ROOT)", value => options.DataRoot = value),
        new("run-root", '\0', "dir", "Where the state of this boot is kept (default \"/run/fastrun\")", value => options.RunRoot = value),
        new("storage-limit", '\0', "bytes", "When an image is brought, remove the least recently used ones that nothing uses, so that images occupy no more than this (default: $FASTRUN_STORAGE_LIMIT, or \"storageLimit\" in config.json, or no limit)", options.SetStorageLimit),
        Option.Switch("debug", 'D', "When something fails, print the chain of causes; of warnings, all that is known", value => options.Debug = value),
    ];

    private void SetStorageLimit(string value)
    {
        ByteSize.Parse(value);
        _storageLimit = value;
    }
}
