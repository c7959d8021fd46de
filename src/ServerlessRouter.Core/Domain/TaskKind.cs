namespace ServerlessRouter.Domain;

/// <summary>What kind of work a request asks for.</summary>
public enum TaskKind
{
    Code,
    Math,
    FactualQa,
    Reasoning,
    Creative,
    Summarization,
    Translation,

    /// <summary>Finding or answering something from a text that is given.</summary>
    Extraction,
    Classification,

    /// <summary>Small talk.</summary>
    Chat,
}
