using System;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Build.Cache.Exchange;

namespace FastRun.Engine.Build.Graph;

/// <summary>
/// A layer that a step has made: on this machine, or promised by a cache from elsewhere, until somebody needs its files.
/// </summary>
internal sealed class StepLayer
{
    private readonly Func<string>? _redo;
    private readonly string _place = "";
    private readonly string _description = "";
    private volatile string? _localId;

    /// <summary>One that is here.</summary>
    internal StepLayer(string localId) => _localId = localId;

    /// <summary>One that is promised.</summary>
    /// <param name="promise">What the cache says.</param>
    /// <param name="place">What the step's record is called when the layer is here.</param>
    /// <param name="description">What the step is called.</param>
    /// <param name="redo">Does the step, where the promise is not kept, and tells the layer's local id.</param>
    internal StepLayer(ImportedStep promise, string place, string description, Func<string> redo) =>
        (Promise, _place, _description, _redo) = (promise, place, description, redo);

    /// <summary>Its local id; null where it is not here.</summary>
    internal string? LocalId => _localId;

    /// <summary>What promises it; null for one that was here from the beginning.</summary>
    internal ImportedStep? Promise { get; }

    /// <summary>Notes that it is here, in the cache of this machine, too.</summary>
    internal void Place(StepCache cache, string localId)
    {
        _ = cache.Add(_place, new StepRecord { Layer = localId, Description = _description, CreatedAt = Promise!.CreatedAt });
        _localId = localId;
    }

    /// <summary>Its local id, for which its step is done where there is no other way. The layers below are here.</summary>
    internal string Require() => _localId ??= _redo!();
}
