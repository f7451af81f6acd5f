using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using FastRun.Engine.RuntimeSpec;
using FastRun.Engine.RuntimeSpec.Seccomp;
using FastRun.Native.Capabilities;

namespace FastRun.Engine.Tests.RuntimeSpec.Seccomp;

/// <summary>The kernel loads the programs and does what they say: a C program loads one and makes calls, also 32-bit ones.</summary>
public sealed class KernelTests
{
    /// <summary>Each line: a name and what the call came to. int 0x80 makes i386 calls from a 64-bit program.</summary>
    private const string Source = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <linux/filter.h>
        #include <linux/seccomp.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <sys/prctl.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        static void report(const char *name, long result) { printf("%s %ld\n", name, result < 0 && result > -4096 ? result : 0L); }
        static void try(const char *name, long nr, long a, long b, long c)
        {
            long result = syscall(nr, a, b, c, 0, 0, 0);
            report(name, result < 0 ? -errno : result);
        }
        #if defined(__x86_64__)
        static void try32(const char *name, int nr, int a, int b, int c)
        {
            int result;
            __asm__ volatile("int $0x80" : "=a"(result) : "a"(nr), "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
            report(name, result);
        }
        #endif
        int main(int argc, char **argv)
        {
            static struct sock_filter program[4096];
            FILE *file = fopen(argv[1], "rb");
            struct sock_fprog loaded = { .len = fread(program, 8, 4096, file), .filter = program };
            fclose(file);
            setvbuf(stdout, NULL, _IONBF, 0);
            if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &loaded))
                return perror("seccomp"), 1;
            try("getpid", SYS_getpid, 0, 0, 0);
            try("unshare", SYS_unshare, 0, 0, 0);
            try("clone_newns", SYS_clone, 0x20000 | 17, 0, 0);
            try("clone3", SYS_clone3, 0, 0, 0);
            try("socket_unix", SYS_socket, 1, 1, 0);
            try("socket_alg", SYS_socket, 38, 5, 0);
            try("socket_alg_high", SYS_socket, 0x100000026, 5, 0);
            try("socket_vsock", SYS_socket, 40, 1, 0);
            try("personality_query", SYS_personality, 0xffffffff, 0, 0);
            try("personality_no_randomize", SYS_personality, 0x40000, 0, 0);
            try("keyctl", SYS_keyctl, 0, 0, 0);
            try("io_uring_setup", 425, 1, 0, 0);
            try("newer", 600, 0, 0, 0);
        #if defined(__x86_64__)
            try32("getpid32", 20, 0, 0, 0);
            try32("socket32_alg", 359, 38, 5, 0);
            try32("socketcall_socket", 102, 1, 0, 0);
            try32("socketcall_shutdown", 102, 13, 0, 0);
            try32("unshare32", 310, 0, 0, 0);
            try32("newer32", 600, 0, 0, 0);
        #endif
            return 0;
        }
        """;

    [Fact]
    public async Task DefaultFilter_InTheKernel_DeniesAndAllows()
    {
        string output = await RunUnder(DefaultFilter.Program(SeccompHost.Current.Native).ToArray());

        // EPERM 1, ENOSYS 38; -14 is EFAULT and -9 EBADF: the call was made.
        Contains(output, "getpid 0", "unshare -1", "clone_newns -1", "clone3 -38", "socket_unix 0", "socket_alg -1");
        Contains(output, "socket_alg_high -1", "socket_vsock -1", "personality_query 0", "personality_no_randomize -1");
        Contains(output, "keyctl -1", "io_uring_setup -1", "newer -38");
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64 && !output.Contains("getpid32 -38", StringComparison.Ordinal))
        {
            Contains(output, "getpid32 0", "socket32_alg -1", "socketcall_socket -38", "unshare32 -1", "newer32 -38");
            Assert.Matches("socketcall_shutdown -(14|9)\n", output);
        }
    }

    [Fact]
    public async Task FilterOfAnAdministrator_InTheKernel_LetsNamespacesBe()
    {
        byte[] program = SeccompCompiler.Compile(
            DefaultSeccompProfile.For(SeccompHost.Current),
            SeccompHost.Current,
            DefaultCapabilities.Set.With(Capability.CAP_SYS_ADMIN),
            KernelVersion.OfThisHost);

        string output = await RunUnder(program);

        Contains(output, "unshare 0", "clone3 -22", "socket_alg -1", "keyctl -1");
    }

    private static void Contains(string output, params string[] lines)
    {
        foreach (string line in lines)
        {
            Assert.Contains("\n" + line + "\n", "\n" + output, StringComparison.Ordinal);
        }
    }

    private static async Task<string> RunUnder(byte[] program)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("fastrun-seccomp-");
        try
        {
            string executable = Path.Combine(directory.FullName, "try");
            string filter = Path.Combine(directory.FullName, "filter");
            await File.WriteAllBytesAsync(filter, program);
            await Run("gcc", ["-w", "-x", "c", "-o", executable, "-"], Source);
            return await Run(executable, [filter], "");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<string> Run(string file, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors + output);
        return output;
    }
}
