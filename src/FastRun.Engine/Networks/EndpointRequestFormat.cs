using System.Collections.Generic;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks;

/// <summary>An <see cref="EndpointRequest"/> on its way to a supervisor: the fields as <see cref="RecordWriter"/> writes them.</summary>
internal static class EndpointRequestFormat
{
    internal static byte[] Encode(EndpointRequest request)
    {
        RecordWriter body = new();
        body.Add(request.Network);
        body.Add(request.IPv4 ?? "");
        body.Add(request.IPv6 ?? "");
        body.Add(request.MacAddress ?? "");
        body.Add(request.Aliases);
        body.Add(request.GwPriority);
        body.Add(request.LinkLocalAddresses);
        List<string> options = [];
        foreach ((string key, string value) in request.Options)
        {
            options.Add(key);
            options.Add(value);
        }

        body.Add(options);
        body.Add(request.Links);
        byte[] bytes = new byte[body.Length];
        body.CopyTo(bytes);
        return bytes;
    }

    internal static EndpointRequest? Decode(System.ReadOnlySpan<byte> bytes)
    {
        RecordReader body = new(bytes);
        EndpointRequest request = new()
        {
            Network = body.Text(),
            IPv4 = NullIfEmpty(body.Text()),
            IPv6 = NullIfEmpty(body.Text()),
            MacAddress = NullIfEmpty(body.Text()),
            Aliases = body.List(),
            GwPriority = (int)body.Number(),
            LinkLocalAddresses = body.List(),
        };
        string[] options = body.List();
        Dictionary<string, string> pairs = [];
        for (int i = 0; i + 1 < options.Length; i += 2)
        {
            pairs[options[i]] = options[i + 1];
        }

        request = request with { Options = pairs, Links = body.IsAtEnd ? [] : body.List() };
        return body.IsSound ? request : null;
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
