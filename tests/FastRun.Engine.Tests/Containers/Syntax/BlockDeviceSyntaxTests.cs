using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Native.Cgroups;

namespace FastRun.Engine.Tests.Containers.Syntax;

/// <summary>Refusals are compared with docker 28 in DockerPeerTests; here is what is accepted.</summary>
public sealed class BlockDeviceSyntaxTests
{
    [Theory]
    [InlineData("/dev/sda:1mb", BlockRateKind.ReadBytes, "/dev/sda", 1048576)]
    [InlineData("/dev/disk/by-id/x:512", BlockRateKind.WriteBytes, "/dev/disk/by-id/x", 512)]
    [InlineData("/dev/sda:0", BlockRateKind.ReadBytes, "/dev/sda", 0)]
    [InlineData("/dev/sda:100", BlockRateKind.ReadOperations, "/dev/sda", 100)]
    public void ParseRate_Rates_AreParsed(string text, BlockRateKind kind, string path, long rate) =>
        Assert.Equal(new BlockDeviceRate(path, kind, rate), BlockDeviceSyntax.ParseRate(text, kind));

    [Theory]
    [InlineData("/dev/sda:10", 10)]
    [InlineData("/dev/sda:1000", 1000)]
    [InlineData("/dev/sda:0", 0)]
    public void ParseWeight_Weights_AreParsed(string text, int weight) =>
        Assert.Equal(new BlockDevicePriority("/dev/sda", weight), BlockDeviceSyntax.ParseWeight(text));

    [Fact]
    public void ParseRate_MoreThanTheKernelsNumber_IsRefused() => Assert.Throws<EngineException>(
        () => BlockDeviceSyntax.ParseRate("/dev/sda:18446744073709551615", BlockRateKind.ReadOperations));
}
