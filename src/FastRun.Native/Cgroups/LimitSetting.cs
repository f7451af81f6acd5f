namespace FastRun.Native.Cgroups;

/// <summary>One control file to be written for a limit.</summary>
/// <param name="Limit">What it limits, to stand after "this host cannot limit".</param>
/// <param name="File">The control file.</param>
/// <param name="Value">What is written.</param>
/// <param name="Alternative">The file that takes the same limit where <paramref name="File"/> does not exist.</param>
/// <param name="AlternativeValue">What is written to the alternative.</param>
/// <param name="Optional">Nobody asked for it in so many words: a host without the file does without.</param>
internal sealed record LimitSetting(
    string Limit,
    string File,
    string Value,
    string? Alternative = null,
    string? AlternativeValue = null,
    bool Optional = false)
{
    /// <summary>Writes it to a group.</summary>
    /// <exception cref="CgroupUnsupportedException">The kernel does not have the file.</exception>
    /// <exception cref="SyscallException">The kernel refuses the value.</exception>
    internal void Apply(CgroupDirectory group)
    {
        Errno errno = group.TryWrite(File, Value);
        string file = File;
        string value = Value;
        if (errno == Errno.ENOENT && Alternative is not null)
        {
            file = Alternative;
            value = AlternativeValue ?? Value;
            errno = group.TryWrite(file, value);
        }

        if (errno == Errno.None || (Optional && errno is Errno.ENOENT or Errno.EOPNOTSUPP))
        {
            return;
        }

        throw errno is Errno.ENOENT or Errno.EOPNOTSUPP
            ? new CgroupUnsupportedException($"limit {Limit}", $"its kernel has no {File}")
            : new SyscallException("write", errno, $"'{value}' to {group.Join(file)}");
    }
}
