using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace FastRun.Tests;

/// <summary>The rules of the design that no compiler holds, read from the sources.</summary>
public sealed partial class ArchitectureTests
{
    private static string Sources { get; } = Path.GetFullPath(Path.Combine(Here(), "../../src"));

    [Theory]
    [InlineData("FastRun.Native", "")]
    [InlineData("FastRun.Layers", "FastRun.Native")]
    [InlineData("FastRun.Engine", "FastRun.Layers FastRun.Native")]
    [InlineData("FastRun", "FastRun.Engine FastRun.Layers FastRun.Native")]
    public void Projects_ReferenceOnlyWhatIsBelowThem(string project, string below)
    {
        string text = File.ReadAllText(Path.Combine(Sources, project, project + ".csproj"));

        IEnumerable<string> referenced = ProjectReference().Matches(text).Select(match => match.Groups[1].Value);

        Assert.Empty(referenced.Except(below.Split(' ')));
    }

    [Theory]
    [InlineData("FastRun/Cli", "FastRun.DockerApi")]
    [InlineData("FastRun/DockerApi", "FastRun.(Cli|Page|RegistryApi)")]
    [InlineData("FastRun/Page", "FastRun.(Cli|RegistryApi)")]
    [InlineData("FastRun/RegistryApi", "FastRun.(Cli|DockerApi)")]
    [InlineData("FastRun/Http", "FastRun.(Cli|DockerApi|RegistryApi|Layers)")]
    [InlineData("FastRun/Cli", "Microsoft.AspNetCore")]
    [InlineData("FastRun.Engine", "Microsoft.AspNetCore")]
    [InlineData("FastRun.Layers", "Microsoft.AspNetCore")]
    [InlineData("FastRun.Layers/Registry", "FastRun.Layers.(Hosting|Pipeline|Images|Content|Snapshots)")]
    [InlineData("FastRun.Layers/Content", "FastRun.Layers.(Pipeline|Images|Registry|Snapshots)")]
    [InlineData("FastRun.Layers/Snapshots", "FastRun.Layers.(Pipeline|Images|Registry|Content)")]
    [InlineData("FastRun.Layers/Hosting", "FastRun.Layers.(Pipeline|Images|Content|Snapshots)")]
    [InlineData("FastRun.Layers/Oci", "FastRun.Layers.(Pipeline|Images|Registry|Content|Snapshots)")]
    [InlineData("FastRun.Layers/References", "FastRun.Layers.(Pipeline|Images|Registry|Content|Snapshots)")]
    [InlineData("FastRun.Layers/Pipeline", "FastRun.Layers.Images")]
    public void Namespaces_DoNotSeeWhatTheyMustNot(string folder, string forbidden)
    {
        Regex use = new($@"(using|[^\w.])\s*{forbidden}\b", RegexOptions.None, TimeSpan.FromSeconds(10));

        Assert.DoesNotContain(Files(folder), file => use.IsMatch(File.ReadAllText(file)));
    }

    [Fact]
    public void Files_AreShort() =>
        Assert.DoesNotContain(Files(""), file => File.ReadLines(file).Count() > 600);

    [Fact]
    public void Types_SayWhatTheyAre() => Assert.DoesNotContain(
        Files(""), file => VagueName().IsMatch(Path.GetFileNameWithoutExtension(file)));

    [Fact]
    public void UnsafeCode_IsNativesAlone() => Assert.DoesNotContain(
        Files(""),
        file => !file.Contains("/FastRun.Native/", StringComparison.Ordinal) && UnsafeCode().IsMatch(File.ReadAllText(file)));

    private static IEnumerable<string> Files(string folder)
    {
        string directory = Path.Combine(Sources, folder);
        return Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory, "*.cs", SearchOption.AllDirectories)
                .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            : [];
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex("ProjectReference Include=\"[^\"]*?([\\w.]+)\\.csproj\"")]
    private static partial Regex ProjectReference();

    [GeneratedRegex("(Manager|Helper|Helpers|Utils|Util)$")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"^\s*[^/\s].*\bunsafe\b|^\s*unsafe\b", RegexOptions.Multiline)]
    private static partial Regex UnsafeCode();
}
