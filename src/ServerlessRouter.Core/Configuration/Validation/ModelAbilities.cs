using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>What a model can do, from what is written and what that includes.</summary>
internal static class ModelAbilities
{
    public static Capabilities Of(ModelConfig model)
    {
        var written = Demanded(model.Capabilities.Entries().Select(static entry => entry.Value));
        if (written.HasFlag(Capabilities.JsonSchema))
            written |= Capabilities.JsonObject;
        // Vectors come whole.
        return model.Streaming == false || written.HasFlag(Capabilities.Embeddings) ? written & ~Capabilities.Streaming : written | Capabilities.Streaming;
    }

    public static Capabilities Demanded(IEnumerable<string> names)
    {
        var all = Capabilities.None;
        foreach (var name in names)
        {
            if (CapabilityNames.TryParse(name, out var capability))
                all |= capability;
        }

        return all;
    }
}
