namespace FastRun.Engine.Containers.Inspection;

/// <summary>Go's <c>struct{}</c>: the value of a map that is a set, <c>{}</c> in JSON.</summary>
public sealed class EmptyObject
{
    /// <summary>There is only one.</summary>
    public static EmptyObject Value { get; } = new();
}
