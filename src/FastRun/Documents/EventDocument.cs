using System;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.Engine.Events;

namespace FastRun.Documents;

/// <summary>An event as Docker shows it (Engine API, EventMessage).</summary>
internal static class EventDocument
{
    private static void Add(JsonObject document, string key, string value, bool always)
    {
        if (always || value.Length > 0)
        {
            document[key] = value;
        }
    }

    /// <summary>Docker's event, with the members that older clients know beside the newer ones.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="always">Whether the older members are there when they are empty, as a template needs them.</param>
    internal static JsonObject Of(EngineEvent happened, bool always)
    {
        var attributes = new JsonObject();
        foreach ((string key, string value) in happened.Attributes.OrderBy(static attribute => attribute.Key, StringComparer.Ordinal))
        {
            attributes[key] = value;
        }

        var document = new JsonObject();
        bool isOld = happened.Type is EventType.Container or EventType.Image;
        Add(document, "status", isOld ? happened.Action : "", always);
        Add(document, "id", isOld ? happened.Id : "", always);
        Add(document, "from", happened.From, always);

        document["Type"] = happened.TypeName;
        document["Action"] = happened.Action;
        document["Actor"] = new JsonObject { ["ID"] = happened.Id, ["Attributes"] = attributes };
        document["scope"] = "local";
        document["time"] = happened.Time.ToUnixTimeSeconds();
        document["timeNano"] = happened.TimeNanoseconds;
        return document;
    }
}
