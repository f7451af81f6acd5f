using System;
using System.Collections.Concurrent;
using System.Threading;
using FastRun.Engine.Build.Context;

namespace FastRun.Engine.Build;

/// <summary>What <c>--build-context NAME=VALUE</c> names, each opened once, when it is first asked for.</summary>
/// <param name="request">What the build asks for.</param>
/// <param name="open">Opens one.</param>
/// <param name="receive">Brings an image of a client's layout here, and says what it is called then.</param>
internal sealed class NamedContexts(
    BuildRequest request, Func<string, string, BuildContext> open, Func<string, string, string> receive) : IDisposable
{
    private const string ImageScheme = "docker-image://";
    private const string LayoutScheme = "oci-layout://";

    private readonly ConcurrentDictionary<string, Lazy<BuildContext>> _opened = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Lazy<string>> _received = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What a name stands for where an image is asked for; null where no context has the name, or it is one of files.</summary>
    internal string? ImageOf(string name)
    {
        string? value = ValueOf(name);
        return value is null ? null
            : value.StartsWith(ImageScheme, StringComparison.Ordinal) ? value[ImageScheme.Length..]
            : value.StartsWith(LayoutScheme, StringComparison.Ordinal) ? "oci:" + value[LayoutScheme.Length..]
            : IsOfClient(value)
                ? _received.GetOrAdd(name, key => new Lazy<string>(() => receive(key, value[BuildClient.LayoutScheme.Length..]), LazyThreadSafetyMode.ExecutionAndPublication)).Value
            : null;
    }

    /// <summary>Whether there is a context of a name.</summary>
    internal bool Has(string name) => ValueOf(name) is not null;

    /// <summary>Whether a name is that of a context of files.</summary>
    internal bool HasFiles(string name) => ValueOf(name) is { } value
        && !value.StartsWith(ImageScheme, StringComparison.Ordinal) && !value.StartsWith(LayoutScheme, StringComparison.Ordinal) && !IsOfClient(value);

    /// <summary>The files of one.</summary>
    internal BuildContext FilesOf(string name) =>
        _opened.GetOrAdd(name, key => new Lazy<BuildContext>(() => open(key, ValueOf(key)!), LazyThreadSafetyMode.ExecutionAndPublication)).Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Lazy<BuildContext> context in _opened.Values)
        {
            if (context.IsValueCreated)
            {
                context.Value.Dispose();
            }
        }
    }

    private bool IsOfClient(string value) => request.Client is not null && value.StartsWith(BuildClient.LayoutScheme, StringComparison.Ordinal);

    private string? ValueOf(string name)
    {
        foreach ((string key, string value) in request.BuildContexts)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }
}
