using System.Linq;
using FlyMQ.Protocol.Generator.Model;

namespace FlyMQ.Protocol.Generator.Emit;

/// <summary>The method that makes a struct from the wire.</summary>
internal sealed class ReadEmitter(CodeWriter code, MessageModel message, StructModel type)
{
    public void Emit(string visibility) => code.Block(
        $"{visibility} static {type.FullName} Read(ref WireReader reader, short version)",
        () =>
        {
            if (type == message.Root)
            {
                code.Line("Versions.Require(version);");
            }

            code.DeclareFlexible(message);
            code.Line($"var message = new {type.FullName}();");
            foreach (var field in type.Fields.Where(f => !f.IsTagged))
            {
                code.If(message.Has(field), () => Field(field));
            }

            if (message.HasFlexible())
            {
                code.If(message.FlexibleCondition(), Tags);
            }

            code.Line("return message;");
        });

    private void Tags()
    {
        var tagged = type.Fields.Where(f => f.IsTagged).ToArray();
        if (tagged.Length == 0)
        {
            code.Line($"reader.SkipTags(\"{type.Name}\");");
            return;
        }

        code.Line("var tag = -1;");
        code.Block($"for (var left = reader.ReadTagCount(\"{type.Name}\"); left > 0; left--)", () =>
        {
            code.Line($"var size = reader.ReadTag(ref tag, \"{type.Name}\");");
            code.Line("var end = reader.Remaining - size;");
            code.Block("switch (tag)", () =>
            {
                foreach (var field in tagged)
                {
                    var condition = message.FlexibleSince >= field.Range.From ? null : message.Has(field);
                    code.Block(condition is null ? $"case {field.Tag}:" : $"case {field.Tag} when {condition}:", () =>
                    {
                        Field(field);
                        code.Line("break;");
                    });
                }

                // A tag this version does not know is skipped (KIP-482).
                code.Block("default:", () =>
                {
                    code.Line($"reader.Skip(size, \"{type.Name}\");");
                    code.Line("break;");
                });
            });
            code.Line($"reader.RequireTagEnd(end, \"{type.Name}\");");
        });
    }

    private void Field(FieldModel field)
    {
        if (field.IsList)
        {
            code.Block("", () => List(field));
        }
        else if (field is { Type: WireType.Struct, IsNullable: true })
        {
            code.Line($"message.{field.Name} = reader.ReadPresence({Label(field)}) ? {field.TypeName}.Read(ref reader, version) : null;");
        }
        else
        {
            code.Line($"message.{field.Name} = {Value(field, field.IsNullable)};");
        }
    }

    private void List(FieldModel field)
    {
        var arguments = $"({message.Flexible()}, {message.MinElementSize(field)}, {Label(field)})";
        if (!field.IsNullable)
        {
            code.Line($"var count = reader.ReadCount{arguments};");
            code.Line($"var list = message.{field.Name};");
            code.Line("list.Capacity = count;");
            Elements(field);
            return;
        }

        code.Line(field.MayBeNull() is { } condition
            ? $"var count = {condition} ? reader.ReadNullableCount{arguments} : reader.ReadCount{arguments};"
            : $"var count = reader.ReadNullableCount{arguments};");
        code.Line($"message.{field.Name} = null;");
        code.Block("if (count >= 0)", () =>
        {
            code.Line($"var list = new List<{field.TypeName}>(count);");
            Elements(field);
            code.Line($"message.{field.Name} = list;");
        });
    }

    private void Elements(FieldModel field) =>
        code.Block("for (var i = 0; i < count; i++)", () => code.Line($"list.Add({Value(field, nullable: false)});"));

    private string Value(FieldModel field, bool nullable)
    {
        var flexible = message.Flexible();
        var label = Label(field);
        return field.Type switch
        {
            WireType.Struct => $"{field.TypeName}.Read(ref reader, version)",
            WireType.String or WireType.Bytes when nullable && field.MayBeNull() is { } condition =>
                $"{condition} ? reader.ReadNullable{field.Type}({flexible}, {label}) : reader.Read{field.Type}({flexible}, {label})",
            WireType.String or WireType.Bytes => $"reader.Read{(nullable ? "Nullable" : "")}{field.Type}({flexible}, {label})",
            WireType.RecordsSlice => $"reader.Read{(nullable ? "Nullable" : "")}Records({flexible}, {label})",
            WireType.RecordsSource when !nullable => $"new SequenceRecordsSource(reader.ReadRecords({flexible}, {label}))",
            WireType.RecordsSource => $"SequenceRecordsSource.From(reader.ReadNullableRecords({flexible}, {label}))",
            _ when field.IsEnum => $"({field.TypeName})reader.Read{field.Type}({label})",
            _ => $"reader.Read{field.Type}({label})",
        };
    }

    private string Label(FieldModel field) => $"\"{type.Name}.{field.Name}\"";
}
