#include <strata/wasm/encoder.hpp>

namespace strata::wasm {
namespace {

constexpr std::uint8_t kHeader[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
constexpr std::uint8_t kFunctionForm = 0x60;
constexpr std::uint8_t kPrefix = 0xfc;

void put_byte(Bytes& to, auto value) {
    to.push_back(static_cast<std::uint8_t>(value));
}
void put_bytes(Bytes& to, BytesView bytes) {
    put_uvarint(to, bytes.size());
    append(to, bytes);
}
void put_name(Bytes& to, std::string_view name) {
    put_bytes(to, as_bytes(name));
}
void put_limits(Bytes& to, const Limits& limits) {
    put_byte(to, limits.max ? 1 : 0);
    put_uvarint(to, limits.min);
    if (limits.max) put_uvarint(to, *limits.max);
}
void put_table_type(Bytes& to, const TableType& type) {
    put_byte(to, type.element);
    put_limits(to, type.limits);
}
void put_global_type(Bytes& to, const GlobalType& type) {
    put_byte(to, type.type);
    put_byte(to, type.is_mutable ? 1 : 0);
}
void put_type(Bytes& to, const FunctionType& type) {
    put_byte(to, kFunctionForm);
    put_bytes(to, type.params);
    put_bytes(to, type.results);
}
void put_constant(Bytes& to, const ConstantExpression& constant) {
    OperatorReader reader(constant.bytes);
    for (Operator op; reader.next(op);) put_operator(to, op, Dialect::standard);
}
void put_data(Bytes& to, const DataSegment& segment) {
    put_byte(to, segment.mode == SegmentMode::passive ? 1 : 0);
    if (segment.mode == SegmentMode::active) put_constant(to, segment.offset);
    put_bytes(to, segment.bytes);
}

// Writes a number of entries and then each with `put`.
template <class T>
Bytes content(std::span<const T> entries, void (*put)(Bytes&, const T&)) {
    Bytes out;
    if (entries.empty()) return out;
    put_uvarint(out, entries.size());
    for (const T& entry : entries) put(out, entry);
    return out;
}

std::size_t imported(const Module& module, ExternalKind kind) {
    return static_cast<std::size_t>(std::ranges::count(module.imports, kind, &Import::kind));
}

// Returns the content of a section in its shortest form; it is empty if the section has no entries. Functions and code
// are written by the passes.
Bytes written_anew(const Module& module, SectionId id) {
    switch (id) {
        case SectionId::type:
            return content<FunctionType>(module.types, put_type);
        case SectionId::import:
            return content<Import>(module.imports, put_import);
        case SectionId::table:
            return content<TableType>(std::span(module.tables).subspan(imported(module, ExternalKind::table)),
                                      put_table_type);
        case SectionId::memory:
            return content<Limits>(std::span(module.memories).subspan(imported(module, ExternalKind::memory)),
                                   put_limits);
        case SectionId::global:
            return content<Global>(module.globals, put_global);
        case SectionId::export_:
            return content<Export>(module.exports, put_export);
        case SectionId::data:
            return content<DataSegment>(module.data, put_data);
        case SectionId::start: {
            Bytes out;
            if (module.start) put_uvarint(out, *module.start);
            return out;
        }
        case SectionId::element:  // after the limiter, which writes it in its shortest form
            return module.elements.empty() ? Bytes() : to_bytes(module.section(id)->content);
        default:
            return {};
    }
}

void put_other(Bytes& to, const Section& section) {
    // The section is a number (a data count) or starts with one (the size of a custom section's name).
    BytesView rest = section.content;
    Bytes out;
    put_uvarint(out, take_number(rest));
    append(out, rest);
    put_section(to, section.id, out);
}

// Source: fvm-wasm-instrument 0.4.0 src/utils/mod.rs: sections are kept by kind, so that of several custom sections
// only the last is left.
Bytes assemble_by_kind(const Module& module, const Replacements& replaced) {
    using enum SectionId;
    Bytes out(std::begin(kHeader), std::end(kHeader));
    for (const auto id :
         {custom, type, import, function, table, memory, global, export_, start, element, data_count, code, data}) {
        if (const auto& anew = replaced[static_cast<std::size_t>(id)])
            put_section(out, id, *anew);
        else if (const Section* section = module.section(id))
            put_section(out, id, section->content);
    }
    return out;
}

// Source: parity-wasm 0.42.2 src/builder/module.rs: sections without entries are left out, and other sections than
// these eleven follow in reverse order. The limiter uses the builder once; the metering twice, which keeps the order,
// and then the engine puts the data count where it belongs (ref-fvm fvm@v2.12.1 fvm/src/machine/engine.rs,
// fix_wasm_sections).
Bytes assemble_anew(const Module& module, const Replacements& replaced, Pass pass) {
    using enum SectionId;
    Bytes out(std::begin(kHeader), std::end(kHeader));
    for (const auto id : {type, import, function, table, memory, global, export_, start, element, code, data}) {
        if (id == code && pass == Pass::gas_metering && !module.data.empty()) {
            Bytes count;
            put_uvarint(count, module.data.size());
            put_section(out, data_count, count);
        }
        const auto& anew = replaced[static_cast<std::size_t>(id)];
        if (const Bytes bytes = anew ? *anew : written_anew(module, id); !bytes.empty()) put_section(out, id, bytes);
    }
    std::vector<Section> others;
    for (const Section& section : module.sections)
        if (section.id == custom || (section.id == data_count && pass == Pass::stack_limiter))
            others.push_back(section);
    if (pass == Pass::stack_limiter) std::ranges::reverse(others);
    for (const Section& section : others) put_other(out, section);
    return out;
}

}  // namespace

void put_signed(Bytes& to, std::int64_t value) {
    for (;;) {
        const auto low = static_cast<std::uint8_t>(value & 0x7f);
        value >>= 7;
        const bool last = (value == 0 && (low & 0x40) == 0) || (value == -1 && (low & 0x40) != 0);
        to.push_back(last ? low : static_cast<std::uint8_t>(low | 0x80));
        if (last) return;
    }
}
void put_op(Bytes& to, Op op) {
    const auto code = static_cast<unsigned>(op);
    if (code >= 0x100) put_byte(to, kPrefix);
    put_byte(to, code);  // the number behind the prefix is below 0x80
}
void put_op(Bytes& to, Op op, std::uint32_t index) {
    put_op(to, op);
    put_uvarint(to, index);
}
void put_const(Bytes& to, Op op, std::int64_t value) {
    put_op(to, op);
    put_signed(to, value);
}

void put_operator(Bytes& to, const Operator& op, Dialect dialect) {
    put_op(to, op.op);
    switch (shapes_of(dialect)[static_cast<std::size_t>(op.op)].immediate) {
        case Immediate::illegal:
        case Immediate::prefix:
        case Immediate::none:
            return;
        case Immediate::block_type:
        case Immediate::reference:
            return put_byte(to, op.type);
        case Immediate::index:
            return put_uvarint(to, op.index);
        case Immediate::two_indices:
        case Immediate::memory:
        case Immediate::index_zero:
        case Immediate::zero_index:  // the one that must be zero is
            put_uvarint(to, op.index);
            return put_uvarint(to, op.second);
        case Immediate::labels:
            put_uvarint(to, op.labels);
            for_each_label(op, [&](std::uint32_t label) {
                put_uvarint(to, label);
                return true;
            });
            return put_uvarint(to, op.second);
        case Immediate::zero:
            return put_byte(to, 0);
        case Immediate::int32:
        case Immediate::int64:
            return put_signed(to, op.value);
        case Immediate::four_bytes:
            return append(to, op.bytes.last(4));
        case Immediate::eight_bytes:
            return append(to, op.bytes.last(8));
        case Immediate::one_type:
            put_byte(to, 1);
            return put_byte(to, op.type);
    }
}

void put_section(Bytes& to, SectionId id, BytesView content) {
    put_byte(to, id);
    put_bytes(to, content);
}
void put_locals(Bytes& to, const FunctionBody& body, std::optional<ValueType> added) {
    put_uvarint(to, body.local_groups + (added ? 1U : 0U));
    BytesView rest = body.local_bytes;
    while (!rest.empty()) {
        put_uvarint(to, take_number(rest));
        to.push_back(rest[0]);
        rest = rest.subspan(1);
    }
    if (!added) return;
    put_uvarint(to, 1);
    put_byte(to, *added);
}
void put_import(Bytes& to, const Import& import) {
    put_name(to, import.module);
    put_name(to, import.name);
    put_byte(to, import.kind);
    switch (import.kind) {
        case ExternalKind::function:
            return put_uvarint(to, import.type_index);
        case ExternalKind::table:
            return put_table_type(to, import.table);
        case ExternalKind::memory:
            return put_limits(to, import.memory);
        case ExternalKind::global:
            return put_global_type(to, import.global);
    }
}
void put_export(Bytes& to, const Export& entry) {
    put_name(to, entry.name);
    put_byte(to, entry.kind);
    put_uvarint(to, entry.index);
}
void put_global(Bytes& to, const Global& global) {
    put_global_type(to, global.type);
    put_constant(to, global.value);
}
void put_element_head(Bytes& to, const ElementSegment& segment, Generation generation) {
    if (generation == Generation::two) {
        put_byte(to, 0);
        return put_constant(to, segment.offset);
    }
    const unsigned expressions = segment.is_expressions ? 4 : 0;
    if (segment.mode == SegmentMode::active) {
        put_byte(to, 2 | expressions);
        put_uvarint(to, segment.table);
        put_constant(to, segment.offset);
    } else {
        put_byte(to, (segment.mode == SegmentMode::passive ? 1 : 3) | expressions);
    }
    put_byte(to, segment.is_expressions ? static_cast<std::uint8_t>(segment.type) : 0);
}

Bytes assemble(const Module& module, const Replacements& replaced, Generation generation, Pass pass) {
    if (generation == Generation::two) return assemble_anew(module, replaced, pass);
    return assemble_by_kind(module, replaced);
}

Bytes types_with(const Module& module, const FunctionType& added) {
    std::vector<FunctionType> types = module.types;
    types.push_back(added);
    return content<FunctionType>(types, put_type);
}

}  // namespace strata::wasm
