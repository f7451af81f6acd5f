using System;
using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Launch;

namespace FastRun.Engine.Networks.Cni;

/// <summary>
/// Runs a network's plugins for one container (CNI specification 1.0.0, sections 2 and 3): each a program of the host that gets its
/// configuration at its standard input and prints a result or an error. Its output and its time are bounded; it has none of the
/// caller's environment.
/// </summary>
internal sealed class CniRuntime
{
    private const int MostOutput = 1 << 20;
    private const int MostWords = 400;
    private const int Patience = 60_000;
    private const string SearchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static readonly string[] s_ownKeys = ["name", "cniVersion", "capabilities", "runtimeConfig", "prevResult"];

    private readonly CniRecord _record;
    private readonly Fd? _held;
    private readonly int _patience;

    /// <summary>For a container.</summary>
    /// <param name="record">The container, and what its plugins are told.</param>
    /// <param name="held">
    /// The lock on its record, which plugins inherit: as long as one of them runs, whoever started it, nobody begins to undo what it does.
    /// </param>
    /// <param name="patience">Milliseconds that a plugin may take.</param>
    /// <exception cref="EngineException">The network's file is malformed.</exception>
    internal CniRuntime(CniRecord record, Fd? held, int patience = Patience)
    {
        (_record, _held, _patience) = (record, held, patience);
        Network = CniNetwork.Parse(record.Network, "the record of a CNI network");
    }

    /// <summary>The network.</summary>
    internal CniNetwork Network { get; }

    /// <summary>Adds the container: each plugin gets the result of the one before.</summary>
    /// <param name="networkNamespace">The path of its network namespace.</param>
    /// <param name="progress">Told what there is so far, after each plugin.</param>
    /// <exception cref="EngineException">A plugin is missing or failed. What was done is to be undone by <see cref="Delete"/>.</exception>
    internal CniResult Add(string networkNamespace, Action<CniResult> progress)
    {
        CniResult? result = null;
        foreach (CniPlugin plugin in Network.Plugins)
        {
            byte[] output = Run(plugin, "ADD", networkNamespace, result?.Source);
            result = CniResult.TryParse(output, _record.Interface) ?? throw Failed(plugin, "ADD", "its answer is no result");
            progress(result);
        }

        return result!;
    }

    /// <summary>Takes the container out: the plugins in the reverse order, all of them whatever the others say.</summary>
    /// <param name="networkNamespace">The path of its network namespace; empty where that is gone.</param>
    /// <param name="result">What <see cref="Add"/> came to; null where it did not come that far.</param>
    /// <exception cref="EngineException">A plugin is missing or failed: it is to be tried again.</exception>
    internal void Delete(string networkNamespace, byte[]? result)
    {
        EngineException? first = null;
        for (int i = Network.Plugins.Count - 1; i >= 0; i--)
        {
            try
            {
                Run(Network.Plugins[i], "DEL", networkNamespace, Network.DeletesWithResult ? result : null);
            }
            catch (EngineException exception)
            {
                first ??= exception;
            }
        }

        if (first is not null)
        {
            throw first;
        }
    }

    private byte[] Run(CniPlugin plugin, string command, string networkNamespace, byte[]? previous)
    {
        string path = CniSettings.FindPlugin(_record.PluginDirectories, plugin.Type);
        string[] environment =
        [
            SearchPath,
            "CNI_COMMAND=" + command,
            "CNI_CONTAINERID=" + _record.ContainerId,
            "CNI_NETNS=" + networkNamespace,
            "CNI_IFNAME=" + _record.Interface,
            "CNI_PATH=" + string.Join(':', _record.PluginDirectories),
        ];
        ProgramOutput answer;
        try
        {
            answer = ProgramRun.Run(
                path, [], Input(plugin, previous), MostOutput, _patience, new ProgramSurroundings(environment, _held));
        }
        catch (SyscallException exception)
        {
            throw Failed(plugin, command, exception.Errno switch
            {
                Errno.ETIMEDOUT => string.Create(CultureInfo.InvariantCulture, $"no answer after {_patience / 1000} s"),
                Errno.EFBIG => "its answer is larger than 1 MiB",
                _ => exception.Errno.Describe(),
            });
        }

        return answer.Status.Code == 0 ? answer.Output.ToArray() : throw Failed(plugin, command, Message(answer));
    }

    /// <summary>What a plugin is given: its part of the list, with the network's name and what it can be told.</summary>
    private byte[] Input(CniPlugin plugin, byte[]? previous)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter writer = new(text))
        {
            writer.WriteStartObject();
            writer.WriteString("cniVersion", Network.Version);
            writer.WriteString("name", Network.Name);
            foreach (JsonProperty property in plugin.Configuration.EnumerateObject())
            {
                if (Array.IndexOf(s_ownKeys, property.Name) < 0)
                {
                    property.WriteTo(writer);
                }
            }

            using JsonDocument runtime = JsonDocument.Parse(_record.RuntimeConfiguration);
            bool isBegun = false;
            foreach (JsonProperty argument in runtime.RootElement.EnumerateObject())
            {
                if (!plugin.Capabilities.Contains(argument.Name))
                {
                    continue;
                }

                if (!isBegun)
                {
                    writer.WriteStartObject("runtimeConfig");
                    isBegun = true;
                }

                argument.WriteTo(writer);
            }

            if (isBegun)
            {
                writer.WriteEndObject();
            }

            if (previous is not null)
            {
                writer.WritePropertyName("prevResult");
                writer.WriteRawValue(previous);
            }

            writer.WriteEndObject();
        }

        return text.WrittenSpan.ToArray();
    }

    private EngineException Failed(CniPlugin plugin, string command, string why) =>
        new(ErrorKind.Internal, $"network cni:{Network.Name}: plugin {plugin.Type}: {command}: {why}");

    /// <summary>What its error says, in one line; a plugin that says nothing is named by its exit code.</summary>
    private static string Message(ProgramOutput answer)
    {
        string message = "";
        try
        {
            using JsonDocument document = JsonDocument.Parse(answer.Output);
            foreach (string key in new[] { "msg", "details" })
            {
                if (document.RootElement.ValueKind == JsonValueKind.Object
                    && document.RootElement.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String
                    && value.GetString() is { Length: > 0 } words)
                {
                    message += message.Length > 0 ? ": " + words : words;
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            message = "";
        }

        if (message.Length == 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"exit code {answer.Status.Code}");
        }

        StringBuilder line = new();
        foreach (char c in message)
        {
            if (line.Length < MostWords)
            {
                line.Append(char.IsControl(c) ? ' ' : c);
            }
        }

        return line.ToString().Trim();
    }
}
