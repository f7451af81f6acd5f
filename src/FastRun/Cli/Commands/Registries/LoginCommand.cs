using System.Collections.Generic;
using System.Text;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Errors;
using FastRun.Engine.Registries;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Authentication;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Cli.Commands.Registries;

/// <summary><c>fastrun login</c>.</summary>
internal sealed class LoginCommand : Command
{
    private const int MaxPassword = 64 * 1024;

    private string _username = "";
    private string _password = "";
    private bool _passwordStdin;

    internal override string Name => "login";

    internal override string Usage => "[OPTIONS] [SERVER]";

    internal override string Summary => "Log in to a registry; without a server to Docker Hub";

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() =>
    [
        new("username", 'u', "string", "Username", value => _username = value),
        new("password", 'p', "string", "Password or access token; others can see it in the list of processes", value => _password = value),
        Option.Switch("password-stdin", '\0', "Take the password or access token from standard input", value => _passwordStdin = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        if (_password.Length > 0)
        {
            Warn("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n");
        }

        if (_passwordStdin)
        {
            RequirePlainStdin();
            _password = ReadPassword();
        }

        RegistryServer server = RegistryLogin.Server(operands.Count == 0 ? null : operands[0]);
        CredentialStore store = CredentialStore.FromEnvironment();
        if (store.IsOverridden)
        {
            Warn($"WARNING! ${CredentialStore.InlineVariable} is set and is read before what a login keeps.\n");
        }

        var login = new RegistryLogin(store);
        RegistryCredential? existing = _username.Length == 0 && _password.Length == 0 ? login.Existing(server) : null;
        return existing is not null && TryExisting(login, server, existing, context.Output)
            ? 0
            : LogIn(login, server, existing?.Username, context.Output);
    }

    private void RequirePlainStdin()
    {
        if (_password.Length > 0)
        {
            throw new UsageException("conflicting options: cannot specify both --password and --password-stdin");
        }

        if (_username.Length == 0)
        {
            throw new UsageException("the --password-stdin option requires --username to be set");
        }
    }

    private static string ReadPassword()
    {
        byte[] input;
        try
        {
            input = FileContent.ReadAll(Fd.Borrow(0), MaxPassword);
        }
        catch (SyscallException e)
        {
            throw new EngineException(ErrorKind.InvalidArgument, $"standard input: read: {e.Errno.Describe()}", e);
        }

        string text = Encoding.UTF8.GetString(input);
        text = text.EndsWith('\n') ? text[..^1] : text;
        return text.EndsWith('\r') ? text[..^1] : text;
    }

    /// <summary>Tries what is kept already, as Docker does when neither user nor password is given.</summary>
    private static bool TryExisting(RegistryLogin login, RegistryServer server, RegistryCredential existing, OutputWriter output)
    {
        Warn($"Authenticating with existing credentials... [Username: {TerminalText.Escape(existing.Username)}]\n\n"
            + "To login with a different account, run 'fastrun logout' followed by 'fastrun login'\n\n");
        try
        {
            Report(login.LogIn(server, existing), output);
            return true;
        }
        catch (EngineException e) when (TerminalPrompt.IsPossible)
        {
            Warn($"Login did not succeed, error: {TerminalText.Escape(e.Message)}\n");
            return false;
        }
    }

    private int LogIn(RegistryLogin login, RegistryServer server, string? defaultUsername, OutputWriter output)
    {
        string username = _username.Trim();
        if ((username.Length == 0 || _password.Length == 0) && !_passwordStdin)
        {
            int signal = Ask(server, ref username, defaultUsername, output);
            if (signal != 0)
            {
                output.WriteLine("");
                return ExitCodes.OfSignal(signal);
            }
        }

        if (_password.Length == 0)
        {
            throw EngineException.Invalid($"{server.Host}: login: a password is required");
        }

        Report(login.LogIn(server, new RegistryCredential(username, _password)), output);
        return 0;
    }

    /// <summary>Asks for what was not given; returns the signal that ended it, or 0.</summary>
    private int Ask(RegistryServer server, ref string username, string? defaultUsername, OutputWriter output)
    {
        if (!TerminalPrompt.IsPossible)
        {
            throw new EngineException(
                ErrorKind.InvalidArgument,
                $"{server.Host}: login: cannot perform an interactive login from a non TTY device",
                hint: "give --username, and the password by --password-stdin");
        }

        var prompt = new TerminalPrompt(output);
        if (username.Length == 0)
        {
            if (server.IsDockerHub)
            {
                output.WriteLine("Log in with your Docker ID or email address, and your password or a personal access token.");
            }

            username = prompt.Ask(defaultUsername is null ? "Username: " : $"Username ({TerminalText.Escape(defaultUsername)}): ").Trim();
            username = username.Length == 0 ? defaultUsername ?? "" : username;
            if (username.Length == 0)
            {
                throw EngineException.Invalid($"{server.Host}: login: a username is required");
            }
        }

        if (_password.Length > 0)
        {
            return 0;
        }

        int signal = prompt.AskHidden("Password: ", out string? password);
        _password = password ?? "";
        return signal;
    }

    private static void Report(CredentialLocation location, OutputWriter output)
    {
        if (location.IsUnencrypted)
        {
            Warn($"\nWARNING! Your credentials are stored unencrypted in '{TerminalText.Escape(location.Path)}'.\n"
                + "Configure a credential helper to remove this warning. See\n"
                + "https://docs.docker.com/go/credential-store/\n\n");
        }

        output.WriteLine("Login Succeeded");
    }

    private static void Warn(string text) => ErrorReport.Write(text);
}
