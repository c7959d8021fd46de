using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Http.Jobs;

/// <summary>Which part of a list is asked for: OpenAI's <c>after</c>, <c>limit</c> and <c>order</c>.</summary>
internal sealed record PageQuery(string? After, int Limit, JobListOrder Order)
{
    private static readonly string[] Names = ["after", "limit", "order"];

    public static RouterError? Read(HttpRequest request, int defaultLimit, int maxLimit, out PageQuery page)
    {
        page = new PageQuery(null, defaultLimit, JobListOrder.NewestFirst);
        if (Names.FirstOrDefault(name => request.Query[name].Count > 1) is { } twice)
            return RouterError.InvalidRequest($"'{twice}' is there more than once.", twice);
        if (request.Query["after"] is [{ Length: > 0 } after])
            page = page with { After = after };
        if (request.Query["limit"] is [{ Length: > 0 } written])
        {
            if (!int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit < 1 || limit > maxLimit)
                return RouterError.InvalidRequest($"'limit' must be a whole number from 1 to {maxLimit}.", "limit");
            page = page with { Limit = limit };
        }

        if (request.Query["order"] is [{ Length: > 0 } order])
        {
            if (order is not ("asc" or "desc"))
                return RouterError.InvalidRequest("'order' must be asc or desc.", "order");
            page = page with { Order = order == "asc" ? JobListOrder.OldestFirst : JobListOrder.NewestFirst };
        }

        return null;
    }
}
