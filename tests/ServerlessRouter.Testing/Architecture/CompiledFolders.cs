using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace ServerlessRouter.Testing.Architecture;

/// <summary>Which folders of the router, that is namespaces, the folders of a compiled assembly refer to: in signatures, in attributes and in the code of methods.</summary>
public sealed class CompiledFolders
{
    private const string Root = "ServerlessRouter";
    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!).ToDictionary(static code => code.Value & 0xffff, static code => code.OperandType);

    private readonly MetadataReader _metadata;
    private readonly PEReader _file;
    private readonly Collector _collector = new();
    private readonly SortedDictionary<string, SortedDictionary<string, SortedSet<string>>> _references = new(StringComparer.Ordinal);

    private CompiledFolders(PEReader file)
    {
        _file = file;
        _metadata = file.GetMetadataReader();
    }

    /// <summary>For each folder those it refers to, and the types that do. Folders are named without the root: <c>Routing.Rules</c>; the root itself has no name.</summary>
    public static IReadOnlyDictionary<string, SortedDictionary<string, SortedSet<string>>> Of(string assemblyPath)
    {
        using var file = new PEReader(File.OpenRead(assemblyPath));
        var folders = new CompiledFolders(file);
        foreach (var handle in folders._metadata.TypeDefinitions)
            folders.Visit(handle);
        return folders._references;
    }

    private void Visit(TypeDefinitionHandle handle)
    {
        var definition = _metadata.GetTypeDefinition(handle);
        var (folder, name) = Collector.Outermost(_metadata, handle);
        if (folder is null || name.StartsWith('<'))
            return;
        _collector.Found.Clear();
        Add(definition.BaseType);
        foreach (var implementation in definition.GetInterfaceImplementations())
            Add(_metadata.GetInterfaceImplementation(implementation).Interface);
        AddAttributes(definition.GetCustomAttributes());
        AddConstraints(definition.GetGenericParameters());
        foreach (var field in definition.GetFields().Select(_metadata.GetFieldDefinition))
        {
            field.DecodeSignature(_collector, null);
            AddAttributes(field.GetCustomAttributes());
        }

        foreach (var method in definition.GetMethods().Select(_metadata.GetMethodDefinition))
        {
            method.DecodeSignature(_collector, null);
            AddAttributes(method.GetCustomAttributes());
            AddConstraints(method.GetGenericParameters());
            if (method.RelativeVirtualAddress != 0)
                AddBody(_file.GetMethodBody(method.RelativeVirtualAddress));
        }

        if (!_references.TryGetValue(folder, out var targets))
            _references[folder] = targets = new(StringComparer.Ordinal);
        foreach (var target in _collector.Found.Where(target => target != folder))
        {
            if (!targets.TryGetValue(target, out var users))
                targets[target] = users = new(StringComparer.Ordinal);
            users.Add(name);
        }
    }

    private void AddBody(MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil)
            _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_collector, null);
        foreach (var region in body.ExceptionRegions)
            Add(region.CatchType);
        var code = body.GetILReader();
        while (code.RemainingBytes > 0)
        {
            int first = code.ReadByte();
            switch (Operands[first == 0xfe ? 0xfe00 | code.ReadByte() : first])
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.Offset += 1;
                    break;
                case OperandType.InlineVar:
                    code.Offset += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.Offset += 8;
                    break;
                case OperandType.InlineSwitch:
                    var cases = code.ReadInt32();
                    code.Offset += 4 * cases;
                    break;
                case OperandType.InlineTok or OperandType.InlineType or OperandType.InlineMethod or OperandType.InlineField:
                    Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                default:
                    code.Offset += 4;
                    break;
            }
        }
    }

    private void Add(EntityHandle handle)
    {
        if (handle.IsNil)
            return;
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                _collector.GetTypeFromDefinition(_metadata, (TypeDefinitionHandle)handle, 0);
                break;
            case HandleKind.TypeReference:
                _collector.GetTypeFromReference(_metadata, (TypeReferenceHandle)handle, 0);
                break;
            case HandleKind.TypeSpecification:
                _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(_collector, null);
                break;
            case HandleKind.FieldDefinition:
                var field = _metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                Add(field.GetDeclaringType());
                field.DecodeSignature(_collector, null);
                break;
            case HandleKind.MethodDefinition:
                var method = _metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                Add(method.GetDeclaringType());
                method.DecodeSignature(_collector, null);
                break;
            case HandleKind.MethodSpecification:
                var specification = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                Add(specification.Method);
                specification.DecodeSignature(_collector, null);
                break;
            case HandleKind.MemberReference:
                var member = _metadata.GetMemberReference((MemberReferenceHandle)handle);
                Add(member.Parent);
                if (member.GetKind() == MemberReferenceKind.Method)
                    member.DecodeMethodSignature(_collector, null);
                else
                    member.DecodeFieldSignature(_collector, null);
                break;
        }
    }

    private void AddAttributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes)
            Add(_metadata.GetCustomAttribute(attribute).Constructor);
    }

    private void AddConstraints(GenericParameterHandleCollection parameters)
    {
        foreach (var constraint in parameters.SelectMany(parameter => _metadata.GetGenericParameter(parameter).GetConstraints()))
            Add(_metadata.GetGenericParameterConstraint(constraint).Type);
    }

    /// <summary>Notes the folder of every type in a signature.</summary>
    private sealed class Collector : ISignatureTypeProvider<int, object?>
    {
        public HashSet<string> Found { get; } = [];

        /// <summary>The folder and the name of the type that holds this one; no folder when it is not the router's.</summary>
        public static (string? Folder, string Name) Outermost(MetadataReader reader, TypeDefinitionHandle handle)
        {
            var definition = reader.GetTypeDefinition(handle);
            while (!definition.GetDeclaringType().IsNil)
                definition = reader.GetTypeDefinition(definition.GetDeclaringType());
            return (FolderOf(reader.GetString(definition.Namespace)), reader.GetString(definition.Name));
        }

        public int GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => Add(Outermost(reader, handle).Folder);

        public int GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
        {
            var reference = reader.GetTypeReference(handle);
            while (reference.ResolutionScope.Kind == HandleKind.TypeReference)
                reference = reader.GetTypeReference((TypeReferenceHandle)reference.ResolutionScope);
            return Add(FolderOf(reader.GetString(reference.Namespace)));
        }

        public int GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public int GetArrayType(int elementType, ArrayShape shape) => 0;

        public int GetByReferenceType(int elementType) => 0;

        public int GetFunctionPointerType(MethodSignature<int> signature) => 0;

        public int GetGenericInstantiation(int genericType, ImmutableArray<int> typeArguments) => 0;

        public int GetGenericMethodParameter(object? genericContext, int index) => 0;

        public int GetGenericTypeParameter(object? genericContext, int index) => 0;

        public int GetModifiedType(int modifier, int unmodifiedType, bool isRequired) => 0;

        public int GetPinnedType(int elementType) => 0;

        public int GetPointerType(int elementType) => 0;

        public int GetPrimitiveType(PrimitiveTypeCode typeCode) => 0;

        public int GetSZArrayType(int elementType) => 0;

        private static string? FolderOf(string name) =>
            name == Root ? "" : name.StartsWith(Root + ".", StringComparison.Ordinal) ? name[(Root.Length + 1)..] : null;

        private int Add(string? folder)
        {
            if (folder is not null)
                Found.Add(folder);
            return 0;
        }
    }
}
