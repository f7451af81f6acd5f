using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Logs;

/// <summary>What <c>--log-driver</c> and <c>--log-opt</c> ask for, judged in the words of Docker's daemon.</summary>
internal sealed record LogOptions
{
    internal const string JsonFile = LogConfiguration.DefaultDriver;
    internal const string Local = "local";
    internal const string None = "none";

    private const long LocalSize = 20 * 1024 * 1024;
    private const int LocalFiles = 5;

    /// <summary>The driver.</summary>
    internal string Driver { get; private init; } = JsonFile;

    /// <summary>How large a file may grow before it is rotated, in bytes; null for without limit.</summary>
    internal long? MaxSize { get; private init; }

    /// <summary>How many files there may be.</summary>
    internal int MaxFiles { get; private init; } = 1;

    /// <summary>Whether files that are not written to any more are compressed.</summary>
    internal bool Compress { get; private init; }

    /// <summary>How much may wait for the disk before entries are dropped, in bytes; null where the container waits instead.</summary>
    internal long? BufferSize { get; private init; }

    /// <summary>The container's labels that are kept with each entry.</summary>
    internal LogKeys Labels { get; private init; } = LogKeys.None;

    /// <summary>The variables of its environment that are kept with each entry.</summary>
    internal LogKeys Env { get; private init; } = LogKeys.None;

    /// <summary>The template of a tag that is kept with each entry; empty for none.</summary>
    internal string Tag { get; private init; } = "";

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="EngineException">There is no such driver or option, or a value is wrong.</exception>
    internal static LogOptions Parse(LogConfiguration? configuration)
    {
        string driver = configuration?.Driver ?? JsonFile;
        IReadOnlyDictionary<string, string> values = configuration?.Options ?? new Dictionary<string, string>();
        LogOptions options = driver switch
        {
            JsonFile => new LogOptions(),
            Local => new LogOptions { Driver = Local, MaxSize = LocalSize, MaxFiles = LocalFiles, Compress = true },
            None when values.Count == 0 => new LogOptions { Driver = None },
            None => throw EngineException.Invalid("invalid logging opts for driver none"),
            _ => throw new EngineException(
                ErrorKind.Unsupported, $"logger: no log driver named '{driver}' is registered", hint: "there are json-file, local and none"),
        };
        foreach ((string key, string value) in values)
        {
            options = options.With(key, value, values);
        }

        return driver == JsonFile && options is { Compress: true } and ({ MaxFiles: < 2 } or { MaxSize: null })
            ? throw EngineException.Invalid("compress cannot be true when max-file is less than 2 or max-size is not set")
            : options;
    }

    private LogOptions With(string key, string value, IReadOnlyDictionary<string, string> all) => key switch
    {
        "max-size" => this with { MaxSize = Size(value) },
        "max-file" => this with { MaxFiles = Files(value) },
        "compress" => this with { Compress = Boolean(value) },
        "mode" => value switch
        {
            "non-blocking" => this with { BufferSize = BufferSize ?? BufferOf(all) },
            "blocking" or "" => this,
            _ => throw EngineException.Invalid($"logger: logging mode not supported: {value}"),
        },
        "max-buffer-size" => all.TryGetValue("mode", out string? mode) && mode == "non-blocking"
            ? this with { BufferSize = BufferOf(all) }
            : throw EngineException.Invalid("logger: max-buffer-size option is only supported with 'mode=non-blocking'"),
        "labels" when Driver == JsonFile => this with { Labels = Labels.Named(value) },
        "labels-regex" when Driver == JsonFile => this with { Labels = Labels.Like(value) },
        "env" when Driver == JsonFile => this with { Env = Env.Named(value) },
        "env-regex" when Driver == JsonFile => this with { Env = Env.Like(value) },
        "tag" when Driver == JsonFile => this with { Tag = LogTag.Checked(value) },
        _ => throw EngineException.Invalid(
            Driver == JsonFile ? $"unknown log opt '{key}' for json-file log driver" : $"unknown log opt '{key}' for log driver {Driver}"),
    };

    /// <summary>json-file's sizes count in thousands, those of <c>local</c> in 1024s, as in Docker.</summary>
    private long Size(string text) => text == "-1" && Driver == JsonFile ? long.MaxValue
        : ByteSize.Parse(text, Driver == JsonFile ? 1000 : 1024) is > 0 and var size ? size
        : throw EngineException.Invalid("max-size must be a positive number");

    private static int Files(string text) =>
        !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int count)
            ? throw EngineException.Invalid($"strconv.Atoi: parsing \"{text}\": invalid syntax")
        : count < 1 ? throw EngineException.Invalid("max-file cannot be less than 1")
        : count;

    private static bool Boolean(string text) => text switch
    {
        "true" or "1" or "t" or "T" or "TRUE" or "True" => true,
        "false" or "0" or "f" or "F" or "FALSE" or "False" => false,
        _ => throw EngineException.Invalid($"strconv.ParseBool: parsing \"{text}\": invalid syntax"),
    };

    private static long BufferOf(IReadOnlyDictionary<string, string> all)
    {
        const long usual = 1024 * 1024;
        return all.TryGetValue("max-buffer-size", out string? size) ? Math.Clamp(ByteSize.Parse(size), 1, 1 << 30) : usual;
    }
}
