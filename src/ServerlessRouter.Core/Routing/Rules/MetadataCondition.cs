using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Rules;

/// <summary>A member of the request's <c>metadata</c> object has one of these values or lies in a range.</summary>
internal sealed class MetadataCondition : IRuleCondition
{
    public string Name => ConditionNames.Metadata;

    public bool Holds(ConditionModel condition, RequestContext context)
    {
        if (!context.Request.TryGetMember("metadata"u8, out var metadata) || metadata.Kind != JsonTokenType.StartObject)
            return false;

        var reader = RequestJson.ReadValue(context.Request, metadata);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKey = JsonScalar.IsText(ref reader, condition.Key);
            reader.Read();
            if (isKey)
                return JsonScalar.Matches(ref reader, condition);
            reader.Skip();
        }

        return false;
    }
}
