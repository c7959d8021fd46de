using System.Text;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Rules;

/// <summary>A top-level parameter of the request has one of these values or lies in a range.</summary>
internal sealed class ParameterCondition : IRuleCondition
{
    public string Name => ConditionNames.Parameters;

    public bool Holds(ConditionModel condition, RequestContext context)
    {
        var bytes = context.Request.Bytes;
        foreach (var member in context.Request.Members)
        {
            if (!Ascii.Equals(member.Name.In(bytes), condition.Key))
                continue;
            var reader = RequestJson.ReadValue(context.Request, member);
            return JsonScalar.Matches(ref reader, condition);
        }

        return false;
    }
}
