using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Cni;
using FastRun.Layers;

namespace FastRun.Engine.Tests.Networks.Cni;

public sealed class CniSettingsTests
{
    [Fact]
    public void Load_WhereNobodySaysAnything_IsWhereDistributionsPutIt()
    {
        CniSettings settings = Load([]);
        Assert.Equal("/etc/cni/net.d", settings.ConfigurationDirectory);
        Assert.Equal(["/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"], settings.PluginDirectories);
    }

    [Fact]
    public void Load_TheEnvironment_GoesBeforeEverything()
    {
        CniSettings settings = Load(new() { ["NETCONFPATH"] = "/srv/cni", ["CNI_PATH"] = "/a::/b" });
        Assert.Equal("/srv/cni", settings.ConfigurationDirectory);
        Assert.Equal(["/a", "/b"], settings.PluginDirectories);
    }

    [Theory]
    [InlineData("NETCONFPATH", "srv/cni", "srv/cni")]
    [InlineData("NETCONFPATH", "/a:/b", "/a:/b")]
    [InlineData("CNI_PATH", "/a:bin", "bin")]
    public void Load_WhatIsNoAbsolutePath_IsAnError(string name, string value, string wrong) => Assert.Equal(
        $"CNI: {wrong} is no absolute path of a directory", Assert.Throws<EngineException>(() => Load(new() { [name] = value })).Message);

    [Fact]
    public void FindPlugin_WhereThereIsNone_SaysWhereItWasLookedFor() => Assert.Equal(
        "CNI plugin bridge not found in /proc/self/fdinfo:/absent",
        Assert.Throws<EngineException>(() => CniSettings.FindPlugin(["/proc/self/fdinfo", "/absent"], "bridge")).Message);

    [Fact]
    public void FindPlugin_IsTheFirstProgramOfThatName() => Assert.Equal("/bin/sh", CniSettings.FindPlugin(["/etc", "/bin", "/usr/bin"], "sh"));

    private static CniSettings Load(Dictionary<string, string> environment) =>
        CniSettings.Load(name => environment.GetValueOrDefault(name), new ConfigurationFiles());
}
