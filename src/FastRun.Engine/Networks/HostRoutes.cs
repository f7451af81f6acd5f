using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Numerics;
using System.Text;
using FastRun.Engine.Networks.Addresses;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks;

/// <summary>Where the host sends packets already: <c>/proc/net/route</c> and <c>/proc/net/ipv6_route</c> (proc_pid_net(5)).</summary>
internal static class HostRoutes
{
    private const int Largest = 16 << 20;
    private const int AddressDigits = 32;

    /// <summary>The blocks that a route of the host leads to; the default routes are no such.</summary>
    internal static List<Subnet> Read()
    {
        List<Subnet> routes = [];
        AddLines(routes, "/proc/self/net/route", ParseIPv4);
        AddLines(routes, "/proc/self/net/ipv6_route", ParseIPv6);
        return routes;
    }

    /// <summary>A line of <c>route</c>: interface, destination and gateway in the byte order of the machine, flags, ..., mask.</summary>
    internal static Subnet? ParseIPv4(string line)
    {
        string[] fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 8
            || !uint.TryParse(fields[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint destination)
            || !uint.TryParse(fields[7], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint mask))
        {
            return null;
        }

        Span<byte> address = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(address, destination);
        int length = BitOperations.PopCount(mask);
        return length == 0 ? null : Subnet.Of(new IPAddress(address), length);
    }

    /// <summary>A line of <c>ipv6_route</c>: destination in hex, prefix length in hex, ...</summary>
    internal static Subnet? ParseIPv6(string line)
    {
        string[] fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 2 || fields[0].Length != AddressDigits
            || !int.TryParse(fields[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int length)
            || length is 0 or > 128
            || !UInt128.TryParse(fields[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out UInt128 number))
        {
            return null;
        }

        Span<byte> address = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(address, number);
        return Subnet.Of(new IPAddress(address), length);
    }

    private static void AddLines(List<Subnet> routes, string path, Func<string, Subnet?> parse)
    {
        if (FileContent.TryReadAll(null, path, Largest) is not { } bytes)
        {
            return;
        }

        using StringReader lines = new(Encoding.ASCII.GetString(bytes));
        while (lines.ReadLine() is { } line)
        {
            if (parse(line) is { } route)
            {
                routes.Add(route);
            }
        }
    }
}
