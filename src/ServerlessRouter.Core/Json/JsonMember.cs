using System.Text.Json;

namespace ServerlessRouter.Json;

/// <summary>A member of a request's top-level object.</summary>
/// <param name="Name">The name as written, without its quotes (escapes are kept).</param>
/// <param name="Value">The raw value; strings with their quotes.</param>
/// <param name="Kind">The first token of the value.</param>
public readonly record struct JsonMember(JsonRange Name, JsonRange Value, JsonTokenType Kind)
{
    /// <summary>From the opening quote of the name to the end of the value.</summary>
    public JsonRange Whole => new(Name.Start - 1, Value.End - Name.Start + 1);
}
