using System.Collections.Generic;
using System.Text.Json.Nodes;
using FastRun.Engine.Volumes;

namespace FastRun.Engine.Containers.Inspection;

/// <summary>The mounts in the long form, as they were asked for (Engine API, Mount): of what is optional only what was given.</summary>
internal static class InspectedMountRequests
{
    /// <summary>Neither those of <c>-v</c> and <c>--tmpfs</c>, nor what came from other containers; null where there are no others.</summary>
    internal static JsonArray? Of(IReadOnlyList<MountRequest> mounts)
    {
        JsonArray? found = null;
        foreach (MountRequest mount in mounts)
        {
            if (mount is { Written: null, Inherited: false })
            {
                (found ??= []).Add((JsonNode)Of(mount));
            }
        }

        return found;
    }

    private static JsonObject Of(MountRequest mount)
    {
        JsonObject document = new() { ["Type"] = mount.Kind.ToString().ToLowerInvariant() };
        if (mount is { Anonymous: false, Source: { } source })
        {
            document["Source"] = source;
        }

        document["Target"] = mount.Target;
        AddFlag(document, "ReadOnly", mount.ReadOnly);
        Add(document, "BindOptions", Bind(mount));
        Add(document, "VolumeOptions", Volume(mount));
        Add(document, "TmpfsOptions", Tmpfs(mount));
        return document;
    }

    private static JsonObject Bind(MountRequest mount)
    {
        JsonObject options = [];
        if (mount.Propagation is { } propagation)
        {
            options["Propagation"] = propagation.ToString().ToLowerInvariant();
        }

        AddFlag(options, "NonRecursive", mount.NonRecursive);
        AddFlag(options, "CreateMountpoint", mount.CreateSource);
        AddFlag(options, "ReadOnlyNonRecursive", mount.WritableSubmounts);
        return options;
    }

    private static JsonObject Volume(MountRequest mount)
    {
        JsonObject options = [];
        AddFlag(options, "NoCopy", mount.NoCopy);
        if (mount.VolumeLabels is { } labels)
        {
            options["Labels"] = Map(labels);
        }

        if (mount.Subpath is { } subpath)
        {
            options["Subpath"] = subpath;
        }

        if (mount.VolumeOptions is { } driver)
        {
            options["DriverConfig"] = new JsonObject { ["Name"] = "local", ["Options"] = Map(driver) };
        }

        return options;
    }

    private static JsonObject Tmpfs(MountRequest mount)
    {
        JsonObject options = [];
        if (mount.TmpfsSizeBytes is { } size)
        {
            options["SizeBytes"] = size;
        }

        if (mount.TmpfsMode is { } mode)
        {
            options["Mode"] = mode;
        }

        JsonArray words = [];
        foreach (string option in mount.TmpfsOptions.Split(',', System.StringSplitOptions.RemoveEmptyEntries))
        {
            JsonArray word = [];
            foreach (string part in option.Split('=', 2))
            {
                word.Add((JsonNode)part);
            }

            words.Add((JsonNode)word);
        }

        if (words.Count > 0)
        {
            options["Options"] = words;
        }

        return options;
    }

    private static void Add(JsonObject document, string name, JsonObject options)
    {
        if (options.Count > 0)
        {
            document[name] = options;
        }
    }

    private static void AddFlag(JsonObject document, string name, bool flag)
    {
        if (flag)
        {
            document[name] = true;
        }
    }

    private static JsonObject Map(IReadOnlyDictionary<string, string> map)
    {
        JsonObject document = [];
        foreach ((string name, string value) in map)
        {
            document[name] = value;
        }

        return document;
    }
}
