using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Tests.Images;

/// <summary>Images that somebody needs without holding a lock: no removal takes them, in Docker's words.</summary>
public sealed class ImageUsersTests : IDisposable
{
    private static readonly string s_container = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));

    private readonly TemporaryState _state = new();
    private readonly TestLayout _layout;
    private readonly Users _users;
    private readonly ImageStore _store;
    private readonly string _id;

    public ImageUsersTests()
    {
        _layout = new TestLayout(_state.File("ci"));
        _users = new Users(_state.Layout);
        _store = new ImageStore(_state.Layout, _users);
        byte[] manifest = _layout.AddManifest([TestLayout.LayerTar("file", "content")]);
        _layout.List(manifest, "one");
        _layout.List(manifest, "two");
        _store.LoadAll(ImageLocation.Parse("oci:" + _layout.Path));
        using ImageLease lease = _store.Open(ImageLocation.Parse("ci:one"));
        _id = lease.Record.ImageId.Hex;
    }

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Remove_Name_UntagsButTheLastOneIsRefused()
    {
        _users.Needs(_id, isRunning: false);

        Assert.Empty(Remove("ci:one").Deleted);
        Assert.Equal(
            $"conflict: unable to remove repository reference \"ci:two\" (must force) - container 0123456789ab is using its referenced image {_id[..12]}",
            Refused("ci:two"));
        Assert.Equal("two", Assert.Single(_store.List()).Tag);

        _users.Found = null;
        Assert.Equal(["sha256:" + _id], Remove("ci:two").Deleted);
    }

    [Theory]
    [InlineData(false, "must be forced", "stopped")]
    [InlineData(true, "cannot be forced", "running")]
    public void Remove_Id_Refused(bool isRunning, string force, string state)
    {
        _users.Needs(_id, isRunning);
        if (!isRunning)
        {
            // As dockerd has it: that there are several tags comes before a container that force helps against.
            Assert.Equal(
                $"conflict: unable to delete {_id[..12]} (must be forced) - image is referenced in multiple repositories: localhost/ci:one, localhost/ci:two",
                Refused(_id[..12]));
            AssertWhole();
            Remove("ci:one");
        }

        Assert.Equal(
            $"conflict: unable to delete {_id[..12]} ({force}) - image is being used by {state} container 0123456789ab",
            Refused(_id[..12]));
        if (isRunning)
        {
            AssertWhole();
        }
    }

    [Fact]
    public void Remove_IdOfARunningContainersImage_NotEvenByForce()
    {
        _users.Needs(_id, isRunning: true);

        Assert.EndsWith("running container 0123456789ab", Refused(_id, force: true), StringComparison.Ordinal);
        Assert.Equal(2, _store.List().Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Remove_LastNameByForce_TheImageStaysWithoutOne(bool isRunning)
    {
        _users.Needs(_id, isRunning);
        Remove("ci:one");

        ImageRemoval removal = Remove("ci:two", force: true);

        Assert.Equal("localhost/ci:two", removal.Untagged[0]);
        Assert.Empty(removal.Deleted);
        AssertNameless();
    }

    [Fact]
    public void Remove_IdByForce_AllNamesGoAndThenItCannotBeForcedFurther()
    {
        _users.Needs(_id, isRunning: false);

        Assert.Equal(3, Remove(_id, force: true).Untagged.Count);
        AssertNameless();
        Assert.Contains("(cannot be forced) - image is being used by stopped container", Refused(_id, force: true), StringComparison.Ordinal);

        _users.Found = null;
        Assert.Equal(["sha256:" + _id], Remove(_id).Deleted);
        Assert.Equal(0, _store.MeasureUsage().Size);
    }

    [Fact]
    public void Remove_UserThatCannotBeRead_RefusedWithTheReason()
    {
        _users.Found = new ImageUser(s_container, IsRunning: false, "it may be needed by container x: its record cannot be read");

        Assert.Equal($"{_id}: it may be needed by container x: its record cannot be read", Refused(_id, force: true));
        AssertWhole();
    }

    [Fact]
    public void Remove_ImageThatIsHeldByAnUnknownProcess_StaysUntaggedByForce()
    {
        using ImageLease lease = _store.Open(ImageLocation.Parse("ci:one"));
        Remove("ci:one");
        Assert.Equal("ci:two: the image is in use by a running container", Refused("ci:two"));

        Assert.Empty(Remove("ci:two", force: true).Deleted);

        AssertNameless();
    }

    [Fact]
    public void Evict_And_CollectGarbage_KeepItWithItsNames()
    {
        _layout.AddImage("other", "something else");
        _store.LoadAll(ImageLocation.Parse("oci:" + _layout.Path));
        _users.Needs(_id, isRunning: false);

        Assert.Equal(["localhost/ci:other"], _store.Evict(0).Evicted);
        _store.CollectGarbage();

        AssertWhole();
        _users.Found = null;
        Assert.Equal(["localhost/ci:one, localhost/ci:two"], _store.Evict(0).Evicted);
    }

    [Fact]
    public void CollectGarbage_ItsLayerIsMissing_KeptAndTold()
    {
        _users.Needs(_id, isRunning: false);
        Directory.Delete(Directory.GetDirectories(_state.Layout.Layers).Single(path => !path.EndsWith("_diffs", StringComparison.Ordinal)), recursive: true);

        Assert.Equal(
            ["localhost/ci:one, localhost/ci:two: a layer is missing, but it is in use: kept"], _store.CollectGarbage().DroppedImages);

        Assert.True(File.Exists(Path.Combine(_state.Layout.ImageIds, _id)));
    }

    private ImageRemoval Remove(string image, bool force = false) => _store.Remove(ImageLocation.Parse(image), force);

    private string Refused(string image, bool force = false) => Assert.Throws<ImageInUseException>(() => Remove(image, force)).Message;

    private void AssertNameless()
    {
        Assert.Null(Assert.Single(_store.List()).Tag);
        using ImageLease lease = _store.Open(ImageLocation.Parse("sha256:" + _id));
        AssertContent(lease);
    }

    private void AssertWhole()
    {
        Assert.Equal(["one", "two"], _store.List().Select(image => image.Tag).Order());
        using ImageLease lease = _store.Open(ImageLocation.Parse("ci:two"));
        AssertContent(lease);
    }

    private void AssertContent(ImageLease lease) =>
        Assert.Equal("content", File.ReadAllText(Path.Combine(_state.Layout.LayerTree(lease.Record.LayerIds[0]), "file")));

    /// <summary>Somebody who needs one image, or nobody; asserts that it is asked under the lock that keeps the answer true.</summary>
    private sealed class Users(StateLayout layout) : IImageUsers
    {
        private string? _imageId;

        internal ImageUser? Found { get; set; }

        internal void Needs(string imageId, bool isRunning) =>
            (_imageId, Found) = (imageId, new ImageUser(s_container, isRunning));

        public int CountIdle(Digest imageId) => _imageId == imageId.Hex && Found is { IsRunning: false } ? 1 : 0;

        public IReadOnlyCollection<string>? Layers() => [];

        public ImageUser? Find(Digest imageId)
        {
            Assert.Null(FileLock.TryAcquireTarget(null, layout.ImageRecord(imageId), FileLockMode.Exclusive, out _, out _));
            return _imageId is null || _imageId == imageId.Hex ? Found : null;
        }
    }
}
