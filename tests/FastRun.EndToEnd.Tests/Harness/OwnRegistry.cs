using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net.Http;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary><c>fastrun registry serve</c> on a free port of loopback, and a client that speaks its protocol word by word.</summary>
internal sealed class OwnRegistry : IDisposable
{
    internal const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    internal const string Index = "application/vnd.oci.image.index.v1+json";

    private readonly Process _process;
    private readonly Task<string> _errors;

    internal OwnRegistry(string? directory, IReadOnlyList<string>? options = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        Command command = new(Repository.Binary, ["registry", "serve", "--listen", "127.0.0.1:0", .. options ?? [], .. directory is null ? (string[])[] : [directory]]);
        _process = (command with { Environment = environment ?? new Dictionary<string, string?>() }).Start();
        _errors = _process.StandardError.ReadToEndAsync();
        string? line = _process.StandardOutput.ReadLine();
        Assert.True(line?.StartsWith("listening at ", StringComparison.Ordinal) == true, line is null ? _errors.Result : line);
        Address = new Uri(line!["listening at ".Length..]);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(100) };
    }

    internal Uri Address { get; }

    /// <summary>Host and port, as a reference names a registry.</summary>
    internal string Authority => Address.Authority;

    internal HttpClient Client { get; }

    internal int ProcessId => _process.Id;

    internal bool HasExited => _process.HasExited;

    /// <summary>Sends a request; the caller looks at what came.</summary>
    internal HttpResponseMessage Send(HttpMethod method, string path, byte[]? body = null, string? contentType = null, string? contentRange = null)
    {
        HttpRequestMessage request = new(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType ?? "application/octet-stream");
            if (contentRange is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Range", contentRange);
            }
        }

        return Client.Send(request);
    }

    /// <summary>Sends a request and returns the status.</summary>
    internal int Status(HttpMethod method, string path, byte[]? body = null, string? contentType = null)
    {
        using HttpResponseMessage response = Send(method, path, body, contentType);
        return (int)response.StatusCode;
    }

    /// <summary>What is at a path; anything but success is a failure of the test.</summary>
    internal byte[] Get(string path)
    {
        using HttpResponseMessage response = Send(HttpMethod.Get, path);
        Assert.Equal(200, (int)response.StatusCode);
        return Body(response);
    }

    /// <summary>All of a response's body.</summary>
    internal static byte[] Body(HttpResponseMessage response)
    {
        using MemoryStream body = new();
        response.Content.ReadAsStream().CopyTo(body);
        return body.ToArray();
    }

    /// <summary>Begins an upload and returns its place.</summary>
    internal string BeginUpload(string repository)
    {
        using HttpResponseMessage response = Send(HttpMethod.Post, $"/v2/{repository}/blobs/uploads/");
        Assert.Equal(202, (int)response.StatusCode);
        return response.Headers.Location!.ToString();
    }

    /// <summary>Pushes a blob with one request.</summary>
    internal string PushBlob(string repository, byte[] content)
    {
        string digest = Sha256(content);
        using HttpResponseMessage response = Send(HttpMethod.Post, $"/v2/{repository}/blobs/uploads/?digest={digest}", content);
        Assert.Equal(201, (int)response.StatusCode);
        return digest;
    }

    /// <summary>Pushes an image of one layer and returns its manifest's digest.</summary>
    internal string PushImage(string repository, string tag, byte[] layer)
    {
        byte[] config = "{}"u8.ToArray();
        PushBlob(repository, config);
        PushBlob(repository, layer);
        byte[] manifest = ManifestOf(config, layer);
        using HttpResponseMessage response = Send(HttpMethod.Put, $"/v2/{repository}/manifests/{tag}", manifest, Manifest);
        Assert.Equal(201, (int)response.StatusCode);
        return Sha256(manifest);
    }

    /// <summary>A manifest of a config and layers.</summary>
    internal static byte[] ManifestOf(byte[] config, params byte[][] layers)
    {
        JsonArray list = [];
        foreach (byte[] layer in layers)
        {
            list.Add((JsonNode)Descriptor("application/vnd.oci.image.layer.v1.tar", layer));
        }

        return Json(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = Manifest,
            ["config"] = Descriptor("application/vnd.oci.image.config.v1+json", config),
            ["layers"] = list,
        });
    }

    internal static JsonObject Descriptor(string mediaType, byte[] content) => new()
    {
        ["mediaType"] = mediaType,
        ["digest"] = Sha256(content),
        ["size"] = content.Length,
    };

    internal static byte[] Json(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());

    internal static string Sha256(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Bytes that nothing compresses and that are the same in each run.</summary>
    internal static byte[] Bytes(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Asks it to end and returns its exit code.</summary>
    internal int Terminate()
    {
        _ = Command.Output("kill", "-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return WaitForExit();
    }

    /// <summary>Waits until it has ended.</summary>
    internal int WaitForExit()
    {
        Assert.True(_process.WaitForExit(TimeSpan.FromSeconds(60)));
        return _process.ExitCode;
    }

    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        Client.Dispose();
        _process.Dispose();
    }
}
