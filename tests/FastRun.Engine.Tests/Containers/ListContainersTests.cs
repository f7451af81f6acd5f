using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Volumes;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Launch;

namespace FastRun.Engine.Tests.Containers;

/// <summary>Which containers a list has, and how they are found by name.</summary>
public sealed class ListContainersTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-list-").FullName;
    private readonly StateLayout _layout;
    private int _age = 100;

    public ListContainersTests()
    {
        _layout = new StateLayout(_directory + "/data", _directory + "/run");
        Add('a', "created", new ContainerState(), request => request with { Image = "one:1", Labels = new Dictionary<string, string> { ["x"] = "1" } });
        Add('b', "exited-3", new ContainerState
        {
            Status = ContainerStatus.Exited, ExitCode = 3, StartedAt = DateTimeOffset.UnixEpoch, FinishedAt = DateTimeOffset.UnixEpoch,
        });
        Add('c', "running", Running(), request => request with
        {
            Network = "host",
            Mounts =
            [
                new MountRequest { Kind = MountKind.Volume, Source = "cache", Target = "/var/cache" },
                new MountRequest { Kind = MountKind.Bind, Source = "/src", Target = "/work" },
                new MountRequest { Kind = MountKind.Tmpfs, Target = "/tmp" },
            ],
        });
        Add('d', "killed", Running() with { Supervisor = new ProcessInstance(int.MaxValue - 1, 1) });
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Run_NoFilter_WhatRuns() => Assert.Equal(["running"], Names());

    [Theory]
    [InlineData("", "killed running exited-3 created")]
    [InlineData("id=cccc", "running")]
    [InlineData("id=^b", "exited-3")]
    [InlineData("name=ed", "killed exited-3 created")]
    [InlineData("name=^/created$", "created")]
    [InlineData("name=^created$|running", "running created")]
    [InlineData("label=x", "created")]
    [InlineData("label=x=2", "")]
    [InlineData("exited=3", "exited-3")]
    [InlineData("exited=137", "killed")]
    [InlineData("exited=0", "")]
    [InlineData("status=exited", "killed exited-3")]
    [InlineData("status=created status=running", "running created")]
    [InlineData("status=paused", "")]
    [InlineData("ancestor=one:1", "created")]
    [InlineData("ancestor=nothing", "")]
    [InlineData("before=running", "exited-3 created")]
    [InlineData("since=exited-3", "killed running")]
    [InlineData("since=created before=killed", "running exited-3")]
    [InlineData("volume=cache", "running")]
    [InlineData("volume=/var/cache", "running")]
    [InlineData("volume=/work", "running")]
    [InlineData("volume=/tmp", "")]
    [InlineData("network=host", "running")]
    [InlineData("network=none", "killed exited-3 created")]
    [InlineData("health=none", "killed running exited-3 created")]
    [InlineData("health=healthy", "")]
    [InlineData("is-task=false", "killed running exited-3 created")]
    [InlineData("is-task=true", "")]
    [InlineData("publish=80-90/tcp", "")]
    [InlineData("expose=80", "")]
    public void Run_AllWithFilter(string filters, string expected) =>
        Assert.Equal(expected, string.Join(' ', Names(all: true, filters: filters.Split(' ', StringSplitOptions.RemoveEmptyEntries))));

    [Fact]
    public void Run_StatusFilter_ListsThoseThatDoNotRunToo() => Assert.Equal(["killed", "exited-3"], Names(filters: "status=exited"));

    [Fact]
    public void Run_ExitCodeFilter_AloneListsWhatRuns() => Assert.Empty(Names(filters: "exited=3"));

    [Fact]
    public void Run_Limit_IsOfThoseThatMatch()
    {
        Assert.Equal(["killed", "running"], Names(limit: 2));
        Assert.Equal(["killed"], Names(limit: 1, filters: "status=exited"));
        Assert.Equal(["exited-3"], Names(limit: 1, filters: "exited=3"));
    }

    [Theory]
    [InlineData("foo=bar", "invalid filter 'foo'")]
    [InlineData("status=foo", "invalid filter 'status=foo'")]
    [InlineData("status=Running", "invalid filter 'status=Running'")]
    [InlineData("status=1", "invalid filter 'status=1'")]
    [InlineData("exited=x", "invalid filter 'exited=x'")]
    [InlineData("health=x", "invalid filter 'health=x'")]
    [InlineData("is-task=x", "invalid filter 'is-task=[x]'")]
    [InlineData("before=nothere", "No such container: nothere")]
    [InlineData("publish=x", "invalid port or range of ports: 'x'")]
    [InlineData("publish=90-80", "invalid port or range of ports: '90-80'")]
    [InlineData("expose=80/icmp", "invalid port or range of ports: '80/icmp'")]
    public void Run_WrongFilter_IsRefused(string filter, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => Names(all: true, filters: filter)).Message);

    [Fact]
    public void Run_RecordThatCannotBeRead_IsListedAndKeepsNobodyOut()
    {
        File.WriteAllText(Path.Combine(_layout.Container(Id('b')), "config.json"), "{");

        Assert.Equal(["running"], Names());
        IReadOnlyList<ContainerSummary> all = new ListContainers(_layout).Run(new ContainerListRequest { All = true });
        Container damaged = Assert.Single(all, each => each.Container.Damage is not null).Container;
        Assert.Equal((Id('b'), "exited-3", ContainerStatus.Dead), (damaged.Id, damaged.Name, damaged.State.Status));
        Assert.Equal("its record cannot be read", damaged.Damage);
        Assert.Equal(4, all.Count);
    }

    [Fact]
    public void Find_ByName_ById_ByPrefix()
    {
        ContainerStore store = new(_layout);

        Assert.Equal(Id('c'), store.Find("running").Id);
        Assert.Equal(Id('c'), store.Find("/running").Id);
        Assert.Equal(Id('c'), store.Find(Id('c')).Id);
        Assert.Equal(Id('c'), store.Find("c").Id);
        Assert.Equal("No such container: e", Assert.Throws<EngineException>(() => store.Find("e")).Message);
        Assert.Equal("No such container: ", Assert.Throws<EngineException>(() => store.Find("")).Message);
        Assert.Equal("No such container: ../a", Assert.Throws<EngineException>(() => store.Find("../a")).Message);
    }

    [Fact]
    public void Find_PrefixOfSeveral_IsRefused()
    {
        string other = new string('c', 63) + "0";
        Add(other, "other", new ContainerState(), static request => request);
        ContainerStore store = new(_layout);

        Assert.Equal("Multiple IDs found with provided prefix: ccc", Assert.Throws<EngineException>(() => store.Find("ccc")).Message);
        Assert.Equal("other", store.Find(other).Name);
    }

    [Fact]
    public void Find_NameThatEqualsAnId_DoesNotShadowIt()
    {
        Add('e', Id('c'), new ContainerState());
        ContainerStore store = new(_layout);

        Assert.Equal("running", store.Find(Id('c')).Name);
        Assert.Equal(Id('c'), store.Find(Id('e')).Name);
    }

    [Fact]
    public void Find_NameThatEqualsTheBeginningOfAnId_IsTheName()
    {
        Add('e', "ccc", new ContainerState());

        Assert.Equal(Id('e'), new ContainerStore(_layout).Find("ccc").Id);
        Assert.Equal(Id('c'), new ContainerStore(_layout).Find("cccc").Id);
    }

    [Fact]
    public void Find_LinkToAContainerOfAnotherName_IsNoName()
    {
        File.CreateSymbolicLink(Path.Combine(_layout.ContainerNames, "stale"), Id('c'));

        Assert.Equal("No such container: stale", Assert.Throws<EngineException>(() => new ContainerStore(_layout).Find("stale")).Message);
    }

    [Fact]
    public void Find_RecordThatCannotBeRead_SaysHowToRemoveIt()
    {
        File.WriteAllText(Path.Combine(_layout.Container(Id('b')), "config.json"), "{");
        ContainerStore store = new(_layout);

        EngineException failure = Assert.Throws<EngineException>(() => store.Find("exited-3"));
        Assert.Equal(ErrorKind.CorruptContent, failure.Kind);
        Assert.Equal("container exited-3: its record cannot be read", failure.Message);
        Assert.Equal("remove it: fastrun rm -f bbbbbbbbbbbb", failure.Hint);
        Assert.Equal(Id('b'), store.FindAny("exited-3").Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Remove_RecordThatCannotBeRead_LeavesNothing(bool force)
    {
        File.WriteAllText(Path.Combine(_layout.Container(Id('b')), "config.json"), "{");

        new RemoveContainer(_layout).Remove(new ContainerStore(_layout).FindAny("exited-3"), force, volumes: true);

        Assert.False(Directory.Exists(_layout.Container(Id('b'))));
        Assert.Equal(["created", "killed", "running"], Directory.EnumerateFiles(_layout.ContainerNames).Select(Path.GetFileName).Order());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_layout.Trash));
    }

    private List<string> Names(bool all = false, int limit = 0, params string[] filters)
    {
        ContainerListRequest request = new() { All = all, Limit = limit };
        foreach (string filter in filters)
        {
            request.Filters.Add(filter);
        }

        return [.. new ListContainers(_layout).Run(request).Select(each => each.Container.Name)];
    }

    private static string Id(char digit) => new(digit, 64);

    private static ContainerState Running() => new()
    {
        Status = ContainerStatus.Running,
        BootId = BootId.Current,
        Supervisor = ProcessInstance.Current,
        StartedAt = DateTimeOffset.UtcNow,
    };

    private void Add(char digit, string name, ContainerState state, Func<ContainerCreateRequest, ContainerCreateRequest>? change = null) =>
        Add(Id(digit), name, state, change ?? (static request => request));

    private void Add(string id, string name, ContainerState state, Func<ContainerCreateRequest, ContainerCreateRequest> change)
    {
        Directory.CreateDirectory(_layout.Container(id));
        ContainerStore store = new(_layout);
        store.Add(new ContainerRecord
        {
            Id = id,
            Name = name,
            CreatedAt = DateTimeOffset.UtcNow.AddSeconds(-_age--),
            Request = change(new ContainerCreateRequest { Image = "image" }),
        });
        store.WriteState(id, state);
    }
}
