using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>A kernel module and what its <c>.modinfo</c> section says.</summary>
/// <param name="Name">As the kernel calls it.</param>
/// <param name="Path">Relative to <c>lib/modules/RELEASE</c>.</param>
/// <param name="Content">The ELF file.</param>
/// <param name="Dependencies">Modules that must be loaded before.</param>
/// <param name="Aliases">What else it is asked for by.</param>
internal sealed record KernelModule(string Name, string Path, byte[] Content, IReadOnlyList<string> Dependencies, IReadOnlyList<string> Aliases)
{
    internal static KernelModule Parse(string name, string path, byte[] content) => new(
        name,
        path,
        content,
        [.. Values(content, "depends=").SelectMany(static list => list.Split(',', StringSplitOptions.RemoveEmptyEntries)).Select(static name => name.Replace('-', '_'))],
        [.. Values(content, "alias=")]);

    // The section is a sequence of NAME=VALUE strings, each with a NUL behind; nothing else in a module looks like these two.
    private static IEnumerable<string> Values(byte[] content, string name)
    {
        byte[] mark = Encoding.ASCII.GetBytes(name);
        for (int at = 0, found; (found = content.AsSpan(at).IndexOf(mark)) >= 0;)
        {
            int start = at + found;
            int end = start + content.AsSpan(start).IndexOf((byte)0);
            if (start > 0 && content[start - 1] == 0)
            {
                yield return Encoding.ASCII.GetString(content, start + mark.Length, end - start - mark.Length);
            }

            at = end;
        }
    }
}
