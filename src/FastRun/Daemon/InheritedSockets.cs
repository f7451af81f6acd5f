using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Sockets;

namespace FastRun.Daemon;

/// <summary>The sockets that systemd has opened for this process (sd_listen_fds(3)): the descriptors from 3 on.</summary>
internal static class InheritedSockets
{
    private const int First = 3;
    private const int Most = 64;

    /// <summary>Their numbers; none where they are not for this process. From now on what this process starts does not get them.</summary>
    /// <exception cref="EngineException">One of them is no stream socket that listens.</exception>
    internal static IReadOnlyList<int> Find()
    {
        string? process = Environment.GetEnvironmentVariable("LISTEN_PID");
        string? count = Environment.GetEnvironmentVariable("LISTEN_FDS");
        if (process != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int sockets) || sockets > Most)
        {
            return [];
        }

        List<int> found = [];
        for (int number = First; number < First + sockets; number++)
        {
            if (!ListeningSocket.Is(number, out _))
            {
                throw EngineException.Invalid($"fd://{number}: it is no stream socket that listens");
            }

            Fd.CloseOnExec(number);
            found.Add(number);
        }

        return found;
    }
}
