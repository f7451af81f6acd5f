using System;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>Layers that try to write outside of their tree: nothing outside ever changes.</summary>
public sealed class ArchiveAttacksTests : SandboxTest
{
    private readonly string _canary;

    public ArchiveAttacksTests(TestImages images)
        : base(images)
    {
        _canary = Roots.NewDirectory("canary");
        File.WriteAllText(Path.Combine(_canary, "file"), "untouched");
    }

    [Fact]
    public void Layer_DotDotPath_StaysInside() => Attack(new LayerTar().File("../../../../../../../../.." + _canary + "/file", "attacked"));

    [Fact]
    public void Layer_DotDotInTheMiddle_StaysInside() => Attack(new LayerTar().File("tmp/../../../../../../../../.." + _canary + "/file", "attacked"));

    [Fact]
    public void Layer_AbsolutePath_StaysInside() => Attack(new LayerTar().File(_canary + "/file", "attacked"));

    [Fact]
    public void Layer_FileThroughALinkOfTheSameLayer_StaysInside() =>
        Attack(new LayerTar().SymbolicLink("way", _canary).File("way/file", "attacked"));

    [Fact]
    public void Layer_FileThroughALinkUpwards_StaysInside() =>
        Attack(new LayerTar().SymbolicLink("way", "../../../../../../../../.." + _canary).File("way/file", "attacked"));

    [Fact]
    public void Layer_FileThroughALinkOfALowerLayer_StaysInside() =>
        Attack(new LayerTar().SymbolicLink("way", _canary), new LayerTar().File("way/file", "attacked"));

    [Fact]
    public void Layer_FileOverALink_ReplacesTheLink() =>
        Attack(new LayerTar().SymbolicLink("way", _canary + "/file").File("way", "attacked"));

    [Fact]
    public void Layer_HardLinkToOutside_GivesNoAccess() =>
        Attack(new LayerTar().HardLink("way", "../../../../../../../../.." + _canary + "/file").File("way", "attacked"));

    [Fact]
    public void Layer_HardLinkThroughALink_GivesNoAccess() =>
        Attack(new LayerTar().SymbolicLink("dir", _canary).HardLink("way", "dir/file").File("way", "attacked"));

    [Fact]
    public void Layer_WhiteoutThroughALink_RemovesNothingOutside() =>
        Attack(new LayerTar().SymbolicLink("way", _canary), new LayerTar().Whiteout("way", "file"));

    [Fact]
    public void Layer_OpaqueThroughALink_RemovesNothingOutside() =>
        Attack(new LayerTar().SymbolicLink("way", _canary), new LayerTar().Opaque("way"));

    [Theory]
    [InlineData(".wh..")]
    [InlineData(".wh...")]
    public void Layer_WhiteoutOfDots_IsRefused(string name) =>
        FastRun("exec", "--no-workspace", Image(new LayerTar().File("tmp/" + name, "")), "--", "true").Run().FailsWith(125);

    [Fact]
    public void Layer_DeviceZeroZero_IsNoWhiteoutOfOverlay()
    {
        CommandResult result = FastRun(
            "exec", "--no-workspace", Image(new LayerTar().CharacterDevice("etc/passwd", 0, 0)), "--", "sh", "-c", "ls -l /etc/group /etc | grep -c group").Run();
        Assert.True(result.ExitCode is 0 or 125, result.ToString());
        if (result.ExitCode == 0)
        {
            Assert.Equal("2", result.Output);
        }
    }

    private void Attack(params LayerTar[] layers)
    {
        CommandResult result = FastRun("exec", "--no-workspace", Image(layers), "--", "sh", "-c", $"echo attacked > {_canary}/file; echo attacked > /way/file; echo attacked > /way; :").Run();
        if (result.ExitCode != 0)
        {
            _ = result.FailsWith(125);
        }

        Assert.Equal("untouched", File.ReadAllText(Path.Combine(_canary, "file")));
        Assert.Equal("1", Command.Output("stat", "-c", "%h", Path.Combine(_canary, "file")));
        Assert.Single(Directory.GetFileSystemEntries(_canary));
    }

    private string Image(params LayerTar[] tops)
    {
        OciLayout layout = new(Path.Combine(Roots.Top, "hostile"));
        layout.AddImage("latest", [BusyboxRoot.Tar().ToArray(), .. Array.ConvertAll(tops, top => top.ToArray())]);
        return layout.Reference;
    }
}
