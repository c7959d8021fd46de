using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Http.Usage;

/// <summary>Tells what was used.</summary>
internal sealed class UsageHandler(BooksGate gate, UsageReader usage, RouterModelSource models)
{
    /// <summary>Tells the programs that read CSV, which has no other place for it, where the next page begins.</summary>
    private const string NextHeader = "x-router-next";

    public async ValueTask HandleAsync(HttpContext http)
    {
        var view = await gate.FindAsync(http);
        var (query, baseline, isCsv) = ((UsageQuery?)null, (ModelPrice?)null, false);
        if ((view.Error ?? UsageQueryReader.Read(http.Request, usage, view.Key, out query) ?? ReadBaseline(http.Request, view, out baseline) ?? ReadForm(http.Request, out isCsv)) is { } error)
        {
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
            return;
        }

        var reading = await usage.ReadAsync(query!, http.RequestAborted);
        if (reading.Error is { } notNow)
        {
            await ErrorAnswer.WriteAsync(http.Response, notNow, http.RequestAborted);
            return;
        }

        var told = (Columns: new UsageColumns(query!, baseline), Page: reading.Page!);
        if (!isCsv)
        {
            await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, told, static (writer, found) => UsageDocument.Write(writer, found.Columns, found.Page));
            return;
        }

        if (told.Page.Next is { } next)
            http.Response.Headers[NextHeader] = next.ToString();
        await CsvAnswer.WriteAsync(http.Response, UsageDocument.WriteCsv(told.Columns, told.Page), http.RequestAborted);
    }

    private RouterError? ReadBaseline(HttpRequest request, BooksView view, out ModelPrice? baseline)
    {
        baseline = null;
        if (QueryParameters.Text(request, "baseline_model") is not { } name)
            return null;
        var router = models.Current;
        if (!router.ModelsByName.TryGetValue(name, out var model) || !view.MayKnow(router, name))
            return RouterError.InvalidRequest("'baseline_model' must be the name of a model of the configuration, which GET /v1/models lists; a route has no price of its own.", "baseline_model");
        baseline = model.Price;
        return null;
    }

    private static RouterError? ReadForm(HttpRequest request, out bool isCsv)
    {
        var format = QueryParameters.Text(request, "format");
        isCsv = format == "csv" || (format is null && CsvAnswer.IsWanted(request));
        return format is null or "csv" or "json" ? null : RouterError.InvalidRequest("'format' must be json or csv.", "format");
    }
}
