using System.Collections.Generic;
using System.Linq;
using FlyMQ.Protocol.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FlyMQ.Protocol.Generator;

/// <summary>Turns a declared message (a class with attributes) into its model.</summary>
internal sealed class DeclarationReader
{
    private const string Requests = "ApiRequestAttribute", Responses = "ApiResponseAttribute";

    private readonly INamedTypeSymbol message;
    private readonly List<StructModel> structs = [];
    private readonly MessageKind kind;
    private string? error;

    private DeclarationReader(INamedTypeSymbol message, MessageKind kind)
    {
        this.message = message;
        this.kind = kind;
    }

    public static MessageModel Read(INamedTypeSymbol message, MessageKind kind) => new DeclarationReader(message, kind).Read();

    private MessageModel Read()
    {
        // A response has its request's versions: they are said once.
        var declared = kind == MessageKind.Response ? Pair("Response", "Request") : message;
        var attribute = declared?.GetAttributes().FirstOrDefault(a => a.AttributeClass?.Name is Requests or "WireDataAttribute");
        if (kind == MessageKind.Request && Pair("Request", "Response")?.GetAttributes().Any(a => a.AttributeClass?.Name == Responses) != true)
        {
            error = $"{message.Name} needs a class of the same name that ends with Response and has [ApiResponse]";
        }

        if (attribute is null || attribute.ConstructorArguments.Any(a => a.Kind == TypedConstantKind.Error))
        {
            return Failed($"{message.Name} needs a class of the same name that ends with Request and has [ApiRequest]");
        }

        var arguments = attribute.ConstructorArguments;
        var versions = kind == MessageKind.Data ? 0 : 1;
        var range = new Versions((short)arguments[versions].Value!, (short)arguments[versions + 1].Value!);
        var flexibleSince = Named(attribute, "FlexibleSince") is short since ? since : Versions.Never;
        ReadStruct(message, range);
        if (flexibleSince == Versions.Never && structs.SelectMany(s => s.Fields).Any(f => f.IsTagged))
        {
            error = $"{message.Name} has tagged fields but no flexible version";
        }

        return new MessageModel(
            message.ContainingNamespace.ToDisplayString(),
            kind,
            new(structs),
            range,
            flexibleSince,
            kind == MessageKind.Data ? "" : ApiKeyName(arguments[0]),
            kind == MessageKind.Data ? 0 : (short)arguments[0].Value!,
            Named(attribute, "NewestIsUnstable") is true,
            error);
    }

    private INamedTypeSymbol? Pair(string ending, string otherEnding) =>
        message.Name.EndsWith(ending, System.StringComparison.Ordinal)
            ? message.ContainingNamespace.GetTypeMembers(message.Name.Substring(0, message.Name.Length - ending.Length) + otherEnding).FirstOrDefault()
            : null;

    private MessageModel Failed(string reason) => new(
        message.ContainingNamespace.ToDisplayString(), kind, new([new StructModel(message.Name, Qualified(message), default)]), default, Versions.Never, "", 0, false, reason);

    private static string ApiKeyName(TypedConstant key) =>
        key.Type!.GetMembers().OfType<IFieldSymbol>().First(f => f.HasConstantValue && Equals(f.ConstantValue, key.Value)).Name;

    private static object? Named(AttributeData attribute, string name) =>
        attribute.NamedArguments.Where(a => a.Key == name).Select(a => a.Value.Value).FirstOrDefault();

    private void ReadStruct(INamedTypeSymbol type, Versions range)
    {
        var fullName = Qualified(type);
        if (structs.Any(s => s.FullName == fullName))
        {
            return;
        }

        // The place is taken before the fields are read, so that the message stays first.
        var place = structs.Count;
        structs.Add(new StructModel(type.Name, fullName, default));
        var fields = type.GetMembers().OfType<IPropertySymbol>()
            .Where(p => !p.IsStatic && !p.IsImplicitlyDeclared && p.SetMethod is not null)
            .Select(p => ReadField(p, range))
            .Where(f => f is not null)
            .ToArray();
        structs[place] = new StructModel(type.Name, fullName, new(fields!));
    }

