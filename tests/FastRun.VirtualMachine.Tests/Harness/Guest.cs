using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>
/// A running guest: qemu, the agent's channel and the console's log. It ends with its test runner, however that ends.
/// </summary>
internal sealed class Guest : IDisposable
{
    /// <summary>Emulated, and on a machine that may be busy.</summary>
    private static readonly TimeSpan s_bootPatience = TimeSpan.FromSeconds(120);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    /// <summary>
    /// The last line is for an emulator that gets the processor late: clocks and watchdogs must not mind. clearcpuid: qemu 7.2
    /// spoils a flag register where the kernel's allocator uses cmpxchg16b, and the guest dies at random; programs still have it.
    /// </summary>
    private static string KernelCommandLine =>
        "console=ttyS0 quiet panic=-1 mitigations=off clearcpuid=cx16 " +
        $"no_timer_check tsc=reliable tsc_early_khz={TimestampCounter.Kilohertz} nowatchdog rcupdate.rcu_cpu_stall_suppress=1";

    private readonly string _name;
    private readonly string _consoleLog;
    private readonly Process _qemu;
    private readonly StringBuilder _complaints = new();
    private readonly Socket _agent;
    private bool _lost;

    private Guest(string name, string directory, IReadOnlyList<string> arguments)
    {
        _name = name;
        _consoleLog = Path.Combine(directory, "console.log");
        string path = Path.Combine(directory, "agent");
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        _qemu = StartProcess(
        [
            .. arguments,
            "-chardev", "file,id=console,path=" + _consoleLog, "-serial", "chardev:console",
            "-device", "virtio-serial-pci", "-chardev", "socket,id=agent,path=" + path, "-device", "virtserialport,chardev=agent",
        ]);
        try
        {
            DateTime deadline = DateTime.UtcNow + s_bootPatience;
            while (!listener.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead))
            {
                if (_qemu.HasExited || DateTime.UtcNow > deadline)
                {
                    throw Fail("qemu did not start");
                }
            }

            _agent = listener.Accept();
            if (ReadLine(deadline) != "ready")
            {
                throw Fail("the guest did not get ready");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the guest's kernel and init wrote, or the end of it.</summary>
    internal string Console
    {
        get
        {
            const int Bound = 8 << 10;
            string text = File.Exists(_consoleLog) ? File.ReadAllText(_consoleLog) : "";
            return text.Length > Bound ? "[...]" + text[^Bound..] : text;
        }
    }

    /// <summary>Whether it can still be asked for something.</summary>
    internal bool IsRunning => !_lost && !_qemu.HasExited;

    /// <summary>Boots a guest and waits until it can run commands.</summary>
    /// <param name="kernel">Its kernel.</param>
    /// <param name="system">Its root.</param>
    /// <param name="disks">Further disks: files, which keep what the guest writes; <c>/dev/vdb</c> and on.</param>
    /// <param name="kernelOptions">More words for the kernel's command line.</param>
    /// <param name="processors">How many processors it has: the emulator is a third quicker with one.</param>
    internal static Guest Boot(
        GuestKernel kernel, GuestSystem system, IReadOnlyList<string> disks, string kernelOptions, int processors) => new(
        kernel.ToString(),
        system.NewDirectory("machine"),
        [.. Arguments(kernel, system, disks, $"{KernelCommandLine} {kernelOptions}"), "-smp", processors.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>Runs a guest with a shell on this process's terminal.</summary>
    /// <returns>The exit code of qemu.</returns>
    internal static int Shell(GuestKernel kernel, GuestSystem system)
    {
        List<string> arguments = [.. Arguments(kernel, system, [], KernelCommandLine + " shell=1")];
        using Process qemu = Process.Start(new ProcessStartInfo("qemu-system-x86_64", [.. arguments, "-serial", "mon:stdio"]))!;
        qemu.WaitForExit();
        return qemu.ExitCode;
    }

    /// <summary>Runs a program with its arguments, none of which the guest's shell changes.</summary>
    internal CommandResult Run(params IReadOnlyList<string> command) => Script(string.Join(' ', command.Select(Quote)));

    /// <summary>Runs fastrun with its default data and run roots.</summary>
    internal CommandResult FastRun(params IReadOnlyList<string> arguments) => Run(["fastrun", .. arguments]);

    /// <summary>Runs a script in the guest's shell, to its end.</summary>
    internal CommandResult Script(string script, TimeSpan? timeout = null)
    {
        TimeSpan patience = timeout ?? s_patience;
        Stopwatch clock = Stopwatch.StartNew();
        Start(script, patience);

        // The agent kills what takes too long; a guest that does not even answer that is lost.
        DateTime deadline = DateTime.UtcNow + patience + TimeSpan.FromSeconds(30);
        string answer = ReadLine(deadline);
        int[] numbers = [.. answer.Split(' ').Select(static number => int.TryParse(number, out int value) ? value : -1)];
        if (numbers.Length != 3 || numbers.Contains(-1))
        {
            throw Fail($"the agent answered '{answer}' to: {script}");
        }

        string stdout = Encoding.UTF8.GetString(Read(numbers[1], deadline));
        string stderr = Encoding.UTF8.GetString(Read(numbers[2], deadline));
        SkipIfTheKernelCrashed();
        return new CommandResult($"[{_name}] {script}", numbers[0], stdout, stderr, clock.Elapsed);
    }

    /// <summary>Starts a script whose end nobody waits for; the power goes before that.</summary>
    internal void Start(string script, TimeSpan? timeout = null)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(script + "\n");
        try
        {
            _agent.Send([.. Encoding.ASCII.GetBytes($"{bytes.Length} {(int)(timeout ?? s_patience).TotalSeconds}\n"), .. bytes]);
        }
        catch (SocketException)
        {
            throw Fail("the guest is gone before: " + script);
        }
    }

    /// <summary>
    /// A kernel that crashes is a fault of the emulator (qemu's translation of the kernel's self-modifying code, for one) and no
    /// verdict on what was tried.
    /// </summary>
    private void SkipIfTheKernelCrashed()
    {
        string console = Console;
        string? sign = Array.Find(["Oops: ", "kernel BUG at", "Kernel panic"], sign => console.Contains(sign, StringComparison.Ordinal));
        if (sign is not null)
        {
            _lost = true;
            Assert.Skip($"{_name}: the kernel crashed under emulation ({sign.Trim()})");
        }
    }

    /// <summary>The power goes: what the guest has not written to its disks is lost.</summary>
    internal void PowerCut()
    {
        _lost = true;
        _qemu.Kill();
        _qemu.WaitForExit();
    }

    /// <summary>Switches off in good order.</summary>
    internal void Shutdown()
    {
        Start("killall5 -15; usleep 200000; killall5 -9; sync; for disk in $(awk '$1 ~ \"^/dev/vd[b-z]\" { print $2 }' /proc/mounts); do umount $disk; done; mount -o remount,ro /; poweroff -f");
        if (!_qemu.WaitForExit(s_patience))
        {
            throw Fail("the guest did not switch off");
        }

        _lost = true;
    }

    /// <summary>
    /// A disk as it would be had the power gone now: the machine stands still while the disk's file is copied.
    /// </summary>
    internal void CopyDisk(string disk, string copy)
    {
        _ = Command.Output("kill", "-STOP", $"{_qemu.Id}");
        _ = Command.Output("cp", "--sparse=always", disk, copy);
        _ = Command.Output("kill", "-CONT", $"{_qemu.Id}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_qemu.HasExited)
        {
            PowerCut();
        }

        _agent?.Dispose();
        _qemu.Dispose();
    }

    private static IReadOnlyList<string> Arguments(GuestKernel kernel, GuestSystem system, IReadOnlyList<string> disks, string commandLine) =>
    [
        // The oldest processor that the binary runs on: a newer one's wide registers are slow to emulate.
        "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-accel", "tcg,thread=multi",
        "-cpu", "Nehalem,+rdrand,+rdseed", "-m", "1024",
        "-kernel", kernel.Image, "-initrd", kernel.Initramfs, "-append", commandLine,
        // No driver is loaded for it until a test wants a network.
        "-nic", "user,model=virtio-net-pci",
        .. Disk(system.Disk, "snapshot=on"),
        .. disks.SelectMany(static disk => Disk(disk, "cache=writeback")),
    ];

    private static string[] Disk(string path, string options) =>
        ["-drive", $"if=virtio,format=raw,file={path},{options}"];

    /// <summary>
    /// Starts qemu on a thread that lives as long as it: the kernel kills a process with PDEATHSIG when the thread that made it
    /// ends, and the thread ends with this process.
    /// </summary>
    private Process StartProcess(IReadOnlyList<string> arguments)
    {
        using ManualResetEventSlim started = new();
        Process? process = null;
        Exception? failure = null;
        Thread keeper = new(() =>
        {
            try
            {
                process = Process.Start(new ProcessStartInfo("setpriv", ["--pdeathsig", "KILL", "qemu-system-x86_64", .. arguments])
                {
                    RedirectStandardError = true,
                });
                process!.ErrorDataReceived += (_, line) =>
                {
                    lock (_complaints)
                    {
                        _complaints.AppendLine(line.Data);
                    }
                };
                process.BeginErrorReadLine();
            }
            catch (Exception exception) when (exception is System.ComponentModel.Win32Exception)
            {
                failure = exception;
            }
            finally
            {
                started.Set();
            }

            try
            {
                process?.WaitForExit();
            }
            catch (InvalidOperationException)
            {
                // Disposed of.
            }
        })
        {
            IsBackground = true,
        };
        keeper.Start();
        started.Wait();
        return process ?? throw new InvalidOperationException("qemu cannot be started", failure);
    }

    private string ReadLine(DateTime deadline)
    {
        List<byte> line = [];
        for (byte next; (next = Read(1, deadline)[0]) != '\n';)
        {
            line.Add(next);
        }

        return Encoding.ASCII.GetString([.. line]);
    }

    private byte[] Read(int count, DateTime deadline)
    {
        byte[] buffer = new byte[count];
        for (int filled = 0; filled < count;)
        {
            TimeSpan left = deadline - DateTime.UtcNow;
            int received = left > TimeSpan.Zero && _agent.Poll(left, SelectMode.SelectRead) ? Receive(buffer.AsSpan(filled)) : -1;
            filled += received > 0 ? received : throw Fail(received == 0 ? "the guest is gone" : "the guest does not answer");
        }

        return buffer;
    }

    private int Receive(Span<byte> buffer)
    {
        try
        {
            return _agent.Receive(buffer);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    /// <summary>A machine that failed once is not asked again: its state is unknown.</summary>
    private InvalidOperationException Fail(string what)
    {
        SkipIfTheKernelCrashed();
        _lost = true;
        lock (_complaints)
        {
            return new InvalidOperationException($"{_name}: {what}\n{_complaints}{Console}");
        }
    }

    private static string Quote(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
