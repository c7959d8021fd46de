using System.CommandLine;
using ServerlessRouter.Tools.Catalogue;

var prices = new Option<FileInfo>("--prices") { Description = "Prices: data_slim.json of pydantic/genai-prices, or what tools/catalogue/fetch-prices makes of its npm package.", Required = true };
var pricesState = new Option<string>("--prices-state") { Description = "What the prices are of, and their day: STATE@YYYY-MM-DD, for example npm-0.1.8@2026-09-23.", Required = true };
var models = new Option<FileInfo>("--models") { Description = "Models: the providers of models.dev in one JSON file.", Required = true };
var modelsState = new Option<string>("--models-state") { Description = "What the models are of, and their day: STATE@YYYY-MM-DD.", Required = true };
var date = new Option<string>("--date") { Description = "The day whose prices are taken, YYYY-MM-DD.", Required = true };
var output = new Option<FileInfo>("--out") { Description = "Where the catalogue goes.", DefaultValueFactory = static _ => new FileInfo("src/ServerlessRouter.Core/Configuration/Catalogue/catalogue.json") };
var command = new RootCommand("Makes the catalogue of models from public sources and lists what they disagree on. The same input makes the same file.")
{
    prices, pricesState, models, modelsState, date, output,
};
command.SetAction(parsed =>
{
    var sources = new Sources(
        PriceList.Read(parsed.GetRequiredValue(prices), parsed.GetRequiredValue(date)), SourceState.Parse(parsed.GetRequiredValue(pricesState)),
        ModelList.Read(parsed.GetRequiredValue(models)), SourceState.Parse(parsed.GetRequiredValue(modelsState)));
    var catalogue = new CatalogueMaker(sources, parsed.GetRequiredValue(date)).Make();
    File.WriteAllBytes(parsed.GetRequiredValue(output).FullName, catalogue.Text);
    parsed.InvocationConfiguration.Output.Write(Differences.Table(catalogue.Differences));
    parsed.InvocationConfiguration.Output.WriteLine($"{catalogue.Version}: {catalogue.Count} models, {catalogue.Text.Length:#,0} bytes, {catalogue.Differences.Count} differences");
});
return command.Parse(args).Invoke();
