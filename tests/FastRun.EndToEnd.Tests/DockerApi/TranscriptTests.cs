using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>
/// The Docker CLI over the commands that it has for one machine: what it prints and how it exits against <c>fastrun daemon</c> is what it
/// does against dockerd, or a difference with its reason (Transcripts/*.txt). <c>Transcripts/renew</c> asks dockerd again.
/// </summary>
public sealed class TranscriptTests(TestImages images) : NetworkTest(images)
{
    /// <summary>Where a root with a dockerd is; then its answers are written down and FastRun is not asked.</summary>
    private static readonly string? s_peer = Environment.GetEnvironmentVariable("FASTRUN_TRANSCRIPTS_PEER");

    /// <summary>Whether FastRun's answers are written down where they are not the peer's; each then needs its reason instead of the question mark.</summary>
    private static readonly bool s_accepts = Environment.GetEnvironmentVariable("FASTRUN_TRANSCRIPTS_ACCEPT") is not null;

    private static readonly string s_directory = Path.Combine(Repository.Root, "tests", "FastRun.EndToEnd.Tests", "DockerApi", "Transcripts");

    private Dictionary<string, string?> _environment = [];

    /// <summary>All of them, or those that are named.</summary>
    public static TheoryData<string> Names =>
    [
        .. Environment.GetEnvironmentVariable("FASTRUN_TRANSCRIPTS")?.Split(',')
            ?? [.. Directory.GetFiles(s_directory, "*.txt").Select(static path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)],
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Commands_AnswerAsDockerd(string name)
    {
        Transcript transcript = Transcript.Read(Path.Combine(s_directory, name + ".txt"));
        string work = Roots.NewDirectory("work");
        _environment = new()
        {
            ["DOCKER_CONFIG"] = Roots.NewDirectory("config"),
            ["DOCKER_CLI_HINTS"] = "false",
            ["SHAPE"] = "python3 " + Path.Combine(s_directory, "shape.py"),
            ["TTY"] = "python3 " + Path.Combine(s_directory, "terminal.py"),
            ["BUSYBOX"] = BusyboxArchive(),
            ["FASTRUN_DEFAULT_NETWORK"] = null,
            ["LANG"] = "C.UTF-8",
        };
        using Process? registry = name == "registry" ? StartRegistry() : null;
        try
        {
            if (s_peer is null)
            {
                using EngineDaemon daemon = new(Roots, (file, arguments) => HostCommand(file, arguments) with { Environment = _environment });
                Play(transcript, daemon.SocketPath, work, s_accepts ? Accept : Check);
                if (s_accepts)
                {
                    transcript.Write();
                }
            }
            else
            {
                LeavesSomething = true;
                using DockerDaemon daemon = DockerDaemon.InRoot(Roots.Top, s_peer, HostCommand);
                Play(transcript, daemon.SocketPath, work, static (step, lines) =>
                {
                    step.Peer.Clear();
                    step.Peer.AddRange(lines);
                    return null;
                });
                transcript.Write();
            }
        }
        finally
        {
            registry?.Kill();
        }
    }

    private void Play(Transcript transcript, string socket, string work, Func<Transcript.Step, List<string>, string?> take)
    {
        _environment["DOCKER_HOST"] = "unix://" + socket;
        (HostCommand("sh", "-c", "docker load -q -i $BUSYBOX") with { Environment = _environment }).Run().Exits(0);
        List<string> faults = [];
        foreach (Transcript.Step step in transcript.Steps)
        {
            CommandResult result = (HostCommand("sh", "-c", step.Command) with { Environment = _environment, WorkingDirectory = work }).Run();
            if (take(step, TranscriptText.Lines(result, (work, "<work>"), (Roots.Data, "<data>"), (Roots.Top, "<top>"))) is { } fault)
            {
                faults.Add(fault);
            }
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    private static string? Accept(Transcript.Step step, List<string> lines)
    {
        step.Reason = lines.SequenceEqual(step.Peer) ? null : step.Reason ?? "?";
        step.Own.Clear();
        step.Own.AddRange(lines);
        return null;
    }

    private static string? Check(Transcript.Step step, List<string> lines)
    {
        bool isPeers = lines.SequenceEqual(step.Peer);
        if (step.Reason == "?")
        {
            return $"$ {step.Command}\n~ the reason of the difference is missing";
        }

        if (step.Reason is null)
        {
            return isPeers ? null : $"$ {step.Command}\n{string.Join('\n', step.Peer)}\n~ but FastRun:\n{string.Join('\n', lines.Select(static line => "~" + line))}";
        }

        return isPeers ? $"$ {step.Command}\n~ {step.Reason}\n(there is no difference any more)"
            : lines.SequenceEqual(step.Own) ? null
            : $"$ {step.Command}\n~ {step.Reason}\n{string.Join('\n', step.Own.Select(static line => "~" + line))}\nbut FastRun:\n{string.Join('\n', lines.Select(static line => "~" + line))}";
    }

    private string BusyboxArchive() => DockerArchive.Write(Roots.NewDirectory("busybox"), [BusyboxRoot.Tar().ToArray()], "busybox:test", ["sh"]);

    private Process StartRegistry()
    {
        string config = Roots.NewFile("registry.yml", $$"""
            version: 0.1
            storage: { filesystem: { rootdirectory: {{Roots.NewDirectory("registry")}} }, delete: { enabled: true } }
            http: { addr: "127.0.0.1:5000" }
            """);
        Process registry = HostCommand("docker-registry", "serve", config).Start();
        registry.OutputDataReceived += static (_, _) => { };
        registry.ErrorDataReceived += static (_, _) => { };
        registry.BeginOutputReadLine();
        registry.BeginErrorReadLine();
        Assert.True(Processes.Eventually(() => OnHost("bash", "-c", ": 2> /dev/null > /dev/tcp/127.0.0.1/5000").ExitCode == 0), "docker-registry does not answer");
        return registry;
    }
}
