using System;

namespace FastRun.Engine.Images;

/// <summary>One step of an image's making.</summary>
/// <param name="Id">The image's id for the last step; null for those before, which are no images of their own.</param>
/// <param name="Created">When; null where it is not told.</param>
/// <param name="CreatedBy">By which command.</param>
/// <param name="Size">The bytes of its layer's files.</param>
/// <param name="Comment">Why.</param>
public sealed record HistoryLine(string? Id, DateTimeOffset? Created, string CreatedBy, long Size, string Comment);
