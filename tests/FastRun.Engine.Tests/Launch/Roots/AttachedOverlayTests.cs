using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Roots;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Tests.Launch.Roots;

/// <summary>The way of older kernels, which newer ones still have.</summary>
public sealed class AttachedOverlayTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-overlay-").FullName;
    private readonly StateLayout _layout;

    public AttachedOverlayTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs CAP_SYS_ADMIN");
        _layout = new StateLayout(_directory + "/data", _directory + "/run");
    }

    public void Dispose() => TreeRemoval.Delete(null, _directory);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(120)]
    [InlineData(500)]
    public void Mount_Layers_AreStackedAndNothingIsAttached(int count)
    {
        OverlayLower[] lowers = MakeLayers(count);
        using Sandbox sandbox = Sandbox.Create(_layout);

        using Fd root = AttachedOverlay.Mount(lowers, sandbox, writable: true, [("index", "off")]);

        Assert.Equal("0", Read(root, "same"));
        Assert.Equal($"{count - 1}", Read(root, $"only-{count - 1}"));
        FileAt.MakeDirectory(root, "new", 0b_111_000_000);
        Assert.True(Directory.Exists(sandbox.Upper + "/new"));
        Assert.DoesNotContain(_directory, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
    }

    [Fact]
    public void Mount_DetachedLower_HidesWhatIsBelowItAndCannotBeWritten()
    {
        OverlayLower[] lowers = MakeLayers(1);
        using FilesystemContext context = new("tmpfs");
        using Fd mask = context.CreateMount(MountAttributes.None);
        FileAt.MakeDirectory(mask, "below", 0b_111_101_101);
        FileAt.MakeNode(mask, "below/same", FileType.CharacterDevice, 0, default);
        using Sandbox sandbox = Sandbox.Create(_layout);

        using Fd root = AttachedOverlay.Mount([new OverlayLower(mask, "/below"), .. lowers], sandbox, writable: false, []);

        Assert.Equal(Errno.ENOENT, FileAt.TryStat(root, "same", out _));
        Assert.Equal("0", Read(root, "only-0"));
        Assert.Equal(Errno.EROFS, FileAt.TryMakeDirectory(root, "new", 0b_111_000_000));
        Assert.Empty(Directory.EnumerateFileSystemEntries(sandbox.Upper));
    }

    [Fact]
    public void Mount_OverlayMadeThisWay_CanBeALowerAgain()
    {
        OverlayLower[] lowers = MakeLayers(2);
        using Sandbox sandbox = Sandbox.Create(_layout);
        using Fd inner = AttachedOverlay.Mount(lowers, sandbox, writable: false, []);

        using Fd outer = AttachedOverlay.Mount([new OverlayLower(inner, "/")], sandbox, writable: true, []);

        Assert.Equal("1", Read(outer, "only-1"));
    }

    [Fact]
    public void Mount_PathsThatOptionsCannotHold_AreNamedByNumber()
    {
        string odd = Directory.CreateDirectory($"{_directory}/a,b:c\\d upperdir={new string('x', 200)}").FullName;
        File.WriteAllText(odd + "/file", "odd");
        using Sandbox sandbox = Sandbox.Create(_layout);

        using Fd root = AttachedOverlay.Mount([OverlayLower.OfHost(odd)], sandbox, writable: true, []);

        Assert.Equal("odd", Read(root, "file"));
    }

    [Fact]
    public void Mount_MissingLayer_IsEnoentAndNamesIt()
    {
        using Sandbox sandbox = Sandbox.Create(_layout);

        SyscallException e = Assert.Throws<SyscallException>(
            () => AttachedOverlay.Mount([OverlayLower.OfHost("/nonexistent/layer")], sandbox, writable: true, []));

        Assert.Equal((Errno.ENOENT, "/nonexistent/layer"), (e.Errno, e.Subject));
    }

    [Fact]
    public void Mount_MoreLayersThanOverlayfsTakes_IsAnErrorThatSaysSo()
    {
        string[] ids = [.. Enumerable.Range(0, 500).Select(static i => $"layer{i}")];
        Array.ForEach(ids, id => Directory.CreateDirectory(_layout.LayerTree(id)));
        using Sandbox sandbox = Sandbox.Create(_layout);

        EngineException e = Assert.Throws<EngineException>(() => RootFilesystem.Mount(_layout, ids, sandbox));

        Assert.Equal(ErrorKind.Unsupported, e.Kind);
        Assert.Equal("image: it has 500 layers, and the most that overlayfs can stack is 499", e.Message);

        // One fewer fits, under the same sandbox.
        RootFilesystem.Mount(_layout, ids[1..], sandbox).Dispose();
    }

    /// <summary>Each has a file of its own, and one of the same name with its number; 0 is the topmost.</summary>
    private OverlayLower[] MakeLayers(int count)
    {
        List<OverlayLower> lowers = [];
        for (int i = 0; i < count; i++)
        {
            string layer = Directory.CreateDirectory($"{_directory}/layers/{i}").FullName;
            File.WriteAllText(layer + "/same", $"{i}");
            File.WriteAllText($"{layer}/only-{i}", $"{i}");
            lowers.Add(OverlayLower.OfHost(layer));
        }

        return [.. lowers];
    }

    private static string Read(Fd root, string name)
    {
        using Fd file = FileAt.Open(root, name, OpenFlags.Read);
        return System.Text.Encoding.UTF8.GetString(FileContent.ReadAll(file, 100));
    }
}
