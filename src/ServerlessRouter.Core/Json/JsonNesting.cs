using System.Runtime.CompilerServices;

namespace ServerlessRouter.Json;

/// <summary>Of each level of a JSON document whether what is around it is an object, without an allocation.</summary>
[InlineArray(MaxDepth / 64)]
internal struct JsonNesting
{
    /// <summary>Levels it has room for.</summary>
    public const int MaxDepth = 256;

    private ulong _first;

    public void Set(int depth, bool isObject)
    {
        ref var levels = ref this[depth >> 6];
        var level = 1UL << depth;
        levels = isObject ? levels | level : levels & ~level;
    }

    public readonly bool Get(int depth) => (this[depth >> 6] & (1UL << depth)) != 0;
}
