namespace ServerlessRouter.Testing.VendorErrors;

/// <summary>Every example of a vendor's error.</summary>
public static class VendorErrorExamples
{
    public static IReadOnlyList<VendorErrorExample> All { get; } =
    [
        .. CredentialExamples.All, .. GoneExamples.All, .. LengthExamples.All, .. FilterExamples.All, .. OtherExamples.Credit, .. OtherExamples.Capacity,
        .. OtherExamples.Unfit, .. OtherExamples.Caller, .. OtherExamples.Undocumented,
    ];
}
