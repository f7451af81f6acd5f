using System;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using FastRun.Native.Interop;

namespace FastRun.Native.Passwords;

/// <summary>A password's bcrypt hash in the form that crypt(5) and <c>htpasswd -B</c> write: <c>$2y$05$</c>, salt and hash.</summary>
public sealed class BcryptHash
{
    private const int Length = 60;
    private const int MostCost = 17;

    private readonly byte[] _text;

    private BcryptHash(byte[] text) => _text = text;

    /// <summary>Takes a text that is one; a cost above 17, which takes ten seconds, is refused.</summary>
    public static bool TryParse(string text, out BcryptHash? hash)
    {
        ArgumentNullException.ThrowIfNull(text);
        hash = null;
        if (text.Length != Length || text[0] != '$' || text[1] != '2' || text[2] is not ('a' or 'b' or 'y') || text[3] != '$' || text[6] != '$'
            || !int.TryParse(text.AsSpan(4, 2), NumberStyles.None, CultureInfo.InvariantCulture, out int cost) || cost is < 4 or > MostCost
            || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return false;
        }

        hash = new BcryptHash(Encoding.ASCII.GetBytes(text));
        return true;
    }

    /// <summary>Whether a password has this hash. Takes as long as its cost says, whatever the password is.</summary>
    public unsafe bool Matches(ReadOnlySpan<byte> password)
    {
        if (password.Contains((byte)0))
        {
            return false;
        }

        byte[] phrase = new byte[password.Length + 1];
        byte[] setting = new byte[_text.Length + 1];
        password.CopyTo(phrase);
        _text.CopyTo(setting, 0);
        void* data = NativeMemory.AllocZeroed(Crypt.CRYPT_DATA_SIZE);
        try
        {
            fixed (byte* word = phrase)
            fixed (byte* salt = setting)
            {
                byte* result = Crypt.crypt_rn(word, salt, data, Crypt.CRYPT_DATA_SIZE);
                return result is not null
                    && CryptographicOperations.FixedTimeEquals(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(result), _text);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(phrase);
            CryptographicOperations.ZeroMemory(new Span<byte>(data, Crypt.CRYPT_DATA_SIZE));
            NativeMemory.Free(data);
        }
    }
}
