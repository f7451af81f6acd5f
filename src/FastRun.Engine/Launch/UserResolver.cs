using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Roots;
using FastRun.Native;

namespace FastRun.Engine.Launch;

/// <summary>
/// Turns <c>user[:group]</c> into numbers with the image's passwd(5) and group(5), as Docker does: a name must be there,
/// a number need not be; without a group the user's own and those that list it apply.
/// </summary>
internal static class UserResolver
{
    private const int FileLimit = 8 * 1024 * 1024;

    /// <summary>NGROUPS_MAX of linux/limits.h: setgroups(2) takes no more.</summary>
    private const int MostGroups = 65536;

    /// <summary>Resolves the user of a container.</summary>
    /// <param name="root">The container's root.</param>
    /// <param name="user">The user as asked for; empty for root.</param>
    /// <param name="more">Groups that it is in besides, by name or number.</param>
    /// <exception cref="EngineException">A name is not there, or a number is out of range.</exception>
    internal static ProcessIdentity Resolve(Fd root, string user, params IReadOnlyList<string> more)
    {
        int colon = user.IndexOf(':', StringComparison.Ordinal);
        string userPart = colon < 0 ? user : user[..colon];
        string groupPart = colon < 0 ? "" : user[(colon + 1)..];
        string wanted = userPart.Length == 0 ? "0" : userPart;

        string passwd = Read(root, "/etc/passwd");
        bool isNumber = TryParseId(wanted, out uint uid);
        uint gid = 0;
        string name = "";
        string home = "/";
        bool found = false;
        foreach (ReadOnlySpan<char> line in passwd.AsSpan().EnumerateLines())
        {
            // name:password:uid:gid:gecos:home:shell
            if (TryField(line, 0, out ReadOnlySpan<char> entryName)
                && TryField(line, 2, out ReadOnlySpan<char> uidField) && TryParseId(uidField, out uint entryUid)
                && TryField(line, 3, out ReadOnlySpan<char> gidField) && TryParseId(gidField, out uint entryGid)
                && (entryName.SequenceEqual(wanted) || (isNumber && entryUid == uid)))
            {
                found = true;
                uid = entryUid;
                gid = entryGid;
                name = entryName.ToString();
                home = TryField(line, 5, out ReadOnlySpan<char> homeField) && homeField.Length > 0 ? homeField.ToString() : "/";
                break;
            }
        }

        if (!found && !isNumber)
        {
            throw IsAllDigits(wanted)
                ? new EngineException(ErrorKind.InvalidArgument, "uids and gids must be in range 0-2147483647")
                : new EngineException(
                    ErrorKind.InvalidArgument, $"unable to find user {wanted}: no matching entries in passwd file");
        }

        List<uint> groups;
        if (groupPart.Length > 0)
        {
            gid = ResolveGroup(root, groupPart);
            groups = [gid];
        }
        else
        {
            groups = SupplementaryGroups(root, name, gid);
        }

        foreach (string group in more)
        {
            uint added = ResolveGroup(root, group);
            if (!groups.Contains(added))
            {
                groups.Add(added);
            }
        }

        return new ProcessIdentity(uid, gid, groups, home);
    }

    private static uint ResolveGroup(Fd root, string group)
    {
        bool isNumber = TryParseId(group, out uint gid);
        foreach (ReadOnlySpan<char> line in Read(root, "/etc/group").AsSpan().EnumerateLines())
        {
            if (TryField(line, 0, out ReadOnlySpan<char> name) && name.SequenceEqual(group)
                && TryField(line, 2, out ReadOnlySpan<char> field) && TryParseId(field, out uint entry))
            {
                return entry;
            }
        }

        if (isNumber)
        {
            return gid;
        }

        throw IsAllDigits(group)
            ? new EngineException(ErrorKind.InvalidArgument, "uids and gids must be in range 0-2147483647")
            : new EngineException(
                ErrorKind.InvalidArgument, $"unable to find group {group}: no matching entries in group file");
    }

    /// <summary>
    /// The groups of a user, the primary one among them: who changes to another group with a program that has the setgid bit must not
    /// lose the one that a file's permissions may be denied to (CVE-2022-36109).
    /// </summary>
    private static List<uint> SupplementaryGroups(Fd root, string user, uint primary)
    {
        List<uint> groups = [primary];
        if (user.Length == 0)
        {
            return groups;
        }

        foreach (ReadOnlySpan<char> line in Read(root, "/etc/group").AsSpan().EnumerateLines())
        {
            // name:password:gid:member,member
            if (TryField(line, 3, out ReadOnlySpan<char> members) && TryField(line, 2, out ReadOnlySpan<char> field)
                && TryParseId(field, out uint gid) && !groups.Contains(gid) && HasMember(members, user))
            {
                groups.Add(gid);
                if (groups.Count > MostGroups)
                {
                    throw new EngineException(
                        ErrorKind.CorruptContent, $"/etc/group in the image: user {user} is in more than {MostGroups} groups");
                }
            }
        }

        return groups;
    }

    private static bool HasMember(ReadOnlySpan<char> members, string user)
    {
        foreach (Range range in members.Split(','))
        {
            if (members[range].Trim().SequenceEqual(user))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryField(ReadOnlySpan<char> line, int index, out ReadOnlySpan<char> field)
    {
        int current = 0;
        foreach (Range range in line.Split(':'))
        {
            if (current++ == index)
            {
                field = line[range].Trim();
                return true;
            }
        }

        field = default;
        return false;
    }

    // Docker's range: what fits a signed 32-bit integer, so that nothing wraps around to root.
    private static bool TryParseId(ReadOnlySpan<char> text, out uint id) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id <= int.MaxValue;

    private static bool IsAllDigits(string text) => !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    private static string Read(Fd root, string path) =>
        RootTree.TryReadFile(root, path, FileLimit) is { } bytes ? Encoding.UTF8.GetString(bytes) : "";
}
