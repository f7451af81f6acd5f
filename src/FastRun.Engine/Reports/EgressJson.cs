using System.Text.Json;
using FastRun.Engine.Networks.Egress;

namespace FastRun.Engine.Reports;

/// <summary>The member <c>egress</c> of a report: docs/run-report.md.</summary>
internal static class EgressJson
{
    internal static void Write(Utf8JsonWriter json, EgressRefusals? refusals)
    {
        if (refusals is null)
        {
            json.WriteNull("egress");
            return;
        }

        json.WriteStartObject("egress");
        json.WriteStartArray("rules");
        foreach (string rule in refusals.Rules)
        {
            json.WriteStringValue(rule);
        }

        json.WriteEndArray();
        json.WriteStartArray("refused");
        foreach (RefusedDestination destination in refusals.Destinations)
        {
            json.WriteStartObject();
            json.WriteString("address", destination.Address.ToString());
            json.WriteString("protocol", destination.ProtocolName);
            if (destination.Port == 0)
            {
                json.WriteNull("port");
            }
            else
            {
                json.WriteNumber("port", destination.Port);
            }

            json.WriteNumber("packets", destination.Packets);
            json.WriteString("name", destination.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("refusedNames");
        foreach (string name in refusals.Names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteBoolean("partial", refusals.IsPartial);
        json.WriteEndObject();
    }
}
