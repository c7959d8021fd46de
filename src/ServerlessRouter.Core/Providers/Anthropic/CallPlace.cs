namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Where a call stands in the caller's messages; written out only where it is read. A negative <paramref name="Call"/> is the old <c>function_call</c>.</summary>
internal readonly record struct CallPlace(int Message, int Call)
{
    public override string ToString() => Call < 0 ? $"messages[{Message}].function_call" : $"messages[{Message}].tool_calls[{Call}].function";
}
