using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Events;

/// <summary>
/// Docker's filters of events: of one key any value must fit, but for labels, of which all must; and all keys that are given.
/// </summary>
public sealed class EventFilter
{
    private static readonly string[] s_keys =
        ["config", "container", "daemon", "event", "image", "label", "network", "node", "plugin", "scope", "secret", "service", "type", "volume"];

    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    /// <summary>Adds <c>key=value</c>.</summary>
    /// <exception cref="EngineException">It is not that, or there is no such key.</exception>
    public void Add(string filter)
    {
        int equals = filter.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            throw EngineException.Invalid("invalid argument \"" + filter + "\": bad format of filter (expected name=value)");
        }

        string key = filter[..equals].Trim().ToLowerInvariant();
        if (Array.IndexOf(s_keys, key) < 0)
        {
            throw EngineException.Invalid($"invalid filter '{key}'");
        }

        if (!_values.TryGetValue(key, out List<string>? values))
        {
            _values.Add(key, values = []);
        }

        values.Add(filter[(equals + 1)..].Trim());
    }

    /// <summary>Whether an event is wanted.</summary>
    public bool Includes(EngineEvent happened) =>
        MatchesAction(happened.Action)
        && Is("type", happened.TypeName)
        && Is("scope", "local")
        && MatchesName(happened, EventType.Container)
        && MatchesName(happened, EventType.Daemon)
        && MatchesName(happened, EventType.Volume)
        && MatchesName(happened, EventType.Network)
        && !IsGiven("plugin") && !IsGiven("node") && !IsGiven("service") && !IsGiven("secret") && !IsGiven("config")
        && MatchesImage(happened)
        && MatchesLabels(happened);

    private bool IsGiven(string key) => _values.ContainsKey(key);

    private bool Is(string key, string text) => !_values.TryGetValue(key, out List<string>? values) || values.Contains(text);

    private bool Starts(string key, string text) =>
        !_values.TryGetValue(key, out List<string>? values) || values.Exists(value => text.StartsWith(value, StringComparison.Ordinal));

    /// <summary>An action with a detail, such as <c>exec_create: sh</c>, fits its name alone.</summary>
    private bool MatchesAction(string action)
    {
        int colon = action.IndexOf(": ", StringComparison.Ordinal);
        return Is("event", action) || (colon > 0 && Is("event", action[..colon]));
    }

    private bool MatchesName(EngineEvent happened, EventType type)
    {
        string key = EngineEvent.NameOf(type);
        return !IsGiven(key)
            || (happened.Type == type && (Starts(key, happened.Id) || (happened.Attributes.TryGetValue("name", out string? name) && Starts(key, name))))
            || (happened.Attributes.TryGetValue(key, out string? of) && Starts(key, of));
    }

    private bool MatchesImage(EngineEvent happened)
    {
        string name = happened.Attributes.GetValueOrDefault(happened.Type == EventType.Image ? "name" : "image", "");
        return !IsGiven("image")
            || Is("image", happened.Id) || Is("image", name)
            || Is("image", WithoutTag(happened.Id)) || Is("image", WithoutTag(name));
    }

    private bool MatchesLabels(EngineEvent happened)
    {
        foreach (string label in _values.GetValueOrDefault("label", []))
        {
            int equals = label.IndexOf('=', StringComparison.Ordinal);
            if (!happened.Attributes.TryGetValue(equals < 0 ? label : label[..equals], out string? value)
                || (equals >= 0 && value != label[(equals + 1)..]))
            {
                return false;
            }
        }

        return true;
    }

    private static string WithoutTag(string name)
    {
        int colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }
}
