using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>The modules of one kernel package, which come without depmod's tables.</summary>
internal sealed class KernelModules
{
    private readonly string _directory;
    private readonly Dictionary<string, string> _paths = [];
    private readonly Dictionary<string, KernelModule> _read = [];
    private readonly HashSet<string> _builtin;

    /// <param name="directory"><c>lib/modules/RELEASE</c>.</param>
    internal KernelModules(string directory)
    {
        _directory = directory;
        foreach (string file in Directory.EnumerateFiles(directory, "*.ko*", SearchOption.AllDirectories))
        {
            _paths[NameOf(file)] = file;
        }

        _builtin = [.. File.ReadLines(Path.Combine(directory, "modules.builtin")).Select(NameOf)];
    }

    /// <summary>Whether there is such a module, or directory; a small kernel has fewer.</summary>
    internal bool Has(string name) => name.EndsWith('/')
        ? Directory.Exists(Path.Combine(_directory, "kernel", name))
        : _builtin.Contains(name) || _paths.ContainsKey(name);

    /// <summary>The named modules and all that they depend on, in an order in which they can be loaded.</summary>
    /// <param name="names">Modules, or directories below <c>kernel</c> with a slash at the end.</param>
    internal IReadOnlyList<KernelModule> Closure(IReadOnlyList<string> names)
    {
        List<KernelModule> ordered = [];
        HashSet<string> seen = [];
        foreach (string name in names)
        {
            if (!name.EndsWith('/'))
            {
                Visit(name, seen, ordered);
                continue;
            }

            string directory = Path.Combine(_directory, "kernel", name);
            foreach (string path in _paths.Values.Where(path => path.StartsWith(directory, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            {
                Visit(NameOf(path), seen, ordered);
            }
        }

        return ordered;
    }

    /// <summary>Writes modules and the two tables that modprobe reads, so that the kernel can ask for them.</summary>
    internal void Install(IReadOnlyList<KernelModule> modules, string directory)
    {
        StringBuilder dependencies = new(), aliases = new();
        foreach (KernelModule module in modules)
        {
            string path = Path.Combine(directory, module.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, module.Content);

            // What a module needs stands in the order opposite to that of loading (modules.dep(5)).
            IEnumerable<string> needed = Closure([module.Name]).SkipLast(1).Reverse().Select(static other => " " + other.Path);
            dependencies.Append(module.Path).Append(':').AppendJoin("", needed).Append('\n');
            foreach (string alias in module.Aliases)
            {
                aliases.Append("alias ").Append(alias).Append(' ').Append(module.Name).Append('\n');
            }
        }

        File.WriteAllText(Path.Combine(directory, "modules.dep"), dependencies.ToString());
        File.WriteAllText(Path.Combine(directory, "modules.alias"), aliases.ToString());
        foreach (string table in (string[])["modules.builtin", "modules.order"])
        {
            File.Copy(Path.Combine(_directory, table), Path.Combine(directory, table));
        }
    }

    private void Visit(string name, HashSet<string> seen, List<KernelModule> ordered)
    {
        if (_builtin.Contains(name) || !seen.Add(name))
        {
            return;
        }

        KernelModule module = Read(name);
        foreach (string dependency in module.Dependencies)
        {
            Visit(dependency, seen, ordered);
        }

        ordered.Add(module);
    }

    private KernelModule Read(string name)
    {
        if (!_read.TryGetValue(name, out KernelModule? module))
        {
            string path = _paths.GetValueOrDefault(name) ?? throw new InvalidOperationException($"{_directory} has no module {name}");
            string plain = path;
            if (path.EndsWith(".xz", StringComparison.Ordinal))
            {
                _ = Command.Output("xz", "--decompress", "--keep", path);
                plain = path[..^".xz".Length];
            }

            module = KernelModule.Parse(name, Path.GetRelativePath(_directory, plain), File.ReadAllBytes(plain));
            _read.Add(name, module);
        }

        return module;
    }

    // Files are spelt with either of - and _; names of modules have _ only.
    private static string NameOf(string path)
    {
        string file = Path.GetFileName(path);
        return file[..file.IndexOf(".ko", StringComparison.Ordinal)].Replace('-', '_');
    }
}
