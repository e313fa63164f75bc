#include <strata/wasm/parser.hpp>

#include <limits>

#include <strata/base/utf8.hpp>

namespace strata::wasm {
namespace {

// Source: wasmparser 0.236 src/limits.rs.
constexpr std::uint32_t kMaxTypes = 1'000'000;
constexpr std::uint32_t kMaxImports = 1'000'000;
constexpr std::uint32_t kMaxFunctions = 1'000'000;  // imported ones included
constexpr std::uint32_t kMaxGlobals = 1'000'000;
constexpr std::uint32_t kMaxExports = 1'000'000;
constexpr std::uint32_t kMaxSegments = 100'000;  // of elements, and of data
constexpr std::uint32_t kMaxSegmentItems = 10'000'000;
constexpr std::uint32_t kMaxTables = 100;
constexpr std::uint32_t kMaxNameBytes = 100'000;
constexpr std::uint32_t kMaxParameters = 1'000;
constexpr std::uint32_t kMaxLocals = 50'000;  // of a function, with its parameters
constexpr std::uint32_t kMaxPages = 65'536;
constexpr std::uint8_t kFunctionForm = 0x60;
constexpr std::uint8_t kHeader[] = {0, 'a', 's', 'm', 1, 0, 0, 0};

std::string number(std::uint64_t value) {
    return std::to_string(value);
}

Error constant_ends(const OperatorReader& operators) {
    if (auto status = operators.status(); !status) return std::move(status).error();
    return fail(Errc::truncated, "a constant expression is missing");
}

// Reads the fields of one section.
class Reader {
  public:
    explicit Reader(BytesView input) : rest_(input) {}