    private FieldModel? ReadField(IPropertySymbol property, Versions range)
    {
        var type = property.Type;
        var isNullable = property.NullableAnnotation == NullableAnnotation.Annotated;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            type = nullable.TypeArguments[0];
        }

        var isList = type is INamedTypeSymbol { Name: "List", TypeArguments.Length: 1 };
        var value = isList ? ((INamedTypeSymbol)type).TypeArguments[0] : type;
        if (WireTypeOf(value) is not { } wireType)
        {
            error = $"{property.ContainingType.Name}.{property.Name}: {type.ToDisplayString()} has no form on the wire";
            return null;
        }

        var attributes = property.GetAttributes();
        var fieldRange = new Versions(Argument(attributes, "SinceAttribute") ?? range.From, Argument(attributes, "UntilAttribute") ?? range.To);
        var tag = Argument(attributes, "TagAttribute") ?? -1;
        if (wireType == WireType.Struct)
        {
            ReadStruct((INamedTypeSymbol)value, range);
        }

        return new FieldModel(
            property.Name,
            wireType,
            Qualified(value),
            isList,
            value.TypeKind == TypeKind.Enum,
            fieldRange,
            NullableSince(attributes, isNullable, isTaggedStruct: wireType == WireType.Struct && !isList && tag >= 0),
            tag,
            DefaultOf(property, isNullable, isList, wireType),
            attributes.Any(a => a.AttributeClass?.Name == "IgnorableAttribute"));
    }

    // A tagged struct that is null is not sent at all, which says nothing about null on the wire.
    private static int NullableSince(IEnumerable<AttributeData> attributes, bool isNullable, bool isTaggedStruct) =>
        isNullable ? Argument(attributes, "NullableSinceAttribute") ?? (isTaggedStruct ? Versions.Never : 0) : Versions.Never;

    private WireType? WireTypeOf(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_Boolean } => WireType.Boolean,
        { SpecialType: SpecialType.System_SByte } => WireType.Int8,
        { SpecialType: SpecialType.System_Int16 } => WireType.Int16,
        { SpecialType: SpecialType.System_UInt16 } => WireType.UInt16,
        { SpecialType: SpecialType.System_Int32 } => WireType.Int32,
        { SpecialType: SpecialType.System_Int64 } => WireType.Int64,
        { SpecialType: SpecialType.System_Double } => WireType.Float64,
        { SpecialType: SpecialType.System_String } => WireType.String,
        INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType: { } underlying } => WireTypeOf(underlying),
        IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Byte } => WireType.Bytes,
        { Name: "Guid" } => WireType.Uuid,
        { Name: "ReadOnlySequence" } => WireType.RecordsSlice,
        { Name: "IRecordsSource" } => WireType.RecordsSource,
        INamedTypeSymbol { TypeKind: TypeKind.Class } nested when SymbolEqualityComparer.Default.Equals(nested.ContainingType, message) => WireType.Struct,
        _ => null,
    };

    private static string DefaultOf(IPropertySymbol property, bool isNullable, bool isList, WireType type)
    {
        var syntax = property.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).OfType<PropertyDeclarationSyntax>().FirstOrDefault();
        var initializer = syntax?.Initializer?.Value;
        return initializer switch
        {
            not null => initializer.ToString(),
            null when isNullable => "null",
            null when isList || type is WireType.Bytes => "[]",
            _ => "default",
        };
    }

    private static int? Argument(IEnumerable<AttributeData> attributes, string name) =>
        attributes.FirstOrDefault(a => a.AttributeClass?.Name == name)?.ConstructorArguments[0].Value is short value ? value : null;

    private static string Qualified(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
}
