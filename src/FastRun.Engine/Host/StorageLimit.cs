using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Layers;

namespace FastRun.Engine.Host;

/// <summary>How much images may occupy.</summary>
public static class StorageLimit
{
    /// <summary>Reads the limit: what the caller says, else what config.json says. Zero means none.</summary>
    /// <param name="text">What a flag or a variable says; null or empty where neither says anything.</param>
    /// <returns>Bytes; null for no limit.</returns>
    /// <exception cref="EngineException">It is no size, or a configuration file cannot be read.</exception>
    public static long? Resolve(string? text)
    {
        long? bytes = text is { Length: > 0 } ? ByteSize.Parse(text)
            : EngineErrors.Translated(ConfigurationFiles.Load).StorageLimit is var (file, size) ? Parse(file, size)
            : null;
        return bytes == 0 ? null : bytes;
    }

    private static long Parse(string file, string size)
    {
        try
        {
            return ByteSize.Parse(size);
        }
        catch (EngineException exception)
        {
            throw EngineException.Invalid($"{file}: \"storageLimit\": {exception.Message}");
        }
    }
}
