using System;
using System.IO;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Native;
using FastRun.Native.Launch;

namespace FastRun.Engine.Tests.Containers;

/// <summary>Which containers need an image, by their records.</summary>
public sealed class ContainerImageUsersTests : IDisposable
{
    private static readonly Digest s_image = Digest.Parse("sha256:" + new string('1', 64));
    private static readonly Digest s_other = Digest.Parse("sha256:" + new string('2', 64));

    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-users-").FullName;
    private readonly StateLayout _layout;
    private readonly ContainerImageUsers _users;

    public ContainerImageUsersTests()
    {
        _layout = new StateLayout(_directory + "/data", _directory + "/run");
        _users = new ContainerImageUsers(_layout);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Find_NoContainers_Nobody() => Assert.Null(_users.Find(s_image));

    [Fact]
    public void Find_ContainersOfOtherImagesAndSandboxes_Nobody()
    {
        Add('a', s_other.ToString());
        Add('b', "");
        Directory.CreateDirectory(_layout.Container(Id('c')));

        Assert.Null(_users.Find(s_image));
    }

    [Fact]
    public void Find_StoppedContainer_IsAUser()
    {
        Add('a', s_other.ToString());
        Add('b', s_image.ToString());

        Assert.Equal(new ImageUser(Id('b'), IsRunning: false), _users.Find(s_image));
    }

    [Fact]
    public void Find_RunningContainer_IsToldFirst()
    {
        Add('a', s_image.ToString());
        Add('b', s_image.ToString(), new ContainerState
        {
            Status = ContainerStatus.Running, BootId = BootId.Current, Supervisor = ProcessInstance.Current,
        });
        Add('c', s_image.ToString());

        Assert.Equal(new ImageUser(Id('b'), IsRunning: true), _users.Find(s_image));
    }

    [Fact]
    public void Find_RecordThatCannotBeRead_NeedsNoImage()
    {
        Add('a', s_image.ToString());
        File.WriteAllText(Path.Combine(_layout.Container(Id('a')), "config.json"), "{");

        Assert.Null(_users.Find(s_image));
    }

    [Fact]
    public void Find_RecordOfANewerVersion_MayNeedAnyImage()
    {
        Add('a', s_other.ToString());
        string config = Path.Combine(_layout.Container(Id('a')), "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"schemaVersion\":1", "\"schemaVersion\":2", StringComparison.Ordinal));

        ImageUser user = Assert.IsType<ImageUser>(_users.Find(s_image));

        Assert.Equal((Id('a'), false), (user.ContainerId, user.IsRunning));
        Assert.Equal($"it may be needed by container {Id('a')}: a newer version of fastrun has written its record", user.Fault);
        Add('b', s_image.ToString());
        Assert.Equal(new ImageUser(Id('b'), IsRunning: false), _users.Find(s_image));
    }

    private static string Id(char digit) => new(digit, 64);

    private void Add(char digit, string imageId, ContainerState? state = null)
    {
        ContainerStore store = new(_layout);
        Directory.CreateDirectory(_layout.Container(Id(digit)));
        store.WriteRecord(new ContainerRecord
        {
            Id = Id(digit),
            Name = "name-" + digit,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Request = new ContainerCreateRequest { Image = "image" },
            ImageId = imageId,
        });
        if (state is not null)
        {
            store.WriteState(Id(digit), state);
        }
    }
}
