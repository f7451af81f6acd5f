using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;

namespace FastRun.Engine.Tests.Events;

public sealed class EventFilterTests
{
    private static readonly EngineEvent s_start = Event(EventType.Container, "start", "0123abcd", ("image", "busybox:1.36"), ("name", "web"), ("tier", "front"));
    private static readonly EngineEvent s_exec = Event(EventType.Container, "exec_create: sh -c x", "0123abcd", ("image", "busybox"), ("name", "web"));
    private static readonly EngineEvent s_pull = Event(EventType.Image, "pull", "busybox:1.36", ("name", "busybox"));
    private static readonly EngineEvent s_mount = Event(EventType.Volume, "mount", "data", ("container", "0123abcd"), ("driver", "local"));

    [Theory]
    [InlineData("start, exec, pull, mount")]
    [InlineData("start, exec", "type=container")]
    [InlineData("start, pull", "event=start", "event=pull")]
    [InlineData("start", "type=container", "event=start")]
    [InlineData("exec", "event=exec_create")]
    [InlineData("exec", "event=exec_create: sh -c x")]
    [InlineData("start, exec, mount", "container=0123")]
    [InlineData("start, exec", "container=web")]
    [InlineData("", "container=nobody")]
    [InlineData("start, exec, pull", "image=busybox")]
    [InlineData("start, pull", "image=busybox:1.36")]
    [InlineData("start", "label=tier")]
    [InlineData("start", "label=tier=front")]
    [InlineData("", "label=tier", "label=zone")]
    [InlineData("", "label=tier=back")]
    [InlineData("mount", "volume=data")]
    [InlineData("start, exec, pull, mount", "scope=local")]
    [InlineData("", "scope=swarm")]
    [InlineData("", "plugin=x")]
    public void Includes_FollowsDocker(string expected, params string[] filters)
    {
        EventFilter filter = new();
        Array.ForEach(filters, filter.Add);
        List<string> included = [];
        foreach ((string name, EngineEvent happened) in new[] { ("start", s_start), ("exec", s_exec), ("pull", s_pull), ("mount", s_mount) })
        {
            if (filter.Includes(happened))
            {
                included.Add(name);
            }
        }

        Assert.Equal(expected, string.Join(", ", included));
    }

    [Theory]
    [InlineData("colour=red", "invalid filter 'colour'")]
    [InlineData("type", "bad format of filter (expected name=value)")]
    public void Add_WhatIsNoFilter_IsRefused(string filter, string message) =>
        Assert.Contains(message, Assert.Throws<EngineException>(() => new EventFilter().Add(filter)).Message, StringComparison.Ordinal);

    private static EngineEvent Event(EventType type, string action, string id, params (string Key, string Value)[] attributes)
    {
        Dictionary<string, string> all = [];
        Array.ForEach(attributes, attribute => all.Add(attribute.Key, attribute.Value));
        return new EngineEvent(type, action, id, all, DateTimeOffset.UnixEpoch);
    }
}
