using System;
using System.IO;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading;

namespace FastRun.Layers.Registry.Http;

/// <summary>What the network did, in our words: the runtime's own messages are not in the binary.</summary>
internal static class TransportFault
{
    /// <summary>Whether an exception is one that sending a request or reading a response may end in.</summary>
    internal static bool Is(Exception exception) =>
        exception is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException;

    /// <summary>The failure as one that names what was asked for and whom.</summary>
    /// <param name="subject">What was asked for.</param>
    /// <param name="server">Whom: a scheme and an authority.</param>
    /// <param name="exception">What came instead.</param>
    /// <param name="stop">Whether the pull was given up: then that is what happened.</param>
    internal static RegistryException Describe(string subject, string server, Exception exception, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is RegistryException refused)
            {
                return new RegistryException(refused.Kind, $"{subject}: {server}: {refused.Message}", exception)
                {
                    IsConnectionFailure = refused.IsConnectionFailure,
                };
            }
        }

        (string what, bool isTransient, bool isConnection) = Explain(exception);
        return new RegistryException(RegistryErrorKind.Unavailable, $"{subject}: {server}: {what}", exception)
        {
            IsTransient = isTransient,
            IsConnectionFailure = isConnection,
        };
    }

    private static (string What, bool IsTransient, bool IsConnection) Explain(Exception exception)
    {
        HttpRequestError error = exception switch
        {
            HttpRequestException request => request.HttpRequestError,
            HttpIOException body => body.HttpRequestError,
            _ => HttpRequestError.Unknown,
        };
        bool isConnection = error is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case StalledException stalled:
                    return (stalled.Message, true, false);
                case SocketException socket:
                    return Explain(socket.SocketErrorCode, isConnection);
                case TimeoutException or OperationCanceledException:
                    return ("connection timed out", false, true);
                case AuthenticationException:
                    return ("the TLS handshake failed", false, true);
            }
        }

        return error switch
        {
            HttpRequestError.NameResolutionError => ("no such host", false, true),
            HttpRequestError.ConnectionError => ("cannot connect", false, true),
            HttpRequestError.SecureConnectionError => ("the TLS handshake failed", false, true),
            HttpRequestError.ProxyTunnelError => ("the proxy refuses to connect", false, true),
            HttpRequestError.InvalidResponse => ("the answer is not HTTP", false, false),
            HttpRequestError.ConfigurationLimitExceeded => ("the answer's header is too large", false, false),
            HttpRequestError.UserAuthenticationError => ("the proxy wants other credentials", false, true),
            _ => ("the connection broke", true, false),
        };
    }

    private static (string What, bool IsTransient, bool IsConnection) Explain(SocketError error, bool isConnection) =>
        error switch
        {
            SocketError.ConnectionRefused => ("connection refused", false, true),
            SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown =>
                ("connection reset", true, isConnection),
            SocketError.TimedOut => ("connection timed out", !isConnection, isConnection),
            SocketError.HostNotFound or SocketError.NoData => ("no such host", false, true),
            SocketError.TryAgain => ("the name cannot be resolved now", true, true),
            SocketError.HostUnreachable or SocketError.HostDown => ("no route to host", false, true),
            SocketError.NetworkUnreachable or SocketError.NetworkDown => ("network is unreachable", false, true),
            SocketError.AccessDenied => ("permission denied", false, true),
            SocketError.TooManyOpenSockets => ("too many open files", false, true),
            _ => ("the connection broke", !isConnection, isConnection),
        };
}
