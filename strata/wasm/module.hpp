#pragma once
// The sections of a WebAssembly module as data. Everything borrows from the bytes of the module, which must outlive it;
// an entry takes a few dozen bytes of memory for at least two of the input. Source: WebAssembly core specification 2.0,
// "Binary format, modules".
#include <optional>
#include <ranges>

#include <strata/base/bytes.hpp>
#include <strata/vm/generation.hpp>
#include <strata/wasm/operators.hpp>

namespace strata::wasm {

using vm::Generation;
constexpr Dialect dialect_of(Generation generation) {
    return generation == Generation::two ? Dialect::parity : Dialect::standard;
}

enum class SectionId : std::uint8_t {
    custom = 0,
    type = 1,
    import = 2,
    function = 3,
    table = 4,
    memory = 5,
    global = 6,
    export_ = 7,
    start = 8,
    element = 9,
    code = 10,
    data = 11,
    data_count = 12,
};
constexpr std::size_t kSectionIds = 13;

enum class ValueType : std::uint8_t {
    i32 = 0x7f,
    i64 = 0x7e,
    f32 = 0x7d,
    f64 = 0x7c,
    funcref = 0x70,
    externref = 0x6f,
};
constexpr bool is_reference(ValueType type) {
    return type == ValueType::funcref || type == ValueType::externref;
}

/// Each byte of `params` and `results` is a ValueType; there is at most one result.
struct FunctionType {
    BytesView params;
    BytesView results;
    friend bool operator==(const FunctionType& a, const FunctionType& b) {
        return equal(a.params, b.params) && equal(a.results, b.results);
    }
};

/// Sizes of a memory in pages of 64 KiB, or of a table in entries.
struct Limits {
    std::uint32_t min = 0;
    std::optional<std::uint32_t> max;
};
struct TableType {
    ValueType element = ValueType::funcref;
    Limits limits;
};
struct GlobalType {
    ValueType type = ValueType::i32;
    bool is_mutable = false;
};

enum class ExternalKind : std::uint8_t { function = 0, table = 1, memory = 2, global = 3 };

struct Import {
    std::string_view module;
    std::string_view name;
    ExternalKind kind = ExternalKind::function;
    std::uint32_t type_index = 0;  // of a function
    TableType table;
    Limits memory;
    GlobalType global;
};
struct Export {
    std::string_view name;
    ExternalKind kind = ExternalKind::function;
    std::uint32_t index = 0;  // counts imports first
};

/// One operator and `end`: i32.const, i64.const, f32.const, f64.const, global.get, ref.null or ref.func.
struct ConstantExpression {
    Op op = Op::i32_const;
    std::uint32_t index = 0;  // of global.get and ref.func
    std::int64_t value = 0;   // of i32.const and i64.const
    BytesView bytes;          // with the `end`
};
struct Global {
    GlobalType type;
    ConstantExpression value;
};

enum class SegmentMode : std::uint8_t { active, passive, declared };

struct ElementSegment {
    SegmentMode mode = SegmentMode::active;
    std::uint32_t table = 0;
    ConstantExpression offset;  // of an active segment
    ValueType type = ValueType::funcref;
    bool is_expressions = false;
    bool is_plain = true;  // written in the form of the first version of the format: flags 0
    std::uint32_t count = 0;
    BytesView items;  // `count` numbers of functions, or constant expressions
};
struct DataSegment {
    SegmentMode mode = SegmentMode::active;
    ConstantExpression offset;  // of an active segment
    BytesView bytes;
};

struct FunctionBody {
    std::uint32_t local_groups = 0;
    std::uint32_t locals = 0;  // without parameters
    BytesView local_bytes;     // `local_groups` times a count and a ValueType
    BytesView code;            // ends with `end`
};

struct Section {
    SectionId id = SectionId::custom;
    BytesView content;
};

struct Module {
    std::vector<Section> sections;  // as they stand in the file, with custom ones
    std::vector<FunctionType> types;
    std::vector<Import> imports;
    std::vector<std::uint32_t> functions;  // the type of each function, imported ones first
    std::vector<TableType> tables;         // imported ones first
    std::vector<Limits> memories;          // at most one, imported or not
    std::vector<GlobalType> global_types;  // imported ones first
    std::vector<Global> globals;           // without imported ones
    std::vector<Export> exports;
    std::vector<ElementSegment> elements;
    std::vector<FunctionBody> bodies;  // one for each function that is not imported
    std::vector<DataSegment> data;
    std::optional<std::uint32_t> start;
    std::optional<std::uint32_t> data_count;
    std::uint32_t imported_functions = 0;
    std::uint32_t imported_globals = 0;

    /// Returns the section, or null; of custom sections the last.
    const Section* section(SectionId id) const {
        for (const Section& section : sections | std::views::reverse)
            if (section.id == id) return &section;
        return nullptr;
    }
    /// Returns the type of a function, imported ones first; `index` must be below functions.size().
    const FunctionType& type_of(std::uint32_t index) const { return types[functions[index]]; }
};

}  // namespace strata::wasm
