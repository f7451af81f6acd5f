using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using FastRun.DockerApi.Images;
using FastRun.Engine.Build.Progress;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.DockerApi.Builds;

/// <summary>How a build gets on, in the words of Docker's classic builder.</summary>
/// <param name="messages">Takes them.</param>
/// <param name="quiet">Nothing but the image's id.</param>
internal sealed class ClassicMessages(ProgressMessages messages, bool quiet) : BuildObserver
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Decoder> _decoders = [];

    public override void Instruction(int number, int count, string text)
    {
        Stream(string.Create(CultureInfo.InvariantCulture, $"Step {number}/{count} : {text}"));
        Stream("\n");
    }

    /// <summary>The classic builder has no warnings.</summary>
    public override void Note(string text)
    {
    }

    public override void Failed(string place)
    {
    }

    /// <summary>The image is there.</summary>
    internal void Done(Digest id, IReadOnlyList<ImageReference> names)
    {
        if (quiet)
        {
            messages.Send(new JsonObject { ["stream"] = $"{id}\n" });
            return;
        }

        string shown = id.ShortHex;
        messages.Send(new JsonObject { ["stream"] = $" ---> {shown}\n" });
        messages.Send(new JsonObject { ["aux"] = new JsonObject { ["ID"] = id.ToString() } });
        messages.Send(new JsonObject { ["stream"] = $"Successfully built {shown}\n" });
        foreach (ImageReference name in names)
        {
            messages.Send(new JsonObject { ["stream"] = $"Successfully tagged {name.ToFamiliarString()}\n" });
        }
    }

    /// <summary>Says something as the builder itself.</summary>
    private void Stream(string text)
    {
        if (!quiet && text.Length > 0)
        {
            messages.Send(new JsonObject { ["stream"] = text });
        }
    }

    protected override void OnStarted(BuildVertex vertex)
    {
    }

    protected override void OnOutput(BuildVertex vertex, ReadOnlySpan<byte> text)
    {
        char[] decoded = new char[Encoding.UTF8.GetMaxCharCount(text.Length)];
        int length;
        lock (_gate)
        {
            // A letter may be divided between two pieces.
            if (!_decoders.TryGetValue(vertex.Number, out Decoder? decoder))
            {
                _decoders[vertex.Number] = decoder = Encoding.UTF8.GetDecoder();
            }

            length = decoder.GetChars(text, decoded, flush: false);
        }

        Stream(new string(decoded, 0, length));
    }

    protected override void OnStatus(BuildVertex vertex, string line)
    {
    }

    protected override void OnEnded(BuildVertex vertex)
    {
        lock (_gate)
        {
            _decoders.Remove(vertex.Number);
        }

        if (vertex.IsCached)
        {
            Stream(" ---> Using cache\n");
        }
    }
}
