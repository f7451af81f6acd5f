using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using FastRun.Grpc;

namespace FastRun.DockerApi.BuildKit;

/// <summary>What a frontend is asked to build.</summary>
/// <param name="Frontend">Who makes something of the options.</param>
/// <param name="Options">They.</param>
/// <param name="Inputs">Results of other builds, by what the options call them: the builds' names.</param>
internal sealed record FrontendRequest(string Frontend, IReadOnlyDictionary<string, string> Options, IReadOnlyDictionary<string, string> Inputs)
{
    // A result is a graph of one source, which only this daemon makes something of.
    private const string Scheme = "fastrun-build://";

    /// <summary>The result of a build as a client gives it to another one (BuildKit, solver/pb, Definition).</summary>
    internal static ProtoWriter Result(string job)
    {
        ProtoWriter source = new ProtoWriter().Message(3, new ProtoWriter().Text(1, Scheme + job));
        string digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(source.Written.Span));
        ProtoWriter end = new ProtoWriter().Message(1, new ProtoWriter().Text(1, digest));
        string endDigest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(end.Written.Span));
        return new ProtoWriter()
            .Message(1, source)
            .Message(1, end)
            .Message(2, new ProtoWriter().Text(1, digest).Element(2, default))
            .Message(2, new ProtoWriter().Text(1, endDigest).Element(2, default));
    }

    /// <summary>Adds an entry of a map of inputs.</summary>
    /// <exception cref="GrpcException">It is a graph of the client's own.</exception>
    internal static void ReadInput(ReadOnlySpan<byte> message, Dictionary<string, string> inputs)
    {
        ProtoReader entry = new(message);
        (string key, string? job) = ("", null);
        while (entry.TryNext(out int field))
        {
            switch (field)
            {
                case 1:
                    key = entry.Text();
                    break;
                case 2:
                    job = JobOf(entry.Bytes());
                    break;
                default:
                    break;
            }
        }

        inputs[key] = job ?? throw new GrpcException(GrpcStatus.Unimplemented, $"input {key}: a graph of one's own (LLB) cannot be built: only Dockerfiles");
    }

    private static string? JobOf(ReadOnlySpan<byte> definition)
    {
        ProtoReader reader = new(definition);
        while (reader.TryNext(out int field))
        {
            if (field != 1)
            {
                continue;
            }

            ProtoReader operation = new(reader.Bytes());
            while (operation.TryNext(out int part))
            {
                if (part == 3 && ProtoReader.TryText(operation.Bytes(), 1, out string source) && source.StartsWith(Scheme, StringComparison.Ordinal))
                {
                    return source[Scheme.Length..];
                }
            }
        }

        return null;
    }
}
