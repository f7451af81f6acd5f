using System;
using System.IO;
using FastRun.Engine.Errors;
using FastRun.Engine.RuntimeSpec;
using FastRun.Engine.RuntimeSpec.Seccomp;
using FastRun.Layers;
using FastRun.Native.Capabilities;

namespace FastRun.Engine.Tests.RuntimeSpec.Seccomp;

public sealed class SeccompFiltersTests : IDisposable
{
    private const string AllowAll = """{"defaultAction": "SCMP_ACT_ALLOW"}""";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fastrun-seccomp-");
    private readonly StateLayout _layout;

    public SeccompFiltersTests() => _layout = new StateLayout(
        Path.Combine(_directory.FullName, "data"), Path.Combine(_directory.FullName, "run"));

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Resolve_DefaultCapabilities_IsBuiltInAndTouchesNoFile()
    {
        SeccompFilter? filter = SeccompFilters.Resolve(_layout, null, DefaultCapabilities.Set, privileged: false);

        Assert.True(filter!.Program.SequenceEqual(DefaultFilter.Program(SeccompHost.Current.Native)));
        Assert.Equal(filter.Program.Length / 8, filter.InstructionCount);
        Assert.False(Directory.Exists(_layout.DataRoot));
    }

    [Fact]
    public void Resolve_CapabilitiesThatNoRuleAsksFor_MakeNoDifference()
    {
        CapabilitySet set = DefaultCapabilities.Set.With(Capability.CAP_NET_ADMIN).Without(Capability.CAP_CHOWN);

        SeccompFilters.Resolve(_layout, null, set, privileged: false);

        Assert.False(Directory.Exists(_layout.DataRoot));
    }

    [Theory]
    [InlineData("unconfined", false)]
    [InlineData("unconfined", true)]
    [InlineData(null, true)]
    public void Resolve_UnconfinedOrPrivileged_IsNone(string? profile, bool privileged) =>
        Assert.Null(SeccompFilters.Resolve(_layout, profile, DefaultCapabilities.Set, privileged));

    [Fact]
    public void Resolve_PrivilegedWithAProfile_IsThatProfile() =>
        Assert.NotNull(SeccompFilters.Resolve(_layout, Write(AllowAll), CapabilitySet.Known, privileged: true));

    [Fact]
    public void Resolve_BuiltIn_IsTheDefaultEvenWhenPrivileged() =>
        Assert.NotNull(SeccompFilters.Resolve(_layout, "builtin", CapabilitySet.Known, privileged: true));

    [Fact]
    public void Resolve_InlineProfile_IsAsFromAFile() =>
        Assert.Equal(
            SeccompFilters.Resolve(_layout, Write(AllowAll), default, false)!.Program.ToArray(),
            SeccompFilters.Resolve(_layout, " " + AllowAll, default, false)!.Program.ToArray());

    [Fact]
    public void Resolve_OtherCapabilities_IsCompiledOnceAndThenRead()
    {
        CapabilitySet set = DefaultCapabilities.Set.With(Capability.CAP_SYS_ADMIN);
        byte[] first = Resolve(set);
        string file = Assert.Single(Directory.GetFiles(_layout.SeccompCache));
        DateTime written = File.GetLastWriteTimeUtc(file);

        Assert.Equal(first, Resolve(set));
        Assert.Equal(written, File.GetLastWriteTimeUtc(file));
        Assert.NotEqual(first, DefaultFilter.Program(SeccompHost.Current.Native).ToArray());

        Resolve(set.With(Capability.CAP_BPF));
        Assert.Equal(2, Directory.GetFiles(_layout.SeccompCache).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(-1)]
    public void Resolve_DamagedCache_IsCompiledAgainAndRepaired(int at)
    {
        CapabilitySet set = DefaultCapabilities.Set.With(Capability.CAP_SYS_PTRACE);
        byte[] expected = Resolve(set);
        string file = Assert.Single(Directory.GetFiles(_layout.SeccompCache));
        byte[] whole = File.ReadAllBytes(file);
        byte[] damaged = [.. whole];
        if (at < 0)
        {
            damaged = damaged[..^8];
        }
        else
        {
            damaged[at] ^= 1;
        }

        File.WriteAllBytes(file, damaged);

        Assert.Equal(expected, Resolve(set));
        Assert.Equal(whole, File.ReadAllBytes(file));
    }

    [Fact]
    public void Resolve_CacheOfAnotherKey_IsNotTakenForThisOne()
    {
        Resolve(DefaultCapabilities.Set.With(Capability.CAP_SYS_ADMIN));
        string permissive = Assert.Single(Directory.GetFiles(_layout.SeccompCache));
        CapabilitySet other = DefaultCapabilities.Set.With(Capability.CAP_SYS_TIME);
        byte[] expected = Resolve(other);
        string strict = Assert.Single(Directory.GetFiles(_layout.SeccompCache), file => file != permissive);

        File.Copy(permissive, strict, overwrite: true);

        Assert.Equal(expected, Resolve(other));
    }

    [Fact]
    public void Resolve_CacheThatCannotBeWritten_StillGivesTheFilter()
    {
        File.WriteAllText(Path.Combine(_directory.FullName, "data"), "not a directory");

        Assert.NotEmpty(Resolve(CapabilitySet.Empty));
    }

    [Theory]
    [InlineData("/no/such/profile.json", ErrorKind.NotFound)]
    [InlineData("/dev/zero", ErrorKind.InvalidArgument)]
    [InlineData("/proc", ErrorKind.InvalidArgument)]
    public void Resolve_UnreadableProfile_IsOneError(string path, ErrorKind kind)
    {
        EngineException exception = Assert.Throws<EngineException>(
            () => SeccompFilters.Resolve(_layout, path, DefaultCapabilities.Set, privileged: false));

        Assert.Equal(kind, exception.Kind);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }

    private byte[] Resolve(CapabilitySet capabilities) =>
        SeccompFilters.Resolve(_layout, null, capabilities, privileged: false)!.Program.ToArray();

    private string Write(string json)
    {
        string path = Path.Combine(_directory.FullName, "profile.json");
        File.WriteAllText(path, json);
        return path;
    }
}
