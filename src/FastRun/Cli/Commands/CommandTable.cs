using System;
using System.Collections.Generic;
using FastRun.Cli.Commands.Builds;
using FastRun.Cli.Commands.Containers;
using FastRun.Cli.Commands.Host;
using FastRun.Cli.Commands.Images;
using FastRun.Cli.Commands.Registries;
using FastRun.Engine.Exec;
using FastRun.Engine.Images;
using FastRun.Engine.Networks.Names;
using FastRun.Engine.Networks.Ports;

namespace FastRun.Cli.Commands;

/// <summary>
/// All commands, a line each; only the one asked for is made. The order is that of the documents; help sorts them as Docker's.
/// </summary>
internal static class CommandTable
{
    private static readonly CommandEntry[] s_entries =
    [
        new("exec, container exec", static () => new ExecCommand(), IsCommon: true),
        new("run, container run", static () => new RunCommand(), IsCommon: true),
        new("create, container create", static () => new CreateCommand()),
        new("start, container start", static () => new Containers.StartCommand()),
        new("stop, container stop", static () => new StopCommand()),
        new("restart, container restart", static () => new RestartCommand()),
        new("kill, container kill", static () => new KillCommand()),
        new("pause, container pause", static () => new PauseCommand(pauses: true)),
        new("unpause, container unpause", static () => new PauseCommand(pauses: false)),
        new("wait, container wait", static () => new WaitCommand()),
        new("attach, container attach", static () => new AttachCommand()),
        new("logs, container logs", static () => new LogsCommand()),
        new("top, container top", static () => new TopCommand()),
        new("port, container port", static () => new PortCommand()),
        new("stats, container stats", static () => new StatsCommand()),
        new("ps, container ls, container list, container ps", static () => new Containers.ListCommand(), IsCommon: true),
        new("rm, container rm, container remove", static () => new Containers.RemoveCommand()),
        new("cp, container cp", static () => new CopyCommand()),
        new("diff, container diff", static () => new DiffCommand()),
        new("export, container export", static () => new ExportCommand()),
        new("commit, container commit", static () => new CommitCommand()),
        new("daemon", static () => new DaemonCommand()),
        new("ui", static () => new PageCommand()),
        new("events, system events", static () => new EventsCommand()),
        new(ExecHolder.Command, static () => new HoldExecCommand(), IsHidden: true),
        new("rename, container rename", static () => new RenameCommand()),
        new("update, container update", static () => new UpdateCommand()),
        new("container prune", static () => new Containers.PruneCommand()),
        new(Engine.Batches.BatchSandbox.Command, static () => new BatchSandboxCommand(), IsHidden: true),
        new("supervise", static () => new SuperviseCommand(), IsHidden: true),
        new(NameServer.Command, static () => new Networks.NameServerCommand(), IsHidden: true),
        new(PortPublisher.Command, static () => new Networks.PublishPortsCommand(), IsHidden: true),
        new("build, image build, builder build", static () => new BuildCommand(), IsCommon: true),
        new("builder prune", static () => new Builds.PruneCommand()),
        new("builder du", static () => new Builds.DiskUsageCommand()),
        new("pull, image pull", static () => new PullCommand(), IsCommon: true),
        new("push, image push", static () => new PushCommand(), IsCommon: true),
        new("tag, image tag", static () => new TagCommand()),
        new("manifest create", static () => new Manifests.CreateCommand()),
        new("manifest annotate", static () => new Manifests.AnnotateCommand()),
        new("manifest inspect", static () => new Manifests.InspectCommand()),
        new("manifest push", static () => new Manifests.PushCommand()),
        new("manifest rm", static () => new Manifests.RemoveCommand()),
        new(SyncImage.Command, static () => new SyncCommand(), IsHidden: true),
        new("images, image ls, image list", static () => new Images.ListCommand(), IsCommon: true),
        new("rmi, image rm, image remove", static () => new Images.RemoveCommand()),
        new("image prune", static () => new Images.PruneCommand()),
        new("history, image history", static () => new HistoryCommand()),
        new("save, image save", static () => new SaveCommand()),
        new("load, image load", static () => new LoadCommand()),
        new("import, image import", static () => new ImportCommand()),
        new("search", static () => new SearchCommand()),
        new("inspect", static () => new InspectCommand()),
        new("container inspect", static () => new InspectCommand("container inspect", "container")),
        new("image inspect", static () => new InspectCommand("image inspect", "image")),
        new("snapshot create", static () => new Snapshots.CreateCommand()),
        new("snapshot inspect", static () => new InspectCommand("snapshot inspect", "snapshot")),
        new("snapshot ls, snapshot list", static () => new Snapshots.ListCommand()),
        new("snapshot rm, snapshot remove", static () => new Snapshots.RemoveCommand()),
        new("login", static () => new LoginCommand(), IsCommon: true),
        new("logout", static () => new LogoutCommand(), IsCommon: true),
        new("volume create", static () => new Volumes.CreateCommand()),
        new("volume inspect", static () => new InspectCommand("volume inspect", "volume")),
        new("volume ls, volume list", static () => new Volumes.ListCommand()),
        new("volume prune", static () => new Volumes.PruneCommand()),
        new("volume rm, volume remove", static () => new Volumes.RemoveCommand()),
        new("network connect", static () => new Networks.ConnectCommand()),
        new("network create", static () => new Networks.CreateCommand()),
        new("network disconnect", static () => new Networks.DisconnectCommand()),
        new("network inspect", static () => new InspectCommand("network inspect", "network")),
        new("network ls, network list", static () => new Networks.ListCommand()),
        new("network prune", static () => new Networks.PruneCommand()),
        new("network rm, network remove", static () => new Networks.RemoveCommand()),
        new("registry serve", static () => new ServeCommand()),
        new("registry gc", static () => new CollectCommand()),
        new("gc", static () => new GarbageCommand()),
        new("system check", static () => new CheckCommand()),
        new("system start", static () => new Host.StartCommand()),
        new("system prune", static () => new Host.PruneCommand()),
        new("system df", static () => new Host.DiskUsageCommand()),
        new("info, system info", static () => new InfoCommand(), IsCommon: true),
        new("completion", static () => new CompletionCommand()),
        new(CompleteCommand.Called, static () => new CompleteCommand(), IsHidden: true),
        new("man", static () => new ManualCommand()),
        new("version", static () => new VersionCommand(), IsCommon: true),
        new("help", static () => new HelpCommand()),
    ];

