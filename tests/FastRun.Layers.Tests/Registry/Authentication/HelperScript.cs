using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace FastRun.Layers.Tests.Registry.Authentication;

/// <summary>A credential helper for tests: keeps documents in files beside itself, and notes each call.</summary>
internal sealed class HelperScript
{
    /// <summary>Behaves as the Docker project's helpers do, in the words of their protocol.</summary>
    private const string Store = """
        #!/bin/sh
        here=$(dirname "$0")
        document=$(cat)
        echo "$1 $document" >> "$here/calls"
        file() { echo "$here/kept-$(printf %s "$1" | tr / _)"; }
        case $1 in
        get)
          if ! [ -e "$(file "$document")" ]; then echo "credentials not found in native keychain"; exit 1; fi
          cat "$(file "$document")" ;;
        store)
          server=$(printf %s "$document" | sed 's/.*"ServerURL":"\([^"]*\)".*/\1/')
          printf %s "$document" > "$(file "$server")" ;;
        erase) rm -f "$(file "$document")" ;;
        esac
        """;

    private readonly string _directory;

    /// <summary>Installs the helper <c>docker-credential-NAME</c> in a directory.</summary>
    internal HelperScript(string directory, string name, string script = Store)
    {
        _directory = Directory.CreateDirectory(directory).FullName;
        string source = Path.Combine(directory, name + ".source");
        File.WriteAllText(source, script);

        // Not written by this process: a child that another test starts at that moment would keep it open for writing,
        // and a file that is open for writing cannot be executed.
        TestCommand.Run("install", "-m", "755", source, Path.Combine(directory, "docker-credential-" + name));
    }

    /// <summary>A search path with the helper in it.</summary>
    internal string SearchPath => _directory + ":/usr/bin:/bin";

    /// <summary>What it was asked so far.</summary>
    internal IReadOnlyList<string> Calls
    {
        get
        {
            string calls = Path.Combine(_directory, "calls");
            return File.Exists(calls) ? File.ReadLines(calls).ToList() : [];
        }
    }
}
