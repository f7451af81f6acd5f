using System;

namespace FastRun.Layers.Images;

/// <summary>The image cannot be changed or removed while a sandbox or container needs it.</summary>
public sealed class ImageInUseException : Exception
{
    private ImageInUseException(string message, string name, ImageUser? user)
        : base(message) => (Name, User) = (name, user);

    /// <summary>A process holds the image, or it cannot be removed for another reason.</summary>
    public ImageInUseException(string name, string problem = "the image is in use by a running container")
        : this($"{name}: {problem}", name, user: null)
    {
    }

    /// <summary>A container needs it, whether it runs or not.</summary>
    internal ImageInUseException(string name, ImageUser user)
        : this(
            $"{name}: {user.Fault ?? $"the image is in use by container {Short(user.ContainerId)}"}",
            name,
            user)
    {
    }

    /// <summary>What was asked for.</summary>
    public string Name { get; }

    /// <summary>The container that needs it; null where that is not known.</summary>
    public ImageUser? User { get; }

    /// <summary>In Docker's words: the last name of an image that a container needs.</summary>
    internal static ImageInUseException ForName(string name, string imageId, ImageUser user) => new(
        $"conflict: unable to remove repository reference \"{name}\" (must force) - container {Short(user.ContainerId)} is using its referenced image {Short(imageId)}",
        name,
        user);

    /// <summary>In Docker's words: an image by its id that has several names.</summary>
    internal static ImageInUseException ForNames(string imageId, string names) => new(
        $"conflict: unable to delete {Short(imageId)} (must be forced) - image is referenced in multiple repositories: {names}",
        imageId,
        user: null);

    /// <summary>In Docker's words: an image by its id.</summary>
    internal static ImageInUseException ForId(string imageId, ImageUser user, bool canForce) => new(
        $"conflict: unable to delete {Short(imageId)} ({(canForce ? "must" : "cannot")} be forced) - image is being used by {(user.IsRunning ? "running" : "stopped")} container {Short(user.ContainerId)}",
        imageId,
        user);

    private static string Short(string id) => id[..Math.Min(id.Length, 12)];
}
