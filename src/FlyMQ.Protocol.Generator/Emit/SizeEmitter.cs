using System.Linq;
using FlyMQ.Protocol.Generator.Model;

namespace FlyMQ.Protocol.Generator.Emit;

/// <summary>The method that says how many bytes a struct takes.</summary>
internal sealed class SizeEmitter(CodeWriter code, MessageModel message, StructModel type)
{
    public void Emit(string visibility) => code.Block($"{visibility} int Size(short version)", () =>
    {
        code.DeclareFlexible(message);
        var always = type.Fields.Where(f => f is { IsTagged: false, IsList: false } && message.IsAlwaysThere(f)).Sum(f => Values.FixedSize(f.Type));
        code.Line($"var size = {always};");
        code.Block("checked", () =>
        {
            foreach (var field in type.Fields.Where(f => !f.IsTagged && !(message.IsAlwaysThere(f) && !f.IsList && Values.FixedSize(f.Type) > 0)))
            {
                code.If(message.Has(field), () => Field(field, "size"));
            }

            if (message.HasFlexible())
            {
                code.If(message.FlexibleCondition(), Tags);
            }
        });
        code.Line("return size;");
    });

    /// <summary>Adds the size of a field's value to a local.</summary>
    public void Field(FieldModel field, string target)
    {
        var flexible = message.Flexible();
        if (field.IsList)
        {
            List(field, target);
            return;
        }

        code.Line($"{target} += " + field switch
        {
            { Type: WireType.Struct, IsNullable: true } => $"1 + ({field.Name}?.Size(version) ?? 0);",
            { Type: WireType.Struct } => $"{field.Name}.Size(version);",
            { Type: WireType.RecordsSlice or WireType.RecordsSource } => $"WireSize.NullableRecords({field.Name}, {flexible});",
            { Type: WireType.String or WireType.Bytes } => $"WireSize.{WriteEmitter.NullableForm(field)}({WriteEmitter.Writable(field)}, {flexible});",
            _ => $"{Values.FixedSize(field.Type)};",
        });
    }

    private void List(FieldModel field, string target)
    {
        code.Line($"{target} += WireSize.Count({WriteEmitter.Count(field)}, {message.Flexible()});");
        if (Values.FixedSize(field.Type) is > 0 and var each)
        {
            code.Line($"{target} += {each} * ({field.Name}{(field.IsNullable ? "?.Count ?? 0" : ".Count")});");
            return;
        }

        code.If(field.IsNullable ? $"{field.Name} is not null" : null, () => code.Block($"foreach (var item in {field.Name})", () =>
            code.Line($"{target} += " + (field.Type == WireType.Struct ? "item.Size(version);" : $"WireSize.{field.Type}(item, {message.Flexible()});"))));
    }

    private void Tags()
    {
        var tagged = type.Fields.Where(f => f.IsTagged).ToArray();
        if (tagged.Length == 0)
        {
            code.Line("size++;");
            return;
        }

        code.Line("uint tags = 0;");
        foreach (var field in tagged)
        {
            code.Block($"if ({WriteEmitter.IsWritten(message, field)})", () =>
            {
                code.Line("var length = 0;");
                Field(field, "length");
                code.Line($"size += WireSize.Tagged({field.Tag}, length);");
                code.Line("tags++;");
            });
        }

        code.Line("size += WireSize.UnsignedVarint(tags);");
    }
}
