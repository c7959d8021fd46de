namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks one concern of a configuration whose shape fits.</summary>
internal interface IConfigValidator
{
    void Validate(ValidationContext context);
}
