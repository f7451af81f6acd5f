using System;
using System.Globalization;
using System.IO;
using System.Runtime.CompilerServices;
using System.Text;
using FastRun.Engine.RuntimeSpec;
using FastRun.Engine.RuntimeSpec.Seccomp;

namespace FastRun.Engine.Tests.RuntimeSpec.Seccomp;

/// <summary>
/// The checked-in programs are what the compiler makes of the default profile. After a change of either, write them anew
/// with FASTRUN_UPDATE_SOURCES=1.
/// </summary>
public sealed class DefaultFilterTests
{
    [Theory]
    [InlineData("X64")]
    [InlineData("Arm64")]
    public void Program_CompiledAnew_IsTheSame(string name)
    {
        SeccompHost host = name == "X64" ? SeccompHost.X64 : SeccompHost.Arm64;
        byte[] program = SeccompCompiler.Compile(
            DefaultSeccompProfile.For(host), host, DefaultCapabilities.Set, new KernelVersion(6, 1));
        if (Environment.GetEnvironmentVariable("FASTRUN_UPDATE_SOURCES") == "1")
        {
            File.WriteAllText(SourcePath(name), Source(name, program));
        }

        Assert.Equal(File.ReadAllText(SourcePath(name)), Source(name, program));
        Assert.Equal(program, DefaultFilter.Program(host.Native).ToArray());
    }

    private static string Source(string name, byte[] program)
    {
        StringBuilder source = new();
        source.Append(CultureInfo.InvariantCulture, $$"""
            using System;

            namespace FastRun.Engine.RuntimeSpec.Seccomp;

            /// <content>{{program.Length / 8}} instructions, two a line. Written by DefaultFilterTests; do not edit.</content>
            internal static partial class DefaultFilter
            {
                private static ReadOnlySpan<byte> {{name}} =>
                [

            """);
        for (int i = 0; i < program.Length; i += 16)
        {
            source.Append("       ");
            foreach (byte value in program.AsSpan(i, Math.Min(16, program.Length - i)))
            {
                source.Append(CultureInfo.InvariantCulture, $" 0x{value:x2},");
            }

            source.Append('\n');
        }

        return source.Append("    ];\n}\n").ToString();
    }

    private static string SourcePath(string name, [CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(
        Path.GetDirectoryName(here)!, "../../../../src/FastRun.Engine/RuntimeSpec/Seccomp", $"DefaultFilter.{name}.cs"));
}
