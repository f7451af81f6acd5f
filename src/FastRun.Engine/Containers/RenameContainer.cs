using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Supervision;
using FastRun.Layers;

namespace FastRun.Engine.Containers;

/// <summary>Gives a container another name, whether it runs or not.</summary>
public sealed class RenameContainer(StateLayout layout)
{
    /// <summary>Renames it.</summary>
    /// <exception cref="EngineException">It is no name, or another container has it.</exception>
    public void Rename(Container container, string newName) => EngineErrors.Translated(() =>
    {
        string name = newName.StartsWith('/') ? newName[1..] : newName;
        if (!Names.IsValid(name))
        {
            throw EngineException.Invalid(
                name.Length == 0
                    ? "new name cannot be empty"
                    : $"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
        }

        if (name == container.Name)
        {
            throw EngineException.Invalid("Renaming a container with the same name as its current name");
        }

        ContainerRecord record = new ContainerStore(layout).Rename(container.Id, name, out string oldName);
        if (container.State.Status == ContainerStatus.Running)
        {
            Tell(record);
        }

        ContainerEvents.Note(layout, record, "rename", ("oldName", "/" + oldName));
        return 0;
    });

    /// <summary>Who holds a container that runs has its addresses, and so its name among its neighbours.</summary>
    private void Tell(ContainerRecord record)
    {
        try
        {
            using AttachClient? supervisor = AttachClient.TryConnect(layout, record, AttachStreams.None);
            supervisor?.Ask(FrameType.Rename, []);
        }
        catch (EngineException exception) when (exception.Kind == ErrorKind.Conflict)
        {
            // It has just ended: the next start reads the record.
        }
    }
}
