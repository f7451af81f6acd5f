using System;
using System.Collections.Generic;
using FastRun.Grpc;

namespace FastRun.DockerApi.BuildKit;

/// <summary>What Control.Solve is asked for (BuildKit, control.proto).</summary>
internal sealed class SolveRequest
{
    private readonly List<SolveExporter> _exporters = [];
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _inputs = new(StringComparer.Ordinal);
    private readonly List<string> _entitlements = [];
    private readonly List<SolveExporter> _cacheExports = [];
    private readonly List<SolveExporter> _cacheImports = [];

    /// <summary>What the client calls the build.</summary>
    internal string Ref { get; private set; } = "";

    /// <summary>The session that it asks with.</summary>
    internal string Session { get; private set; } = "";

    /// <summary>Who makes something of the options; empty for the client itself, by the gateway.</summary>
    internal string Frontend { get; private set; } = "";

    internal IReadOnlyDictionary<string, string> Options => _options;

    /// <summary>Results of other builds, by name.</summary>
    internal IReadOnlyDictionary<string, string> Inputs => _inputs;

    internal IReadOnlyList<SolveExporter> Exporters => _exporters;

    internal IReadOnlyList<string> Entitlements => _entitlements;

    /// <summary>Whether a graph of the client's own is to be built.</summary>
    internal bool HasDefinition { get; private set; }

    /// <summary>Where the cache is taken to.</summary>
    internal IReadOnlyList<SolveExporter> CacheExports => _cacheExports;

    /// <summary>Where the cache comes from.</summary>
    internal IReadOnlyList<SolveExporter> CacheImports => _cacheImports;

    internal static SolveRequest Read(ReadOnlySpan<byte> message)
    {
        SolveRequest request = new();
        ProtoReader reader = new(message);
        string exporter = "";
        Dictionary<string, string> attributes = new(StringComparer.Ordinal);
        while (reader.TryNext(out int field))
        {
            switch (field)
            {
                case 1:
                    request.Ref = reader.Text();
                    break;
                case 2:
                    request.HasDefinition = !reader.Bytes().IsEmpty;
                    break;
                case 3:
                    exporter = reader.Text();
                    break;
                case 4:
                    reader.Entry(attributes);
                    break;
                case 5:
                    request.Session = reader.Text();
                    break;
                case 6:
                    request.Frontend = reader.Text();
                    break;
                case 7:
                    reader.Entry(request._options);
                    break;
                case 8:
                    request.ReadCache(reader.Bytes());
                    break;
                case 9:
                    request._entitlements.Add(reader.Text());
                    break;
                case 10:
                    FrontendRequest.ReadInput(reader.Bytes(), request._inputs);
                    break;
                case 13:
                    request._exporters.Add(SolveExporter.Read(reader.Bytes()));
                    break;
                default:
                    break;
            }
        }

        if (request._exporters.Count == 0 && exporter.Length > 0)
        {
            // Clients before BuildKit 0.13 have one at the most.
            request._exporters.Add(new SolveExporter(exporter, attributes));
        }

        return request.Ref.Length is > 0 and <= 128 ? request : throw new GrpcException(GrpcStatus.InvalidArgument, "the build has no ref");
    }

    private void ReadCache(ReadOnlySpan<byte> message)
    {
        ProtoReader reader = new(message);
        while (reader.TryNext(out int field))
        {
            switch (field)
            {
                case 4:
                    _cacheExports.Add(SolveExporter.Read(reader.Bytes()));
                    break;
                case 5:
                    _cacheImports.Add(SolveExporter.Read(reader.Bytes()));
                    break;
                default:
                    break;
            }
        }
    }
}
