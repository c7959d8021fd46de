using System.Globalization;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Testing.Models;

namespace ServerlessRouter.Benchmarks;

/// <summary>Configurations with a route <see cref="Auto"/> that chooses between three models: a cheap, a middling and a strong one.</summary>
internal static class SampleRouter
{
    /// <summary>Chooses between three models, whatever else is configured.</summary>
    public const string Auto = "auto";

    /// <summary>Chooses between all models.</summary>
    public const string Everything = "everything";

    public static RouterModel OfModels(int models, int deployments = 2)
    {
        var names = Enumerable.Range(0, models).Select(static place => "model-" + place.ToString(CultureInfo.InvariantCulture)).ToArray();
        var router = new RouterBuilder();
        for (var place = 0; place < models; place++)
        {
            var strength = place % 3;
            router.Model(names[place], model => Describe(model, strength, deployments));
        }

        return router
            .Route(Auto, route => route.Candidates(names[..3]).Prefer(ObjectiveNames.Cost, minimumQuality: 0.6))
            .Route(Everything, route => route.Candidates(names).Prefer(ObjectiveNames.Cost, minimumQuality: 0.6))
            .Build();
    }

    private static void Describe(LanguageModelBuilder model, int strength, int deployments)
    {
        model.Quality(0.5f + (0.2f * strength)).Quality(TaskKind.Code, 0.4f + (0.25f * strength)).Price(0.2m + strength, 0.8m + (4 * strength));
        for (var place = 0; place < deployments; place++)
            model.At("provider-" + place.ToString(CultureInfo.InvariantCulture));
    }
}
