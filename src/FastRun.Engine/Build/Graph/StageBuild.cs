using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using FastRun.Engine.Build.Cache.Exchange;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Build.Ignore;
using FastRun.Engine.Build.Images;
using FastRun.Engine.Build.Steps;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Build.Graph;

/// <summary>Builds one stage: its base, then instruction after instruction.</summary>
internal sealed class StageBuild
{
    private readonly BuildSession _session;
    private readonly BuildGraph _graph;
    private readonly StageNode _node;
    private readonly StepRunner _runner;
    private readonly string _prefix;
    private readonly Platform? _platform;
    private readonly int _steps;
    private int _step;
    private StageScope _scope;
    private ConfigChanges _changes = new(new ContainerConfig());
    private BuildState _state;

    internal StageBuild(BuildSession session, BuildGraph graph, StageNode node)
    {
        (_session, _graph, _node) = (session, graph, node);
        BuildStage stage = node.Stage;
        bool fresh = session.Request.NoCache
            || session.Request.NoCacheFilter.Any(name => graph.NodeOf(name, int.MaxValue) == node);
        _runner = new StepRunner(session, !fresh);
        _scope = new StageScope(graph.Arguments, graph.Document.Escape);
        _state = BaseImage.Scratch(graph.Platform);
        string name = stage.Name ?? string.Create(CultureInfo.InvariantCulture, $"stage-{stage.Index}");
        _prefix = graph.Document.Stages.Count == 1 ? "" : name + " ";
        _platform = session.Targets.Count > 1 ? graph.PlatformOf(stage) : null;
        _steps = 1 + stage.Instructions.Count(ChangesFiles);
    }

    /// <summary>Builds it.</summary>
    /// <exception cref="DockerfileException">An instruction is wrong, or cannot be done.</exception>
    /// <exception cref="EngineException">Something else fails.</exception>
    internal StageResult Run()
    {
        _graph.StartNeeded(_node.Stage, _node.Stage.Instructions);
        Come(_node.Stage.From, 0);
        At(_node.Stage.From, OpenBase);
        _changes = new ConfigChanges(_state.Config with { OnBuild = null });
        if (_state.Config.OnBuild is { Count: > DockerfileLimits.Triggers })
        {
            throw new DockerfileException(_node.Stage.From.Lines, $"the base image has {_state.Config.OnBuild.Count} triggers: {DockerfileLimits.Triggers} at most");
        }

        foreach (string trigger in _state.Config.OnBuild ?? [])
        {
            // The base image's author wrote it: it is shown as it stands there, in no line of this Dockerfile.
            Instruction instruction = DockerfileParser.ParseTrigger(trigger);
            _graph.StartNeeded(_node.Stage, [instruction]);
            At(_node.Stage.From, () => Apply(instruction));
        }

        for (int i = 0; i < _node.Stage.Instructions.Count; i++)
        {
            Instruction instruction = _node.Stage.Instructions[i];
            Come(instruction, i + 1);
            At(instruction, () => Apply(instruction));
        }

        return new StageResult(_state with { Config = _changes.Config }, _scope);
    }

    /// <summary>Tells that an instruction is come to.</summary>
    /// <param name="instruction">Which.</param>
    /// <param name="index">Its place in the stage; the FROM is 0.</param>
    private void Come(Instruction instruction, int index)
    {
        int before = _graph.Document.Stages.Take(_node.Stage.Index).Sum(static stage => 1 + stage.Instructions.Count);
        int count = _graph.Document.Stages.Take(_graph.Target.Stage.Index + 1).Sum(static stage => 1 + stage.Instructions.Count);
        _session.Observer.Instruction(before + index + 1, count, instruction.Text);
    }

    private static bool ChangesFiles(Instruction instruction) => instruction is RunInstruction or CopyInstruction or WorkdirInstruction;

    /// <summary>Does something that an instruction asks for, so that a failure tells which one.</summary>
    private static void At(Instruction instruction, Action action)
    {
        try
        {
            action();
        }
        catch (DockerfileException e)
        {
            throw e.At(instruction.Lines);
        }
        catch (Exception e) when (EngineErrors.Translate(e) is { } translated)
        {
            throw new BuildException(instruction.Lines, translated);
        }
    }

