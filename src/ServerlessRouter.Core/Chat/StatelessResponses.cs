using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>
/// What goes up in the schema of responses so that the vendor keeps nothing, because the router keeps answers itself: <c>store: false</c>, and, where the caller left keeping to others, the wish for
/// sealed reasoning, without which a model's thinking would be lost with the turn.
/// </summary>
/// <param name="SealsReasoning">The model thinks; others refuse the wish.</param>
internal sealed record StatelessResponses(bool SealsReasoning)
{
    private static readonly byte[] False = [.. "false"u8];
    private static readonly byte[] Seal = [.. "\"reasoning.encrypted_content\""u8];
    private static readonly byte[] SealAlone = [.. "["u8, .. Seal, .. "]"u8];
    private static readonly byte[] SealFirst = [.. Seal, .. ","u8];
    private static readonly (byte[] Name, byte[] Whole) Store = ([.. "store"u8], [.. "\"store\":false"u8]);
    private static readonly (byte[] Name, byte[] Whole) Include = ([.. "include"u8], [.. "\"include\":"u8, .. SealAlone]);

    /// <summary>What it comes to for one request.</summary>
    public Wish Of(ReadOnlySpan<JsonMember> members, ReadOnlySpan<byte> bytes)
    {
        var (hasStore, hasInclude, isToldNotTo) = (false, false, false);
        foreach (var member in members)
        {
            var isStore = member.IsNamed(Store.Name, bytes);
            hasStore |= isStore;
            hasInclude |= member.IsNamed(Include.Name, bytes);
            isToldNotTo |= isStore && member.Kind == JsonTokenType.False;
        }

        var seals = SealsReasoning && !isToldNotTo;
        return new Wish(seals, !hasStore, seals && !hasInclude);
    }

    /// <param name="Seals">The wish for sealed reasoning belongs into <c>include</c>.</param>
    /// <param name="LacksStore">The request does not say whether it is to be kept.</param>
    /// <param name="LacksInclude">The wish is to be made, and has no place yet.</param>
    internal readonly record struct Wish(bool Seals, bool LacksStore, bool LacksInclude)
    {
        /// <summary>The members to add.</summary>
        public ReadOnlySpan<(byte[] Name, byte[] Whole)> Missing => (LacksStore, LacksInclude) switch
        {
            (true, true) => Both,
            (true, false) => Both.AsSpan(0, 1),
            (false, true) => Both.AsSpan(1),
            _ => [],
        };

        private static readonly (byte[] Name, byte[] Whole)[] Both = [Store, Include];

        /// <summary>Writes the value of a member that is not the caller's as it stands.</summary>
        public bool TryWrite(ReadOnlySpan<byte> name, in JsonMember member, ReadOnlySpan<byte> bytes, ChatRequestPatchBody body)
        {
            if (name.SequenceEqual(Store.Name) && member.Kind is JsonTokenType.True or JsonTokenType.Null)
                body.Insert(False);
            else if (Seals && name.SequenceEqual(Include.Name) && member.Kind == JsonTokenType.Null)
                body.Insert(SealAlone);
            else if (Seals && name.SequenceEqual(Include.Name) && member.Kind == JsonTokenType.StartArray && LacksSeal(member.Value.In(bytes)))
                WriteFirst(member, body);
            else
                return false;
            return true;
        }

        /// <summary>An empty list is a caller's word that nothing more is wanted.</summary>
        private static bool LacksSeal(ReadOnlySpan<byte> list) => list.IndexOf(Seal) < 0 && !list[1..^1].Trim(" \t\r\n"u8).IsEmpty;

        private static void WriteFirst(in JsonMember member, ChatRequestPatchBody body)
        {
            body.Copy(member.Value.Start, member.Value.Start + 1);
            body.Insert(SealFirst);
            body.Copy(member.Value.Start + 1, member.Value.End);
        }
    }
}
