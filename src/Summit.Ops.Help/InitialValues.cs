using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Summit.Ops.Help;

/// <summary>The constants that constructors put into automatic properties: the default values of parameters.</summary>
/// <remarks>
/// The help must not repeat by hand what <c>= 10</c> says in the code, and reading metadata runs no constructor.
/// So the constructor's instructions are read: a constant (or a TimeSpan.From… of one) stored straight into a backing field
/// counts, anything else does not.
/// </remarks>
internal sealed class InitialValues
{
    private static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value & 0xFFFF);

    private static readonly object NotConstant = new();

    private readonly Dictionary<(string Type, string Property), object> _values = [];

    public InitialValues(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        foreach (var handle in metadata.TypeDefinitions)
        {
            var type = metadata.GetTypeDefinition(handle);
            var name = $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
            foreach (var method in type.GetMethods().Select(metadata.GetMethodDefinition))
            {
                if (method.RelativeVirtualAddress != 0 && metadata.StringComparer.Equals(method.Name, ".ctor"))
                    Read(metadata, name, file.GetMethodBody(method.RelativeVirtualAddress).GetILReader());
            }
        }
    }

    /// <summary>The property's initial value, or null where it is none that can be read.</summary>
    public object? Of(string type, string property) => _values.GetValueOrDefault((type, property));

    private void Read(MetadataReader metadata, string type, BlobReader code)
    {
        var stack = new Stack<object>();
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            if (value == 0xFE) value = 0xFE00 | code.ReadByte();
            var op = OpCodesByValue[value];
            switch (op.Name)
            {
                case "ldarg.0": stack.Clear(); break;
                case "ldstr": stack.Push(metadata.GetUserString((UserStringHandle)MetadataTokens.Handle(code.ReadInt32()))); break;
                case "ldc.i4": stack.Push(code.ReadInt32()); break;
                case "ldc.i4.s": stack.Push((int)code.ReadSByte()); break;
                case "ldc.i4.m1": stack.Push(-1); break;
                case "ldc.i8": stack.Push(code.ReadInt64()); break;
                case "ldc.r4": stack.Push((double)code.ReadSingle()); break;
                case "ldc.r8": stack.Push(code.ReadDouble()); break;
                case "conv.i8": break;
                case "call" or "newobj": Call(metadata, stack, MetadataTokens.EntityHandle(code.ReadInt32())); break;
                case "stfld": Store(metadata, type, stack, MetadataTokens.EntityHandle(code.ReadInt32())); break;
                case var constant when constant!.StartsWith("ldc.i4.", StringComparison.Ordinal): stack.Push(value - 0x16); break;
                default:
                    stack.Push(NotConstant);
                    Skip(ref code, op);
                    break;
            }
        }
    }

    private void Store(MetadataReader metadata, string type, Stack<object> stack, EntityHandle field)
    {
        if (field.Kind == HandleKind.FieldDefinition && stack.Count == 1 && stack.Peek() != NotConstant)
        {
            var name = metadata.GetString(metadata.GetFieldDefinition((FieldDefinitionHandle)field).Name);
            if (name.StartsWith('<') && name.EndsWith(">k__BackingField", StringComparison.Ordinal))
            {
                _values[(type, name[1..name.IndexOf('>', StringComparison.Ordinal)])] = stack.Peek();
            }
        }

        stack.Clear();
    }

    private static void Call(MetadataReader metadata, Stack<object> stack, EntityHandle method)
    {
        var known = method.Kind == HandleKind.MemberReference && stack.Count == 1
            ? Known(metadata, metadata.GetMemberReference((MemberReferenceHandle)method), stack.Peek())
            : null;
        if (known is not null) stack.Pop();
        stack.Push(known ?? NotConstant);
    }

    private static object? Known(MetadataReader metadata, MemberReference method, object argument)
    {
        var name = metadata.GetString(method.Name);
        if (method.Parent.Kind == HandleKind.TypeSpecification)
        {
            // new int?(5): the only generic constructor that takes a constant
            return name == ".ctor" && argument != NotConstant ? argument : null;
        }

        return argument is double number ? name switch
        {
            "FromMilliseconds" => TimeSpan.FromMilliseconds(number),
            "FromSeconds" => TimeSpan.FromSeconds(number),
            "FromMinutes" => TimeSpan.FromMinutes(number),
            "FromHours" => TimeSpan.FromHours(number),
            _ => null,
        }
        : null;
    }

    private static void Skip(ref BlobReader code, OpCode op)
    {
        var length = op.OperandType switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            OperandType.InlineSwitch => 4 * code.ReadInt32(),
            _ => 4,
        };
        code.Offset += length;
    }
}
