using System;
using System.Globalization;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;

namespace FastRun.Engine.Processes;

/// <summary>The columns that ps(1) knows and this one has, by the names that -o takes ("STANDARD FORMAT SPECIFIERS").</summary>
internal static class ProcessColumns
{
    private const int FirstPtsMajor = 136;
    private const int LastPtsMajor = 143;

    /// <summary>The column of a name; null where there is none.</summary>
    internal static ProcessColumn? Find(string name) => name switch
    {
        "pid" or "tgid" => new("PID", static (process, _) => Text(process.Pid)),
        "ppid" => new("PPID", static (process, _) => Text(process.ParentPid)),
        "pgid" => new("PGID", static (process, _) => Text(process.ProcessGroup)),
        "pgrp" => new("PGRP", static (process, _) => Text(process.ProcessGroup)),
        "sid" => new("SID", static (process, _) => Text(process.Session)),
        "sess" or "session" => new("SESS", static (process, _) => Text(process.Session)),
        "user" or "uname" => new("USER", static (process, context) => context.User(process.Uid)),
        "euser" => new("EUSER", static (process, context) => context.User(process.Uid)),
        "ruser" => new("RUSER", static (process, context) => context.User(process.RealUid)),
        "uid" => new("UID", static (process, _) => Text(process.Uid)),
        "euid" => new("EUID", static (process, _) => Text(process.Uid)),
        "ruid" => new("RUID", static (process, _) => Text(process.RealUid)),
        "group" => new("GROUP", static (process, context) => context.Group(process.Gid)),
        "egroup" => new("EGROUP", static (process, context) => context.Group(process.Gid)),
        "rgroup" => new("RGROUP", static (process, context) => context.Group(process.RealGid)),
        "gid" => new("GID", static (process, _) => Text(process.Gid)),
        "egid" => new("EGID", static (process, _) => Text(process.Gid)),
        "rgid" => new("RGID", static (process, _) => Text(process.RealGid)),
        "comm" or "ucomm" => new("COMMAND", static (process, _) => Comm(process)),
        "ucmd" => new("CMD", static (process, _) => Comm(process)),
        "args" or "command" => new("COMMAND", static (process, _) => Arguments(process)),
        "cmd" => new("CMD", static (process, _) => Arguments(process)),
        "tty" or "tt" => new("TT", static (process, _) => Terminal(process.Terminal)),
        "tname" => new("TTY", static (process, _) => Terminal(process.Terminal)),
        "time" or "cputime" => new("TIME", static (process, _) => CpuTime(process.CpuTicks)),
        "bsdtime" => new("TIME", static (process, _) => ShortCpuTime(process.CpuTicks)),
        "etime" => new("ELAPSED", static (process, context) => Elapsed(Age(process, context))),
        "etimes" => new("ELAPSED", static (process, context) => Text((long)Age(process, context).TotalSeconds)),
        "stime" => new("STIME", static (process, context) => Start(process, context)),
        "start_time" or "bsdstart" => new("START", static (process, context) => Start(process, context)),
        "start" => new("STARTED", static (process, context) => Age(process, context) < TimeSpan.FromDays(1)
            ? Started(process, context).ToString("HH:mm:ss", CultureInfo.InvariantCulture)
            : Started(process, context).ToString("MMM dd", CultureInfo.InvariantCulture)),
        "lstart" => new("STARTED", static (process, context) =>
            Started(process, context).ToString("ddd MMM dd HH:mm:ss yyyy", CultureInfo.InvariantCulture)),
        "stat" => new("STAT", static (process, _) => State(process)),
        "s" or "state" => new("S", static (process, _) => process.State.ToString()),
        "c" => new("C", static (process, context) => Text(Math.Min((int)Share(process, context), 99))),
        "%cpu" or "pcpu" => new("%CPU", static (process, context) => Percent(Share(process, context))),
        "%mem" or "pmem" => new("%MEM", static (process, context) => Percent(process.ResidentBytes * 100.0 / context.MemoryBytes)),
        "vsz" or "vsize" => new("VSZ", static (process, _) => Text(process.VirtualBytes / 1024)),
        "rss" or "rssize" or "rsz" => new("RSS", static (process, _) => Text(process.ResidentBytes / 1024)),
        "ni" or "nice" => new("NI", static (process, _) => Text(process.Nice)),
        "nlwp" or "thcount" => new("NLWP", static (process, _) => Text(process.Threads)),
        _ => null,
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Comm(ProcessStatus process) => process.State == 'Z' ? process.Name + " <defunct>" : process.Name;

    private static string Arguments(ProcessStatus process) =>
        process.State == 'Z' ? $"[{process.Name}] <defunct>"
        : process.CommandLine.Length > 0 ? process.CommandLine
        : $"[{process.Name}]";

    /// <summary>Documentation/admin-guide/devices.txt of the kernel.</summary>
    private static string Terminal(DeviceNumber terminal) => terminal switch
    {
        { Major: >= FirstPtsMajor and <= LastPtsMajor } => string.Create(
            CultureInfo.InvariantCulture, $"pts/{terminal.Minor + ((terminal.Major - FirstPtsMajor) << 8)}"),
        { Major: 4, Minor: < 64 } => string.Create(CultureInfo.InvariantCulture, $"tty{terminal.Minor}"),
        { Major: 4 } => string.Create(CultureInfo.InvariantCulture, $"ttyS{terminal.Minor - 64}"),
        _ => "?",
    };

    private static TimeSpan Age(ProcessStatus process, ProcessColumnContext context)
    {
        TimeSpan age = context.Uptime - TimeSpan.FromSeconds((double)process.StartTicks / ProcessStatus.TicksPerSecond);
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    private static DateTimeOffset Started(ProcessStatus process, ProcessColumnContext context) => context.Now - Age(process, context);

    /// <summary>The time of day of a process that is younger than a day and of this date, then its date, then its year.</summary>
    private static string Start(ProcessStatus process, ProcessColumnContext context)
    {
        DateTimeOffset started = Started(process, context);
        string form = started.Date == context.Now.Date ? "HH:mm" : started.Year == context.Now.Year ? "MMMdd" : "yyyy";
        return started.ToString(form, CultureInfo.InvariantCulture);
    }

    /// <summary>The share of one processor over its whole life, in percent.</summary>
    private static double Share(ProcessStatus process, ProcessColumnContext context)
    {
        double seconds = Age(process, context).TotalSeconds;
        return seconds < 0.01 ? 0 : process.CpuTicks * 100.0 / ProcessStatus.TicksPerSecond / seconds;
    }

    private static string Percent(double share) => share.ToString("F1", CultureInfo.InvariantCulture);

    private static string CpuTime(long ticks)
    {
        TimeSpan time = TimeSpan.FromSeconds(ticks / ProcessStatus.TicksPerSecond);
        string hours = time.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture);
        return time.Days > 0 ? $"{Text(time.Days)}-{hours}" : hours;
    }

    private static string ShortCpuTime(long ticks)
    {
        long seconds = ticks / ProcessStatus.TicksPerSecond;
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}:{seconds % 60:D2}");
    }

    private static string Elapsed(TimeSpan age)
    {
        string hours = age.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture);
        return age.Days > 0 ? $"{Text(age.Days)}-{hours}" : age.Hours > 0 ? hours : hours[3..];
    }

    private static string State(ProcessStatus process) =>
        process.State
        + (process.Nice < 0 ? "<" : process.Nice > 0 ? "N" : "")
        + (process.Session == process.Pid ? "s" : "")
        + (process.Threads > 1 ? "l" : "")
        + (process.ForegroundGroup == process.ProcessGroup ? "+" : "");
}
