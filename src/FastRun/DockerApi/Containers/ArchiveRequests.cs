using System;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.DockerApi.Streams;
using FastRun.Engine.Containers;
using FastRun.Engine.Files;
using FastRun.Layers;
using FastRun.Native.Filesystem;

namespace FastRun.DockerApi.Containers;

/// <summary>Files of containers as tars (Engine API, ContainerArchive, PutContainerArchive, ContainerExport).</summary>
/// <param name="layout">Where state is.</param>
internal sealed class ArchiveRequests(StateLayout layout)
{
    private const string StatusHeader = "X-Docker-Container-Path-Stat";

    internal Task StatAsync(ApiExchange exchange, string name)
    {
        exchange.Http.ResponseHeaders[StatusHeader] = Encoded(new CopyFiles(layout, new CopyOptions()).Status(name, RequirePath(exchange)));
        return exchange.AnswerAsync(200);
    }

    internal async Task GetAsync(ApiExchange exchange, string name)
    {
        CopyFiles copy = new(layout, new CopyOptions { Archive = true });
        string path = RequirePath(exchange);
        exchange.Http.ResponseHeaders[StatusHeader] = Encoded(copy.Status(name, path));
        exchange.Http.ResponseHeaders.ContentType = "application/x-tar";
        await ResponseWriter.RunAsync(exchange, output => copy.FromContainer(name, path, output));
    }

    internal async Task PutAsync(ApiExchange exchange, string name)
    {
        CopyFiles copy = new(layout, new CopyOptions { Archive = exchange.Flag("copyUIDGID") });
        string path = RequirePath(exchange);
        new ContainerStore(layout).Find(name);
        await RequestPipe.RunAsync(exchange, tar => copy.ToContainer(tar, name, path));
        await exchange.AnswerAsync(200);
    }

    internal async Task ExportAsync(ApiExchange exchange, string name)
    {
        Container container = new ContainerStore(layout).Find(name);
        exchange.Http.ResponseHeaders.ContentType = "application/x-tar";
        await ResponseWriter.RunAsync(exchange, output => new ExportContainer(layout).Run(container, output));
    }

    private static string RequirePath(ApiExchange exchange) => exchange.Query("path") is { Length: > 0 } path
        ? path
        : throw ApiException.Invalid("bad parameter: path cannot be empty");

    private static string Encoded(PathStatus status) => Convert.ToBase64String(Encoding.UTF8.GetBytes(new JsonObject
    {
        ["name"] = status.Name,
        ["size"] = status.Size,
        ["mode"] = GoMode(status),
        ["mtime"] = ApiTime.Text(status.Modified),
        ["linkTarget"] = status.LinkTarget,
    }.ToJsonString()));

    /// <summary>A mode as Go's os.FileMode has it: the permissions, and bits of its own for all else.</summary>
    private static long GoMode(PathStatus status) => (uint)(status.Permissions & 0x1FF)
        | ((status.Permissions & 0x800) != 0 ? 1L << 23 : 0)
        | ((status.Permissions & 0x400) != 0 ? 1L << 22 : 0)
        | ((status.Permissions & 0x200) != 0 ? 1L << 20 : 0)
        | status.Type switch
        {
            FileType.Directory => 1L << 31,
            FileType.SymbolicLink => 1L << 27,
            FileType.BlockDevice => 1L << 26,
            FileType.CharacterDevice => (1L << 26) | (1L << 21),
            FileType.Fifo => 1L << 25,
            FileType.Socket => 1L << 24,
            _ => 0,
        };
}
