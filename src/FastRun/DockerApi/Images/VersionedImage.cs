using System.Text.Json.Nodes;
using FastRun.Documents;
using FastRun.Layers.Images;

namespace FastRun.DockerApi.Images;

/// <summary>An image as each version of the API shows it (moby's api/docs/CHANGELOG.md, <c>GET /images/{name}/json</c>).</summary>
internal static class VersionedImage
{
    private const string NoTime = "0001-01-01T00:00:00Z";

    private static readonly string[] s_omittedOfImage = ["Parent", "Comment", "DockerVersion", "Author"];
    private static readonly string[] s_omittedOfConfig = ["Cmd", "Entrypoint", "Env", "Labels", "OnBuild", "User", "Volumes", "WorkingDir"];

    internal static JsonObject Of(ImageDetails image, ApiVersion version)
    {
        JsonObject document = ImageDocument.Of(image);
        JsonObject config = document["Config"]!.AsObject();
        if (version >= new ApiVersion(52))
        {
            RemoveEmpty(document, s_omittedOfImage);
            RemoveEmpty(config, s_omittedOfConfig);
        }

        if (version < new ApiVersion(50))
        {
            AddContainersOwn(config);
        }

        if (version < new ApiVersion(45))
        {
            document["Container"] = "";
            document["ContainerConfig"] = EmptyConfig();
        }

        if (version < new ApiVersion(44))
        {
            document["VirtualSize"] = image.Record.Size;
            document["Created"] ??= NoTime;
        }
        else if (document["Created"] is null)
        {
            document.Remove("Created");
        }

        return document;
    }

    private static void RemoveEmpty(JsonObject document, string[] names)
    {
        foreach (string name in names)
        {
            if (document[name] is null or JsonArray { Count: 0 } or JsonObject { Count: 0 } || document[name] is JsonValue value && value.TryGetValue(out string? text) && text.Length == 0)
            {
                document.Remove(name);
            }
        }
    }

    /// <summary>What a container has and no image: always empty.</summary>
    private static void AddContainersOwn(JsonObject config)
    {
        foreach (string name in (string[])["Hostname", "Domainname", "Image"])
        {
            config[name] = "";
        }

        foreach (string name in (string[])["AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin", "StdinOnce"])
        {
            config[name] = false;
        }
    }

    /// <summary>What the classic builder of old noted of the container that a step ran in.</summary>
    private static JsonObject EmptyConfig()
    {
        JsonObject config = new() { ["User"] = "", ["WorkingDir"] = "" };
        foreach (string name in (string[])["Env", "Cmd", "Volumes", "Entrypoint", "OnBuild", "Labels"])
        {
            config[name] = null;
        }

        AddContainersOwn(config);
        return config;
    }
}
