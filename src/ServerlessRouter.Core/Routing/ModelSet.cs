using ServerlessRouter.Configuration;

namespace ServerlessRouter.Routing;

/// <summary>A set of the models of one configuration, a bit for each.</summary>
internal readonly struct ModelSet(RouterModel router)
{
    private readonly ulong[] _words = new ulong[(router.Models.Length + 63) / 64];

    public bool Contains(LanguageModel model) => (_words[model.Index / 64] & Bit(model)) != 0;

    /// <summary>False when it was in the set already.</summary>
    public bool Add(LanguageModel model)
    {
        var isNew = !Contains(model);
        _words[model.Index / 64] |= Bit(model);
        return isNew;
    }

    private static ulong Bit(LanguageModel model) => 1UL << (model.Index % 64);
}
