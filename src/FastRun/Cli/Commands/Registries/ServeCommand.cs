using System;
using System.Collections.Generic;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Registries;
using FastRun.Http;
using FastRun.Layers.Hosting;
using FastRun.Layers.Hosting.Upstream;
using FastRun.RegistryApi;

namespace FastRun.Cli.Commands.Registries;

/// <summary><c>fastrun registry serve</c>.</summary>
internal sealed class ServeCommand : Command
{
    // docker stop and systemd's kin wait for ten before they kill.
    private static readonly TimeSpan s_lastRequests = TimeSpan.FromSeconds(8);

    private string _listen = "127.0.0.1:5000";
    private string? _users;
    private string? _certificate;
    private string? _key;
    private long? _maxBlob;
    private long? _maxSize;
    private string? _upstream;
    private TimeSpan? _tagLifetime;
    private string? _accessLog;
    private bool _local;
    private bool _allowDelete;
    private bool _allowPlain;

    internal override string Name => "registry serve";

    internal override string Usage => "[OPTIONS] {DIR | --local}";

    internal override string Summary => "Serve a directory, or this machine's images, as a registry (OCI distribution-spec 1.1) until a signal ends it";

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() =>
    [
        new("listen", '\0', "address", "Where to listen: ADDRESS:PORT, [ADDRESS]:PORT or :PORT for all interfaces; port 0 means one that is free (default 127.0.0.1:5000)", value => _listen = value),
        new("tls-cert", '\0', "file", "The server's certificate in PEM, then those of its authorities", value => _certificate = value),
        new("tls-key", '\0', "file", "The certificate's private key in PEM", value => _key = value),
        Option.Switch("allow-plain-http", '\0', "Without a certificate, listen also where others than this machine can see what is sent", value => _allowPlain = value),
        new("access-log", '\0', "file", "Add a line for each request to this file, or to standard output with -: the combined log format, then the seconds it took", value => _accessLog = value),
        new("htpasswd", '\0', "file", "Let only these users in: a file as 'htpasswd -B' writes it", value => _users = value),
        Option.Switch("allow-delete", '\0', "Let clients delete manifests, tags and blobs", value => _allowDelete = value),
        Option.Switch("local", '\0', "Serve the images of this machine, to be pulled only; their layers are plain tars", value => _local = value),
        new("mirror-of", '\0', "registry", "Be a pull-through cache before this registry, for example docker.io: fetch and keep what is asked for, take no pushes", value => _upstream = value),
        new("max-size", '\0', "bytes", "With --mirror-of, keep no more than this: what was not used for longest goes (default: no limit)", value => _maxSize = Values.UnlessZero(ByteSize.Parse(value))),
        new("tag-ttl", '\0', "duration", "With --mirror-of, ask anew what a tag means after this long (default 1m)", value => _tagLifetime = GoDuration.Parse(value)),
        new("max-blob-size", '\0', "bytes", "Refuse blobs that are larger (default: no limit)", value => _maxBlob = Values.UnlessZero(ByteSize.Parse(value))),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        IPEndPoint address = ListenAddress.Parse(_listen);
        if ((_certificate is null) != (_key is null))
        {
            throw new UsageException("--tls-cert and --tls-key need each other", UsageFault.Combination);
        }

        if (_local == (operands.Count == 1))
        {
            throw new UsageException("requires a directory, or --local without one", UsageFault.Operands);
        }

        if (_local && (_upstream is not null || _allowDelete || _maxBlob is not null))
        {
            throw new UsageException("--mirror-of, --allow-delete and --max-blob-size are not for --local", UsageFault.Combination);
        }

        if (_upstream is null && (_maxSize is not null || _tagLifetime is not null))
        {
            throw new UsageException("--max-size and --tag-ttl are for --mirror-of", UsageFault.Combination);
        }

        if (_upstream is not null && (_allowDelete || _maxBlob is not null))
        {
            throw new UsageException("--allow-delete and --max-blob-size are not for --mirror-of", UsageFault.Combination);
        }

        if (_certificate is null && !_allowPlain && !IPAddress.IsLoopback(address.Address))
        {
            throw new EngineException(
                ErrorKind.InvalidArgument,
                $"{_listen}: refused: others than this machine could read and change what is sent over plain HTTP",
                hint: "give a certificate with --tls-cert and --tls-key, or say --allow-plain-http");
        }

        HttpServerOptions options = new()
        {
            Endpoints = [address],
            Tls = _certificate is null ? null : ServerCertificate.Read(_certificate, _key!),
        };
        using HtpasswdFile? users = _users is null ? null : HtpasswdFile.Open(_users, Report);
        using AccessLog? log = _accessLog is null ? null : AccessLog.Open(_accessLog, Report);
        RegistryOptions rights = new() { Users = users, AllowDelete = _allowDelete, Report = Report, Log = log };
        if (_local)
        {
            ServeAsync(context, options, new RegistryApplication(new LocalImages(context.RequireLayout()), directory: null, rights))
                .GetAwaiter().GetResult();
            return 0;
        }

        if (_upstream is not null)
        {
            RegistryCacheOptions limits = new() { MaxSize = _maxSize, TagLifetime = _tagLifetime ?? new RegistryCacheOptions().TagLifetime };
            using RegistryCache cache = RegistryHosting.OpenCache(operands[0], _upstream, limits);
            ServeAsync(context, options, new RegistryApplication(cache, directory: null, rights)).GetAwaiter().GetResult();
            return 0;
        }

        using RegistryDirectory directory = RegistryHosting.OpenDirectory(operands[0], _maxBlob);
        ServeAsync(context, options, new RegistryApplication(directory, directory, rights)).GetAwaiter().GetResult();
        return 0;
    }

    private static void Report(string line) => ErrorReport.Failure(line);

    private static async Task ServeAsync(CommandContext context, HttpServerOptions options, RegistryApplication application)
    {
        // Requests wait for the disk on the threads that answer them.
        ThreadPool.SetMinThreads(Math.Max(32, 4 * Environment.ProcessorCount), 4);
        using TerminationSignal signal = new();
        await using HttpServer server = new(options, application.HandleAsync);
        await server.StartAsync();
        context.Output.WriteLine($"listening at {(options.Tls is null ? "http" : "https")}://{server.Endpoints[0]}");
        context.Output.Flush();
        await Task.Factory.StartNew(signal.Wait, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using CancellationTokenSource patience = new(s_lastRequests);
        await server.StopAsync(patience.Token);
    }
}
