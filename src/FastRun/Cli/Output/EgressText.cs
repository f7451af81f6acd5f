using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastRun.Engine.Networks.Egress;

namespace FastRun.Cli.Output;

/// <summary>What a policy refused, a line each; empty where that is nothing.</summary>
internal static class EgressText
{
    private const int MostLines = 10;

    internal static string Of(EgressRefusals refusals)
    {
        List<string> lines = [];
        foreach (string name in refusals.Names)
        {
            lines.Add("the name " + name);
        }

        foreach (RefusedDestination destination in refusals.Destinations)
        {
            string port = destination.Port == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $":{destination.Port}");
            string address = destination.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 && port.Length > 0
                ? $"[{destination.Address}]" : destination.Address.ToString();
            string name = destination.Name is null ? "" : $" ({destination.Name})";
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{address}{port}/{destination.ProtocolName}{name}, {destination.Packets} {(destination.Packets == 1 ? "packet" : "packets")}"));
        }

        var text = new StringBuilder();
        for (int i = 0; i < lines.Count && i < MostLines; i++)
        {
            text.Append("fastrun: egress: refused ").Append(TerminalText.Escape(lines[i])).Append('\n');
        }

        if (lines.Count > MostLines)
        {
            text.Append(CultureInfo.InvariantCulture, $"fastrun: egress: refused {lines.Count - MostLines} more (--report lists them)\n");
        }

        return text.ToString();
    }
}