    bool done() const { return rest_.empty(); }
    BytesView rest() const { return rest_; }
    Result<std::uint8_t> byte() {
        if (rest_.empty()) return fail(Errc::truncated, "the bytes end inside an entry");
        const std::uint8_t out = rest_[0];
        rest_ = rest_.subspan(1);
        return out;
    }
    Result<std::uint32_t> u32() {
        std::uint32_t value = 0;
        for (unsigned shift = 0;; shift += 7) {
            STRATA_TRY(const auto next, byte());
            if (shift == 28 && next > 0x0f) return fail(Errc::malformed, "a number has more than 32 bits");
            value |= static_cast<std::uint32_t>(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }
    Result<BytesView> bytes(std::uint32_t count) {
        if (count > rest_.size())
            return fail(Errc::truncated, "an entry of " + number(count) + " bytes has only " + number(rest_.size()));
        const auto out = rest_.first(count);
        rest_ = rest_.subspan(count);
        return out;
    }
    Result<std::string_view> name() {
        STRATA_TRY(const auto size, u32());
        if (size > kMaxNameBytes)
            return fail(Errc::too_large, "a name has " + number(size) + " bytes, expected at most 100000");
        STRATA_TRY(const auto text, bytes(size));
        if (!is_utf8(as_text(text))) return fail(Errc::malformed, "a name is not valid UTF-8");
        return as_text(text);
    }
    // Reads how many entries follow, which take at least `least` bytes each.
    Result<std::uint32_t> count(std::uint32_t limit, std::size_t least) {
        STRATA_TRY(const auto out, u32());
        if (out > limit)
            return fail(Errc::too_large, "there are " + number(out) + " entries, expected at most " + number(limit));
        if (out > rest_.size() / least)
            return fail(Errc::truncated, number(out) + " entries do not fit into " + number(rest_.size()) + " bytes");
        return out;
    }
    Result<ValueType> value_type() {
        STRATA_TRY(const auto type, byte());
        if ((type >= 0x7c && type <= 0x7f) || type == 0x70 || type == 0x6f) return static_cast<ValueType>(type);
        return fail(Errc::unsupported, "a byte is " + number(type) + ", which is not a value type of the feature set");
    }
    // Reads a number of types that lie one after the other, and returns their bytes.
    Result<BytesView> value_types(std::uint32_t limit) {
        STRATA_TRY(const auto entries, count(limit, 1));
        Reader types(rest_.first(entries));
        while (!types.done()) STRATA_OK(types.value_type());
        return bytes(entries);
    }
    Result<Limits> limits(std::uint32_t limit) {
        STRATA_TRY(const auto flags, byte());
        if (flags > 1) return fail(Errc::unsupported, "the flags of limits are " + number(flags) + ", expected 0 or 1");
        Limits out;
        STRATA_TRY(out.min, u32());
        if (flags == 1) {
            STRATA_TRY(out.max, u32());
        }
        if (out.min > limit || (out.max && *out.max > limit))
            return fail(Errc::too_large, "limits are above " + number(limit));
        if (out.max && out.min > *out.max) return fail(Errc::malformed, "the least size is above the greatest");
        return out;
    }
    Result<TableType> table_type() {
        TableType out;
        STRATA_TRY(out.element, value_type());
        if (!is_reference(out.element)) return fail(Errc::malformed, "the entries of a table are not references");
        STRATA_TRY(out.limits, limits(std::numeric_limits<std::uint32_t>::max()));
        return out;
    }
    Result<GlobalType> global_type() {
        GlobalType out;
        STRATA_TRY(out.type, value_type());
        STRATA_TRY(const auto mutability, byte());
        if (mutability > 1)
            return fail(Errc::malformed, "the mutability of a global is " + number(mutability) + ", expected 0 or 1");
        out.is_mutable = mutability == 1;
        return out;
    }
    Result<ExternalKind> kind() {
        STRATA_TRY(const auto out, byte());
        if (out > 3) return fail(Errc::unsupported, "the kind of an import or export is " + number(out));
        return static_cast<ExternalKind>(out);
    }

  private:
    BytesView rest_;
};

class Parser {
  public:
    Parser(BytesView bytes, SectionOrder order) : input_(bytes), order_(order) {}

    Result<Module> run() {
        if (input_.size() > kMaxModuleBytes)
            return fail(Errc::too_large, "the module has " + number(input_.size()) + " bytes, expected at most " +
                                             number(kMaxModuleBytes));
        if (input_.size() < 8 || !equal(input_.first(8), kHeader))
            return fail(Errc::malformed, "the bytes do not start with the header of a WebAssembly module, version 1");
        Reader file(input_.subspan(8));
        while (!file.done()) STRATA_OK(section(file));
        STRATA_OK(finish());
        return std::move(module_);
    }

  private:
    Status section(Reader& file) {
        STRATA_TRY(const auto byte, file.byte());
        STRATA_TRY(const auto size, file.u32());
        STRATA_TRY(const auto content, file.bytes(size));
        if (byte >= kSectionIds) return fail(Errc::unsupported, "there is a section of kind " + number(byte));
        const auto id = static_cast<SectionId>(byte);
        if (id != SectionId::custom) STRATA_OK(check_order(id));
        module_.sections.push_back({id, content});
        Reader in(content);
        auto read = entries(id, in);
        if (read && !in.done()) read = fail(Errc::trailing, number(in.rest().size()) + " bytes follow the last entry");
        if (!read) return std::move(read).error().with_context("section " + number(byte));
        return {};
    }
    // The data count stands before the code, though its number is greater.
    Status check_order(SectionId id) {
        const auto place = [](SectionId s) { return s == SectionId::data_count ? 19U : static_cast<unsigned>(s) * 2; };
        const auto bit = 1U << static_cast<unsigned>(id);
        if ((seen_ & bit) != 0)
            return fail(Errc::malformed, "there are two sections of kind " + number(static_cast<unsigned>(id)));
        seen_ |= bit;
        if (order_ == SectionOrder::any) return {};
        if (place(id) < last_place_)
            return fail(Errc::malformed, "section " + number(static_cast<unsigned>(id)) + " is not in its place");
        last_place_ = place(id);
        return {};
    }
    Status entries(SectionId id, Reader& in) {
        switch (id) {
            case SectionId::custom:
                return custom(in);
            case SectionId::type:
                return each(in, kMaxTypes, 3, &Parser::type);
            case SectionId::import:
                return each(in, kMaxImports, 4, &Parser::import);
            case SectionId::function:
                return each(in, kMaxFunctions, 1, &Parser::function);
            case SectionId::table:
                return each(in, kMaxTables, 3, &Parser::table);
            case SectionId::memory:
                return each(in, 1, 2, &Parser::memory);
            case SectionId::global:
                return each(in, kMaxGlobals, 5, &Parser::global);
            case SectionId::export_:
                return each(in, kMaxExports, 3, &Parser::export_);
            case SectionId::start:
                return start(in);
            case SectionId::element:
                return each(in, kMaxSegments, 3, &Parser::element);
            case SectionId::code:
                return each(in, kMaxFunctions, 3, &Parser::body);
            case SectionId::data:
                return each(in, kMaxSegments, 2, &Parser::data);
            case SectionId::data_count: {
                STRATA_TRY(module_.data_count, in.u32());
                return {};
            }
        }
        return fail(Errc::internal, "the kind of a section is not known");
    }
    Status each(Reader& in, std::uint32_t limit, std::size_t least, Status (Parser::*read)(Reader&)) {
        STRATA_TRY(const auto count, in.count(limit, least));
        for (std::uint32_t i = 0; i < count; ++i)
            if (auto done = (this->*read)(in); !done) return std::move(done).error().with_context("entry " + number(i));
        return {};
    }

    Status custom(Reader& in) {  // NOLINT(readability-convert-member-functions-to-static): one of a table of members
        STRATA_OK(in.name());
        STRATA_OK(in.bytes(static_cast<std::uint32_t>(in.rest().size())));
        return {};
    }
    Status type(Reader& in) {
        STRATA_TRY(const auto form, in.byte());
        if (form != kFunctionForm)
            return fail(Errc::unsupported, "a type has form " + number(form) + ", expected 96 (a function)");
        FunctionType out;
        STRATA_TRY(out.params, in.value_types(kMaxParameters));
        STRATA_TRY(out.results, in.value_types(1));
        module_.types.push_back(out);
        return {};
    }
    Status function(Reader& in) {
        STRATA_TRY(const auto index, in.u32());
        return add_function(index);
    }
    Status add_function(std::uint32_t type_index) {
        if (type_index >= module_.types.size())
            return fail(Errc::malformed,
                        "a function has type " + number(type_index) + " of " + number(module_.types.size()));
        if (module_.functions.size() >= kMaxFunctions)
            return fail(Errc::too_large, "there are more than 1000000 functions");
        module_.functions.push_back(type_index);
        return {};
    }
    Status add_table(const TableType& type) {
        if (module_.tables.size() >= kMaxTables) return fail(Errc::too_large, "there are more than 100 tables");
        module_.tables.push_back(type);
        return {};
    }
    Status add_memory(const Limits& limits) {
        if (!module_.memories.empty()) return fail(Errc::unsupported, "there is more than one memory");
        module_.memories.push_back(limits);
        return {};
    }
    Status add_global(const GlobalType& type) {
        if (module_.global_types.size() >= kMaxGlobals)
            return fail(Errc::too_large, "there are more than 1000000 globals");
        module_.global_types.push_back(type);
        return {};
    }
    Status import(Reader& in) {
        Import out;
        STRATA_TRY(out.module, in.name());
        STRATA_TRY(out.name, in.name());
        STRATA_TRY(out.kind, in.kind());
        switch (out.kind) {
            case ExternalKind::function: {
                STRATA_TRY(out.type_index, in.u32());
                STRATA_OK(add_function(out.type_index));
                ++module_.imported_functions;
                break;
            }
            case ExternalKind::table: {
                STRATA_TRY(out.table, in.table_type());
                STRATA_OK(add_table(out.table));
                break;
            }
            case ExternalKind::memory: {
                STRATA_TRY(out.memory, in.limits(kMaxPages));
                STRATA_OK(add_memory(out.memory));
                break;
            }
            case ExternalKind::global: {
                STRATA_TRY(out.global, in.global_type());
                STRATA_OK(add_global(out.global));
                ++module_.imported_globals;
                break;
            }
        }
        module_.imports.push_back(out);
        return {};
    }
    Status table(Reader& in) {
        STRATA_TRY(const auto type, in.table_type());
        return add_table(type);
    }
    Status memory(Reader& in) {
        STRATA_TRY(const auto limits, in.limits(kMaxPages));
        return add_memory(limits);
    }

    // Returns the bytes of the expression, which must leave a value of `type`.
    Result<ConstantExpression> constant(Reader& in, ValueType type) {
        OperatorReader operators(in.rest());
        Operator op;
        if (!operators.next(op)) return constant_ends(operators);
        STRATA_TRY(const auto got, constant_type(op));
        if (got != type) return fail(Errc::malformed, "a constant expression has the wrong type");
        ConstantExpression out{op.op, op.index, op.value, {}};
        if (!operators.next(op) || op.op != Op::end)
            return fail(Errc::unsupported, "a constant expression is more than one operator and its end");
        STRATA_TRY(out.bytes, in.bytes(static_cast<std::uint32_t>(operators.offset())));
        return out;
    }
    Result<ValueType> constant_type(const Operator& op) const {
        switch (op.op) {
            case Op::i32_const:
                return ValueType::i32;
            case Op::i64_const:
                return ValueType::i64;
            case Op::f32_const:
                return ValueType::f32;
            case Op::f64_const:
                return ValueType::f64;
            case Op::ref_null:
                return static_cast<ValueType>(op.type);
            case Op::ref_func:
                STRATA_OK(check_function(op.index));
                return ValueType::funcref;
            case Op::global_get:
                if (op.index >= module_.imported_globals || module_.global_types[op.index].is_mutable)
                    return fail(Errc::malformed,
                                "a constant expression reads a global that is not an imported constant");
                return module_.global_types[op.index].type;
            default:
                return fail(Errc::unsupported, "an operator of a constant expression is not constant");
        }
    }
    Status check_function(std::uint32_t index) const {
        if (index < module_.functions.size()) return {};
        return fail(Errc::malformed,
                    "function " + number(index) + " is named, but there are " + number(module_.functions.size()));
    }

    Status global(Reader& in) {
        Global out;
        STRATA_TRY(out.type, in.global_type());
        STRATA_TRY(out.value, constant(in, out.type.type));
        STRATA_OK(add_global(out.type));
        module_.globals.push_back(out);
        return {};
    }
    Status export_(Reader& in) {
        Export out;
        STRATA_TRY(out.name, in.name());
        STRATA_TRY(out.kind, in.kind());
        STRATA_TRY(out.index, in.u32());
        const std::size_t counts[] = {module_.functions.size(), module_.tables.size(), module_.memories.size(),
                                      module_.global_types.size()};
        if (out.index >= counts[static_cast<std::size_t>(out.kind)])
            return fail(Errc::malformed, "an export names number " + number(out.index) + ", which does not exist");
        module_.exports.push_back(out);
        return {};
    }
    Status start(Reader& in) {
        STRATA_TRY(const auto index, in.u32());
        STRATA_OK(check_function(index));
        const auto& type = module_.type_of(index);
        if (!type.params.empty() || !type.results.empty())
            return fail(Errc::malformed, "the start function has parameters or a result");
        module_.start = index;
        return {};
    }

    Status element(Reader& in) {
        STRATA_TRY(const auto flags, in.u32());
        if (flags > 7)
            return fail(Errc::malformed, "the flags of an element segment are " + number(flags) + ", expected 0 to 7");
        ElementSegment out;
        out.is_plain = flags == 0;
        out.is_expressions = (flags & 4) != 0;
        if ((flags & 1) != 0) out.mode = (flags & 2) != 0 ? SegmentMode::declared : SegmentMode::passive;
        if ((flags & 3) == 2) {
            STRATA_TRY(out.table, in.u32());
        }
        if (out.mode == SegmentMode::active) {
            STRATA_TRY(out.offset, constant(in, ValueType::i32));
        }
        if ((flags & 3) != 0) STRATA_OK(element_type(in, out));
        if (out.mode == SegmentMode::active) STRATA_OK(check_table(out));
        STRATA_TRY(out.count, in.count(kMaxSegmentItems, 1));
        const BytesView before = in.rest();
        for (std::uint32_t i = 0; i < out.count; ++i) STRATA_OK(item(in, out));
        out.items = before.first(before.size() - in.rest().size());
        module_.elements.push_back(out);
        return {};
    }
    // A segment of functions has the kind 0 (functions), one of expressions a type.
    static Status element_type(Reader& in, ElementSegment& out) {
        if (out.is_expressions) {
            STRATA_TRY(out.type, in.value_type());
            if (is_reference(out.type)) return {};
            return fail(Errc::malformed, "the type of an element segment is not a reference");
        }
        STRATA_TRY(const auto kind, in.byte());
        if (kind == 0) return {};
        return fail(Errc::malformed, "the kind of an element segment is " + number(kind) + ", expected 0");
    }
    Status check_table(const ElementSegment& segment) const {
        if (segment.table >= module_.tables.size())
            return fail(Errc::malformed,
                        "an element segment names table " + number(segment.table) + ", which does not exist");
        if (module_.tables[segment.table].element != segment.type)
            return fail(Errc::malformed, "an element segment and its table have different types");
        return {};
    }
    Status item(Reader& in, const ElementSegment& segment) {
        if (segment.is_expressions) {
            STRATA_OK(constant(in, segment.type));
            return {};
        }
        STRATA_TRY(const auto index, in.u32());
        return check_function(index);
    }

    Status body(Reader& in) {
        STRATA_TRY(const auto size, in.u32());
        STRATA_TRY(const auto bytes, in.bytes(size));
        const std::size_t index = module_.imported_functions + module_.bodies.size();
        if (index >= module_.functions.size()) return fail(Errc::malformed, "there is more code than functions");
        Reader content(bytes);
        FunctionBody out;
        STRATA_TRY(out.local_groups, content.u32());
        const BytesView before = content.rest();
        std::uint64_t locals = module_.type_of(static_cast<std::uint32_t>(index)).params.size();
        for (std::uint32_t i = 0; i < out.local_groups; ++i) {
            STRATA_TRY(const auto count, content.u32());
            STRATA_OK(content.value_type());
            locals += count;
            out.locals += count;
            if (locals > kMaxLocals) return fail(Errc::too_large, "a function has more than 50000 locals");
        }
        out.local_bytes = before.first(before.size() - content.rest().size());
        out.code = content.rest();
        if (out.code.empty() || out.code.back() != static_cast<std::uint8_t>(Op::end))
            return fail(Errc::malformed, "the code of a function does not end with its end");
        module_.bodies.push_back(out);
        return {};
    }
    Status data(Reader& in) {
        STRATA_TRY(const auto flags, in.u32());
        if (flags > 2)
            return fail(Errc::malformed, "the flags of a data segment are " + number(flags) + ", expected 0 to 2");
        DataSegment out;
        std::uint32_t memory = 0;
        if (flags == 1) out.mode = SegmentMode::passive;
        if (flags == 2) {
            STRATA_TRY(memory, in.u32());
        }
        if (out.mode == SegmentMode::active) {
            if (memory >= module_.memories.size())
                return fail(Errc::malformed, "a data segment names a memory that does not exist");
            STRATA_TRY(out.offset, constant(in, ValueType::i32));
        }
        STRATA_TRY(const auto size, in.u32());
        STRATA_TRY(out.bytes, in.bytes(size));
        module_.data.push_back(out);
        return {};
    }

    Status finish() const {
        if (module_.bodies.size() + module_.imported_functions != module_.functions.size())
            return fail(Errc::malformed, "there are " + number(module_.functions.size() - module_.imported_functions) +
                                             " functions, but code for " + number(module_.bodies.size()));
        if (module_.data_count && *module_.data_count != module_.data.size())
            return fail(Errc::malformed, "the data count is " + number(*module_.data_count) + ", but there are " +
                                             number(module_.data.size()) + " data segments");
        std::vector<std::string_view> names;
        names.reserve(module_.exports.size());
        for (const Export& e : module_.exports) names.push_back(e.name);
        std::ranges::sort(names);
        if (std::ranges::adjacent_find(names) != names.end())
            return fail(Errc::malformed, "two exports have the same name");
        return {};
    }

    BytesView input_;
    SectionOrder order_;
    Module module_;
    std::uint32_t seen_ = 0;  // a bit for each kind of section
    unsigned last_place_ = 0;
};

}  // namespace

Result<Module> parse(BytesView bytes, SectionOrder order) {
    return Parser(bytes, order).run();
}

}  // namespace strata::wasm
