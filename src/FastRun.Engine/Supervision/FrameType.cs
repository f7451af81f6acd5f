namespace FastRun.Engine.Supervision;

/// <summary>
/// What a frame between a supervisor and a client carries. The first three, and the header of a frame, are those of Docker's
/// multiplexed streams (Engine API, ContainerAttach).
/// </summary>
internal enum FrameType : byte
{
    /// <summary>To the container's standard input.</summary>
    Stdin = 0,

    /// <summary>From its standard output, or its terminal.</summary>
    Stdout = 1,

    /// <summary>From its standard error.</summary>
    Stderr = 2,

    /// <summary>A client says which streams it wants: one byte of <see cref="AttachStreams"/>.</summary>
    Hello = 16,

    /// <summary>A client's input has ended.</summary>
    StdinEnd = 17,

    /// <summary>A client's terminal has this size: rows and columns, 16 bits each.</summary>
    Resize = 18,

    /// <summary>A signal for the container: one byte.</summary>
    Signal = 19,

    /// <summary>The container runs: a line for each thing that the user should know of the host.</summary>
    Started = 20,

    /// <summary>It could not be started: a byte of <see cref="Errors.ErrorKind"/>, the message, and behind a NUL the hint.</summary>
    Failed = 21,

    /// <summary>It has ended: its exit code, 32 bits.</summary>
    Exited = 22,

    /// <summary>A client leaves on purpose: without this word, what goes with its caller ends.</summary>
    Detach = 23,

    /// <summary>A piece of what a process is to be; an empty one is the end.</summary>
    Request = 24,

    /// <summary>The container is to be connected to a network: <see cref="Networks.EndpointRequestFormat"/>.</summary>
    Connect = 25,

    /// <summary>The container is to leave a network: its id.</summary>
    Disconnect = 26,

    /// <summary>What was asked for is done: a line for each thing that the user should know of the host.</summary>
    Done = 27,

    /// <summary>The container's record has another name: those who find it by its name are to know.</summary>
    Rename = 28,

    /// <summary>The container is to lose a link to another one: its alias.</summary>
    Unlink = 30,

    /// <summary>The process that a holder of one has started: its number, 32 bits.</summary>
    Process = 29,
}
