using System.Collections.Generic;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.Supervision;
using FastRun.Layers;

namespace FastRun.Engine.Networks.Links;

/// <summary>Removes a link of a container on the default bridge; neither of the two containers goes (<c>rm --link</c>).</summary>
public sealed class RemoveLink(StateLayout layout)
{
    private readonly ContainerStore _containers = new(layout);

    /// <summary>Removes it. A container that runs has no line for it in /etc/hosts any more.</summary>
    /// <param name="name">The name of the container that has the link, and behind a slash the link's alias.</param>
    /// <exception cref="EngineException">There is no such link, or it is the name of a container.</exception>
    public void Remove(string name) => EngineErrors.Translated(() =>
    {
        string text = name.StartsWith('/') ? name[1..] : name;
        int slash = text.LastIndexOf('/');
        if (slash < 0)
        {
            _containers.FindAny(text);
            throw new EngineException(ErrorKind.Conflict, "Conflict, cannot remove the default link name of the container");
        }

        string alias = text[(slash + 1)..];
        Container owner = Find(text[..slash], name);
        ContainerRecord changed = _containers.Change(owner.Id, record =>
        {
            List<string> links = [.. record.Request.Links];
            return links.RemoveAll(link => LinkSyntax.Split(link).Alias == alias) > 0 && !NetworkMode.IsUserDefined(RequestedNetworks.ModeOf(record.Request))
                ? record with { Request = record.Request with { Links = links } }
                : throw Missing(name);
        });
        if (owner.IsRunning)
        {
            Tell(changed, alias);
        }

        return true;
    });

    private Container Find(string owner, string name)
    {
        try
        {
            return _containers.Find(owner);
        }
        catch (EngineException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            throw Missing(name);
        }
    }

    private static EngineException Missing(string name) => new(ErrorKind.NotFound, $"No such container: {name}");

    /// <summary>Who holds a container that runs writes its files. One that a command runs in the foreground keeps its line.</summary>
    private void Tell(ContainerRecord record, string alias)
    {
        try
        {
            using AttachClient? supervisor = AttachClient.TryConnect(layout, record, AttachStreams.None);
            supervisor?.Ask(FrameType.Unlink, System.Text.Encoding.UTF8.GetBytes(alias));
        }
        catch (EngineException exception) when (exception.Kind == ErrorKind.Conflict)
        {
            // It has just ended: the next start reads the record.
        }
    }
}