    private void OpenBase()
    {
        BuildStage stage = _node.Stage;
        string image = _graph.ImageOf(stage);
        if (_graph.BaseOf(stage) is { } before)
        {
            StageResult result = before.Wait();
            _step++;
            _state = result.State;
            _scope = new StageScope(_graph.Arguments, _graph.Document.Escape, result.Scope);
        }
        else
        {
            Platform platform = _graph.PlatformOf(stage);
            if (_session.Named.HasFiles(image))
            {
                _state = BaseImage.Scratch(platform);
                _changes = new ConfigChanges(_state.Config);
                _scope.Environment = _state.Config.Env ?? [];
                Copy(new CopyInstruction(stage.From.Source, ["/"], "/") { From = image });
                return;
            }

            image = _session.Named.ImageOf(image) ?? image;
            if (image == "scratch")
            {
                _step++;
                _state = BaseImage.Scratch(platform);
            }
            else
            {
                _state = _graph.Bases.Open(image, platform, NameOf(stage.From.Text));
            }
        }

        _scope.Environment = _state.Config.Env ?? [];
    }

    private void Apply(Instruction instruction)
    {
        switch (instruction)
        {
            case ArgInstruction argument:
                Note(HistoryWords.Arguments(_scope.Declare(argument)));
                break;
            case RunInstruction run:
                Run(run);
                break;
            case CopyInstruction copy:
                Copy(copy);
                break;
            case MaintainerInstruction maintainer:
                _state = _state with { Author = maintainer.Author };
                Note(HistoryWords.Of(instruction, _scope.Expansion(), _changes.Config));
                break;
            default:
                Change(instruction);
                break;
        }
    }

    private void Change(Instruction instruction)
    {
        Expansion expansion = _scope.Expansion();
        if (!_changes.Apply(instruction, expansion))
        {
            throw new DockerfileException(instruction.Lines, $"{instruction.Keyword} is not supported");
        }

        string words = HistoryWords.Of(instruction, expansion, _changes.Config);
        if (instruction is EnvInstruction env)
        {
            _scope.Set(env.Variables.Select(variable => expansion.Word(variable.Name)));
        }

        _scope.Environment = _changes.Config.Env ?? [];
        _state = _state with { Config = _changes.Config };
        if (instruction is WorkdirInstruction && _changes.Config.WorkingDir is { Length: > 1 } directory)
        {
            Made(WorkdirStep.Do(_runner, _state, IgnorePatterns.Clean(directory), NameOf(instruction.Text)), words);
        }
        else if (instruction is not OnBuildInstruction)
        {
            Note(words);
        }
    }

    private void Run(RunInstruction run)
    {
        RunStep step = new(_session, _graph, _node.Stage, _scope);
        (IReadOnlyList<string> arguments, string words) = step.Command(run, _changes.Config);
        Made(step.Do(_runner, _state with { Config = _changes.Config }, run, arguments, NameOf(run.Text)), words);
    }

    private void Copy(CopyInstruction copy)
    {
        CopyStep step = new(_session, _graph, _node.Stage, copy, _scope);
        Made(step.Do(_runner, _state with { Config = _changes.Config }, NameOf(copy.Text)), step.Words);
    }

    private void Made((BuildState State, StepOutcome Step) done, string words)
    {
        (BuildState state, StepOutcome step) = done;
        _state = state.With(new HistoryEntry
        {
            Created = Timestamps.Text(_session.Epoch ?? step.CreatedAt),
            CreatedBy = words,
            Comment = HistoryWords.Comment,
            EmptyLayer = step.Layer is null ? true : null,
        });
        _session.Steps.Add(new BuiltStep(step, _node.IsInImage));
        if (step.Layer?.LocalId is { } layer && _node.IsInImage && !_session.RewritesTimes)
        {
            _session.Settling.Add(layer);
        }
    }

    private void Note(string words) => _state = _state.With(
        new HistoryEntry { Created = _session.Epoch is { } epoch ? Timestamps.Text(epoch) : null, CreatedBy = words, Comment = HistoryWords.Comment, EmptyLayer = true });

    private string NameOf(string text) => string.Create(CultureInfo.InvariantCulture, $"[{PlatformWord()}{_prefix}{++_step}/{_steps}] {text}");

    /// <summary>For what the stage is, where there are several, and for what it compiles, as BuildKit tells it.</summary>
    private string PlatformWord() => _platform is null ? ""
        : _platform == _graph.Platform || (_scope.Lookup("TARGETPLATFORM") ?? _scope.Lookup("TARGETARCH")) is null ? $"{_platform} "
        : $"{_platform}->{(_platform.Os == _graph.Platform.Os ? _graph.Platform.ToString()[(_platform.Os.Length + 1)..] : _graph.Platform)} ";
}
