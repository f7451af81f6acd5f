using System;
using System.Collections.Generic;
using System.Globalization;

namespace FastRun.Engine.Networks.Links;

/// <summary>
/// The variables by which a container learns of one that it is linked to, as Docker names them: <c>DB_PORT</c>,
/// <c>DB_PORT_5432_TCP_ADDR</c> and so on, <c>DB_NAME</c>, and the other's own variables as <c>DB_ENV_*</c>.
/// </summary>
internal static class LinkEnvironment
{
    private const string DefaultProtocol = "tcp";

    /// <summary>The variables of a link.</summary>
    /// <param name="link">The link.</param>
    /// <param name="owner">The name of the container that has it.</param>
    internal static List<string> Of(ContainerLink link, string owner)
    {
        string prefix = link.Alias.ToUpperInvariant().Replace('-', '_');
        List<string> variables = [];
        List<(int Number, string Protocol)> ports = Sorted(link.Ports);
        if (ports.Count > 0)
        {
            variables.Add($"{prefix}_PORT={Url(link, ports[0])}");
        }

        for (int first = 0; first < ports.Count;)
        {
            int last = first;
            while (last + 1 < ports.Count && ports[last + 1] == (ports[last].Number + 1, ports[last].Protocol))
            {
                last++;
            }

            AddRange(variables, prefix, link, ports, first, last);
            first = last + 1;
        }

        variables.Add($"{prefix}_NAME=/{owner}/{link.Alias}");
        foreach (string variable in link.Environment)
        {
            // Every container has these two, and nobody wants another's.
            if (variable.Contains('=', StringComparison.Ordinal)
                && !variable.StartsWith("HOME=", StringComparison.Ordinal) && !variable.StartsWith("PATH=", StringComparison.Ordinal))
            {
                variables.Add($"{prefix}_ENV_{variable}");
            }
        }

        return variables;
    }

    /// <summary>Ports that follow each other: each by itself, then the range.</summary>
    private static void AddRange(
        List<string> variables, string prefix, ContainerLink link, List<(int Number, string Protocol)> ports, int first, int last)
    {
        for (int i = first; i <= last; i++)
        {
            string name = Name(prefix, ports[i]);
            variables.Add($"{name}={Url(link, ports[i])}");
            variables.Add($"{name}_ADDR={link.Address}");
            variables.Add(string.Create(CultureInfo.InvariantCulture, $"{name}_PORT={ports[i].Number}"));
            variables.Add($"{name}_PROTO={ports[i].Protocol}");
        }

        if (last > first)
        {
            string name = Name(prefix, ports[first]);
            variables.Add($"{name}_START={Url(link, ports[first])}");
            variables.Add(string.Create(CultureInfo.InvariantCulture, $"{name}_PORT_START={ports[first].Number}"));
            variables.Add($"{name}_END={Url(link, ports[last])}");
            variables.Add(string.Create(CultureInfo.InvariantCulture, $"{name}_PORT_END={ports[last].Number}"));
        }
    }

    private static string Name(string prefix, (int Number, string Protocol) port) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}_PORT_{port.Number}_{port.Protocol.ToUpperInvariant()}");

    private static string Url(ContainerLink link, (int Number, string Protocol) port) =>
        string.Create(CultureInfo.InvariantCulture, $"{port.Protocol}://{link.Address}:{port.Number}");

    /// <summary>Those of TCP first, each protocol's by number.</summary>
    private static List<(int Number, string Protocol)> Sorted(IReadOnlyList<string> texts)
    {
        List<(int Number, string Protocol)> ports = [];
        foreach (string text in texts)
        {
            int slash = text.IndexOf('/', StringComparison.Ordinal);
            string protocol = slash < 0 ? DefaultProtocol : text[(slash + 1)..];
            if (int.TryParse(slash < 0 ? text : text[..slash], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && !ports.Contains((number, protocol)))
            {
                ports.Add((number, protocol));
            }
        }

        ports.Sort(static (a, b) => a.Protocol == b.Protocol ? a.Number.CompareTo(b.Number)
            : a.Protocol == DefaultProtocol ? -1
            : b.Protocol == DefaultProtocol ? 1
            : string.CompareOrdinal(a.Protocol, b.Protocol));
        return ports;
    }
}
