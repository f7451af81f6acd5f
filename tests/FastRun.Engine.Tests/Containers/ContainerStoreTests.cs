using System;
using System.IO;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Layers;

namespace FastRun.Engine.Tests.Containers;

/// <summary>What a power cut may leave of a container's records, which are not all synced before they get their names.</summary>
public sealed class ContainerStoreTests : IDisposable
{
    private static readonly string s_id = new('a', 64);

    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-containers-").FullName;
    private readonly StateLayout _layout;
    private readonly ContainerStore _store;

    public ContainerStoreTests()
    {
        _layout = new StateLayout(_directory + "/data", _directory + "/run");
        _store = new ContainerStore(_layout);
        Directory.CreateDirectory(_layout.Container(s_id));
        _store.WriteRecord(new ContainerRecord
        {
            Id = s_id,
            Name = "name",
            CreatedAt = DateTimeOffset.UnixEpoch,
            Request = new ContainerCreateRequest { Image = "image", Env = [new string('x', 6000)] },
            ImageId = "sha256:" + new string('1', 64),
        });
        _store.WriteState(s_id, new ContainerState { Status = ContainerStatus.Exited, ExitCode = 3 });
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("nothing")]
    [InlineData("zeros")]
    public void TryRead_StateThatNeverReachedTheDisk_IsThatOfABootThatIsOver(string left)
    {
        Cut("state.json", left);

        Container container = Assert.IsType<Container>(_store.TryRead(s_id));

        Assert.Equal((ContainerStatus.Exited, 137), (container.State.Status, container.State.ExitCode));
        Assert.Equal(DateTimeOffset.UnixEpoch, container.State.FinishedAt);
        Assert.False(container.IsRunning);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("zeros")]
    [InlineData("its first block")]
    [InlineData("all but its first block")]
    public void TryRead_RecordThatNeverReachedTheDisk_IsNoContainer(string left)
    {
        Cut("config.json", left);

        Assert.Null(_store.TryRead(s_id));
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("state.json")]
    public void TryRead_DamageThatNoPowerCutMakes_IsAnError(string file)
    {
        File.WriteAllText(Path.Combine(_layout.Container(s_id), file), "{\"schemaVersion\":");

        EngineException exception = Assert.Throws<EngineException>(() => _store.TryRead(s_id));
        Assert.Equal((ErrorKind.CorruptContent, $"container {s_id}: its record cannot be read"), (exception.Kind, exception.Message));
    }

    private void Cut(string file, string left)
    {
        string path = Path.Combine(_layout.Container(s_id), file);
        byte[] content = File.ReadAllBytes(path);
        switch (left)
        {
            case "nothing": content = []; break;
            case "zeros": Array.Clear(content); break;
            case "its first block": content = content[..4096]; break;
            case "all but its first block": content.AsSpan(0, 4096).Clear(); break;
            default: throw new ArgumentOutOfRangeException(nameof(left));
        }

        File.WriteAllBytes(path, content);
    }
}
