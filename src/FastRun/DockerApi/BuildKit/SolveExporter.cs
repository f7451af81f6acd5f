using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Grpc;

namespace FastRun.DockerApi.BuildKit;

/// <summary>What is to become of what is built, or where a cache is.</summary>
internal sealed record SolveExporter(string Type, IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>As the command line writes it.</summary>
    /// <exception cref="EngineException">A value cannot be written so.</exception>
    internal string Text()
    {
        StringBuilder text = new("type=" + Type);
        foreach ((string key, string value) in Attributes)
        {
            text.Append(',').Append(key).Append('=').Append(
                value.Contains(',', StringComparison.Ordinal) ? throw EngineException.Invalid($"invalid value for {key}: {value}") : value);
        }

        return text.ToString();
    }

    internal static SolveExporter Read(ReadOnlySpan<byte> message)
    {
        ProtoReader reader = new(message);
        string type = "";
        Dictionary<string, string> attributes = new(StringComparer.Ordinal);
        while (reader.TryNext(out int field))
        {
            switch (field)
            {
                case 1:
                    type = reader.Text();
                    break;
                case 2:
                    reader.Entry(attributes);
                    break;
                default:
                    break;
            }
        }

        return new SolveExporter(type, attributes);
    }
}
