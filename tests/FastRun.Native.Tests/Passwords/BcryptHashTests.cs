using System.Text;
using FastRun.Native.Passwords;

namespace FastRun.Native.Tests.Passwords;

/// <summary>Vectors of OpenBSD's and Openwall's bcrypt (crypt_blowfish, wrapper.c).</summary>
public sealed class BcryptHashTests
{
    [Theory]
    [InlineData("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK")]
    [InlineData("", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy")]
    [InlineData("U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    public void Matches_KnownVector_OnlyThatPassword(string password, string text)
    {
        Assert.True(BcryptHash.TryParse(text, out BcryptHash? hash));

        Assert.True(hash!.Matches(Encoding.ASCII.GetBytes(password)));
        Assert.False(hash.Matches(Encoding.ASCII.GetBytes(password + "x")));
        Assert.False(hash.Matches(Encoding.ASCII.GetBytes(password + "\0")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("$apr1$abcdefgh$abcdefghijklmnopqrstuv")]
    [InlineData("$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjlO/O817G3uBnIFNjnQJuesI68OTLiBFdcbYEdFCoEOfaS35inz1")]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe")]
    [InlineData("$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    public void TryParse_SomethingElse_IsFalse(string text) => Assert.False(BcryptHash.TryParse(text, out _));
}
