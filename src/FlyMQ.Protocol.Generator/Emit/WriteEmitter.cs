using System.Linq;
using FlyMQ.Protocol.Generator.Model;

namespace FlyMQ.Protocol.Generator.Emit;

/// <summary>The method that puts a struct on the wire.</summary>
internal sealed class WriteEmitter(CodeWriter code, MessageModel message, StructModel type)
{
    private readonly SizeEmitter size = new(code, message, type);

    public void Emit(string visibility) => code.Block($"{visibility} void Write(ref WireWriter writer, short version)", () =>
    {
        if (type == message.Root)
        {
            code.Line("Versions.Require(version);");
        }

        code.DeclareFlexible(message);
        Refusals();
        foreach (var field in type.Fields.Where(f => !f.IsTagged))
        {
            code.If(message.Has(field), () => Field(field));
        }

        if (message.HasFlexible())
        {
            code.If(message.FlexibleCondition(), Tags);
        }
    });

    /// <summary>A tagged field is written when it does not hold its default.</summary>
    public static string IsWritten(MessageModel message, FieldModel field) =>
        Conditions.And(message.FlexibleSince >= field.Range.From ? null : message.Has(field), $"!({field.IsDefault()})")!;

    public static string NullableForm(FieldModel field) => field.IsNullable ? $"Nullable{field.Type}" : $"{field.Type}";

    /// <summary>The value to write; in a version where it must not be null, an unset one is written as empty.</summary>
    public static string Writable(FieldModel field)
    {
        var empty = field.Type == WireType.String ? "\"\"" : "[]";
        return field.IsNullable && field.MayBeNull() is { } condition ? $"{field.Name} ?? ({condition} ? null : {empty})" : field.Name;
    }

    public static string Count(FieldModel list) => list switch
    {
        { IsNullable: false } => $"{list.Name}.Count",
        _ when list.MayBeNull() is { } condition => $"{list.Name}?.Count ?? ({condition} ? -1 : 0)",
        _ => $"{list.Name}?.Count ?? -1",
    };

    // A request must not lose what its sender set, unless the field may be ignored; a response is cut to the version its client speaks.
    private void Refusals()
    {
        if (message.Kind == MessageKind.Response)
        {
            return;
        }

        foreach (var field in type.Fields.Where(f => !f.Ignorable && !message.IsAlwaysThere(f)))
        {
            code.Block($"if ({message.Lacks(field)} && !({field.IsDefault()}))", () =>
                code.Line($"throw new UnsupportedFieldException(\"{type.Name}.{field.Name}\", version);"));
        }
    }

    private void Field(FieldModel field)
    {
        if (field.IsList)
        {
            code.Line($"writer.WriteCount({Count(field)}, {message.Flexible()});");
            code.If(field.IsNullable ? $"{field.Name} is not null" : null, () =>
                code.Block($"foreach (var item in {field.Name})", () => Value(field, "item", nullable: false)));
        }
        else if (field is { Type: WireType.Struct, IsNullable: true })
        {
            code.Line($"writer.WritePresence({field.Name} is not null);");
            code.Line($"{field.Name}?.Write(ref writer, version);");
        }
        else
        {
            Value(field, field.Type is WireType.String or WireType.Bytes ? Writable(field) : field.Name, field.IsNullable);
        }
    }

    private void Value(FieldModel field, string value, bool nullable) => code.Line(field.Type switch
    {
        WireType.Struct => $"{value}.Write(ref writer, version);",
        WireType.RecordsSlice or WireType.RecordsSource => $"writer.WriteNullableRecords({value}, {message.Flexible()});",
        WireType.String or WireType.Bytes => $"writer.Write{(nullable ? "Nullable" : "")}{field.Type}({value}, {message.Flexible()});",
        WireType.Int8 when field.IsEnum => $"writer.WriteInt8((sbyte){value});",
        WireType.Int16 when field.IsEnum => $"writer.WriteInt16((short){value});",
        _ => $"writer.Write{field.Type}({value});",
    });

    private void Tags()
    {
        var tagged = type.Fields.Where(f => f.IsTagged).OrderBy(f => f.Tag).ToArray();
        if (tagged.Length == 0)
        {
            code.Line("writer.WriteUnsignedVarint(0);");
            return;
        }

        code.Line("uint tags = 0;");
        foreach (var field in tagged)
        {
            code.Block($"if ({IsWritten(message, field)})", () => code.Line("tags++;"));
        }

        code.Line("writer.WriteUnsignedVarint(tags);");
        foreach (var field in tagged)
        {
            code.Block($"if ({IsWritten(message, field)})", () =>
            {
                code.Line("var length = 0;");
                size.Field(field, "length");
                code.Line($"writer.WriteTag({field.Tag}, length);");
                Field(field);
            });
        }
    }
}