    private static readonly CommandGroup[] s_groups =
    [
        new("builder", "Manage builds"),
        new("container", "Manage containers"),
        new("image", "Manage images"),
        new("manifest", "Manage Docker image manifests and manifest lists"),
        new("network", "Manage networks"),
        new("registry", "Run a registry of one's own"),
        new("snapshot", "Manage prepared states to run commands from"),
        new("system", "Manage the engine's state"),
        new("volume", "Manage volumes"),
    ];

    /// <summary>All commands.</summary>
    internal static ReadOnlySpan<CommandEntry> Entries => s_entries;

    /// <summary>The nouns that commands are grouped by.</summary>
    internal static ReadOnlySpan<CommandGroup> Groups => s_groups;

    /// <summary>Finds the command at the beginning of a command line; some names are two words.</summary>
    /// <param name="words">The command line; at least one word.</param>
    /// <param name="spelling">The words that name it.</param>
    internal static CommandEntry? Find(List<string> words, out string spelling)
    {
        spelling = words[0];
        if (Find(spelling) is { } entry)
        {
            return entry;
        }

        spelling = words.Count > 1 ? $"{words[0]} {words[1]}" : spelling;
        return Find(spelling);
    }

    /// <summary>Finds a command by any of its spellings.</summary>
    internal static CommandEntry? Find(string name)
    {
        foreach (CommandEntry entry in s_entries)
        {
            if (entry.IsCalled(name))
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>The group of a name; null where there is none with commands, nor one that says why there are none.</summary>
    internal static CommandGroup? FindGroup(string name) => Array.Find(
        s_groups, group => group.Name == name && (group.Missing is not null || HasCommands(group)));

    /// <summary>Whether a group has commands.</summary>
    internal static bool HasCommands(CommandGroup group) => Array.Exists(s_entries, entry => entry.NameIn(group) is not null);
}
