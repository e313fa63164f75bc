#include <strata/wasm/stack_limiter.hpp>

#include <strata/wasm/encoder.hpp>

namespace strata::wasm {
namespace {

// The height that every call costs, whatever the function does (max_height.rs, ACTIVATION_FRAME_COST).
constexpr std::uint32_t kFrameCost = 2;
// The most bytes of thunks, which stand for a limit that the reference does not have: a function of many parameters may
// be exported by a few bytes.
constexpr std::uint64_t kMaxThunkBytes = std::uint64_t{128} << 20;

/// The height of the operand stack while one function is walked once from top to bottom.
class Height {
  public:
    void start(std::uint32_t results) {
        outer_.clear();
        top_ = {0, results, results, false};
        is_open_ = true;
        height_ = kFrameCost;
        max_ = 0;
        reason_ = nullptr;
    }
    std::uint32_t max() const { return max_; }
    const char* reason() const { return reason_; }
    bool is_open() const { return is_open_; }

    /// Counts the height before an operator, but not in code that cannot be reached.
    void observe() {
        if (height_ > max_ && !top_.is_polymorphic) max_ = height_;
    }
    bool pop(std::uint32_t count) {
        if (count == 0) return true;
        if (height_ == top_.start)
            return top_.is_polymorphic || fail("an operator takes more values than its block has");
        if (count > height_) return fail("an operator takes more values than there are");
        height_ -= count;
        return true;
    }
    void push(std::uint32_t count) { height_ += count; }
    void open(std::uint32_t end_arity, std::uint32_t branch_arity) {
        outer_.push_back(top_);
        top_ = {height_, end_arity, branch_arity, false};
    }
    void close() {
        height_ = top_.start + top_.end_arity;
        is_open_ = !outer_.empty();
        if (!is_open_) return;
        top_ = outer_.back();
        outer_.pop_back();
    }
    void mark_unreachable() { top_.is_polymorphic = true; }
    /// Returns how many values a branch to the block of a label takes.
    std::optional<std::uint32_t> branch_arity(std::uint32_t label) {
        if (label == 0) return top_.branch_arity;
        if (label <= outer_.size()) return outer_[outer_.size() - label].branch_arity;
        fail("a branch names a block that does not exist");
        return std::nullopt;
    }
    bool fail(const char* reason) {
        reason_ = reason;
        return false;
    }

  private:
    struct Frame {
        std::uint32_t start;
        std::uint32_t end_arity;
        std::uint32_t branch_arity;
        bool is_polymorphic;
    };
    Frame top_{};
    std::vector<Frame> outer_;
    std::uint32_t height_ = 0;
    std::uint32_t max_ = 0;
    const char* reason_ = nullptr;
    bool is_open_ = false;
};

class Limiter {
  public:
    Limiter(const Module& module, Generation generation)
        : module_(module), generation_(generation), dialect_(dialect_of(generation)) {}

    Result<Bytes> run() {
        STRATA_OK(check_sections());
        STRATA_OK(compute_costs());
        STRATA_OK(choose_thunks());
        Replacements replaced;
        replaced[at(SectionId::global)] = globals();
        if (!module_.exports.empty() || generation_ != Generation::two) replaced[at(SectionId::export_)] = exports();
        if (!module_.elements.empty() || generation_ != Generation::two) replaced[at(SectionId::element)] = elements();
        if (module_.start) replaced[at(SectionId::start)] = uvarint(redirect(*module_.start));
        if (!module_.bodies.empty() || generation_ != Generation::two) {
            replaced[at(SectionId::function)] = functions();
            replaced[at(SectionId::code)] = code();
        }
        return assemble(module_, replaced, generation_, Pass::stack_limiter);
    }

  private:
    static constexpr std::size_t at(SectionId id) { return static_cast<std::size_t>(id); }
    const FunctionType& type_of_body(std::size_t body) const {
        return module_.type_of(static_cast<std::uint32_t>(module_.imported_functions + body));
    }

    Status check_sections() const {
        if (generation_ == Generation::two) return check_old_format();
        if (module_.section(SectionId::function) == nullptr)  // an empty one is enough
            return fail(Errc::unsupported, "the module has no section of functions");
        for (const ElementSegment& segment : module_.elements)
            if (segment.is_expressions && segment.count > 0)
                return fail(Errc::unsupported, "an element segment holds expressions, which the gas metering refuses");
        return {};
    }
    // Refuses forms that parity-wasm cannot read. It misreads the newer element segments (src/elements/segment.rs: it
    // does not know that they have a kind), and what it makes of them is not a module.
    Status check_old_format() const {
        const auto is_old = [](ValueType type) { return !is_reference(type); };
        const auto are_old = [&](BytesView types) {
            return std::ranges::all_of(types, [&](std::uint8_t type) { return is_old(static_cast<ValueType>(type)); });
        };
        bool good =
            std::ranges::all_of(module_.global_types, is_old, &GlobalType::type) &&
            std::ranges::all_of(module_.tables, [](const TableType& t) { return t.element == ValueType::funcref; });
        for (const FunctionType& type : module_.types) good = good && are_old(type.params) && are_old(type.results);
        for (const FunctionBody& body : module_.bodies) good = good && has_old_locals(body);
        if (!good) return fail(Errc::unsupported, "generation 2 does not know reference types");
        if (!std::ranges::all_of(module_.elements, &ElementSegment::is_plain))
            return fail(Errc::unsupported, "generation 2 knows only active element segments of table 0");
        return {};
    }
    static bool has_old_locals(const FunctionBody& body) {
        BytesView rest = body.local_bytes;
        while (!rest.empty()) {
            take_number(rest);
            if (is_reference(static_cast<ValueType>(rest[0]))) return false;
            rest = rest.subspan(1);
        }
        return true;
    }

    Status compute_costs() {
        costs_.assign(module_.functions.size(), 0);
        edits_end_.reserve(module_.bodies.size());
        Height height;
        for (std::size_t i = 0; i < module_.bodies.size(); ++i) {
            const FunctionBody& body = module_.bodies[i];
            if (auto done = walk(body, type_of_body(i), height); !done)
                return std::move(done).error().with_context("function " +
                                                            std::to_string(module_.imported_functions + i));
            const std::uint32_t locals = generation_ == Generation::two ? body.locals : body.local_groups;
            costs_[module_.imported_functions + i] = locals + height.max();
            edits_end_.push_back(edits_.size());
        }
        return {};
    }
    Status walk(const FunctionBody& body, const FunctionType& type, Height& height) {
        const auto results = static_cast<std::uint32_t>(type.results.size());
        height.start(results);
        OperatorReader reader(body.code, dialect_);
        std::size_t offset = 0;
        for (Operator op; reader.next(op); offset = reader.offset()) {
            if (!height.is_open()) return fail(Errc::malformed, "code follows the end of the function");
            height.observe();
            if (!step(op, results, height)) return fail(Errc::malformed, place(height, reader));
            if (op.op == Op::call || !op.shortest) edits_.push_back(static_cast<std::uint32_t>(offset));
        }
        STRATA_OK(reader.status());
        if (height.is_open()) return fail(Errc::malformed, "the code ends inside a block");
        return {};
    }
    static std::string place(const Height& height, const OperatorReader& reader) {
        return std::string(height.reason()) + ", before byte " + std::to_string(reader.offset()) + " of the code";
    }
    bool step(const Operator& op, std::uint32_t results, Height& height) const {
        switch (op.op) {
            case Op::block:
            case Op::loop:
            case Op::if_: {
                if (op.op == Op::if_ && !height.pop(1)) return false;
                const std::uint32_t arity = op.type == 0x40 ? 0 : 1;
                height.open(arity, op.op == Op::loop ? 0 : arity);
                return true;
            }
            case Op::else_:
                return true;
            case Op::end:
                height.close();
                return true;
            case Op::unreachable:
                height.mark_unreachable();
                return true;
            case Op::br:
            case Op::br_if:
                return branch(op, height);
            case Op::br_table:
                return branch_table(op, height);
            case Op::return_:
                if (!height.pop(results)) return false;
                height.mark_unreachable();
                return true;
            case Op::call:
                if (op.index >= module_.functions.size())
                    return height.fail("a call names a function that does not exist");
                return call(module_.type_of(op.index), height);
            case Op::call_indirect:
                if (op.index >= module_.types.size()) return height.fail("a call names a type that does not exist");
                return height.pop(1) && call(module_.types[op.index], height);
            case Op::select:  // twice, so that each looks at the start of the block
                if (!height.pop(2) || !height.pop(1)) return false;
                height.push(1);
                return true;
            case Op::memory_init:
            case Op::data_drop:
                if (!module_.data_count) return height.fail("an operator on data segments needs a data count");
                break;
            case Op::select_typed:
            case Op::ref_null:
            case Op::ref_is_null:
            case Op::ref_func:
                return height.fail("operators on references are not supported");
            default:
                break;
        }
        const OperatorShape& shape = kOperators[static_cast<std::size_t>(op.op)];
        if (!height.pop(shape.pops)) return false;
        height.push(shape.pushes);
        return true;
    }
    static bool branch(const Operator& op, Height& height) {
        const auto arity = height.branch_arity(op.index);
        if (!arity || !height.pop(*arity)) return false;
        if (op.op == Op::br) {
            height.mark_unreachable();
            return true;
        }
        if (!height.pop(1)) return false;
        height.push(*arity);
        return true;
    }
    // The operand that chooses the label stays on the stack, as in the reference.
    static bool branch_table(const Operator& op, Height& height) {
        const auto arity = height.branch_arity(op.second);
        if (!arity) return false;
        const bool same = for_each_label(op, [&](std::uint32_t label) {
            const auto other = height.branch_arity(label);
            if (!other) return false;
            return *other == *arity ? true : height.fail("the labels of a br_table take different numbers of values");
        });
        if (!same || !height.pop(*arity)) return false;
        height.mark_unreachable();
        return true;
    }
    static bool call(const FunctionType& type, Height& height) {
        if (!height.pop(static_cast<std::uint32_t>(type.params.size()))) return false;
        height.push(static_cast<std::uint32_t>(type.results.size()));
        return true;
    }

    // Functions that the outside or a table calls get a thunk, since those calls have no guard of their own.
    Status choose_thunks() {
        thunk_of_.assign(module_.functions.size(), 0);
        const auto choose = [&](std::uint32_t function) {
            if (costs_[function] > 0) thunk_of_[function] = 1;
        };
        for (const Export& e : module_.exports)
            if (e.kind == ExternalKind::function) choose(e.index);
        for (const ElementSegment& segment : module_.elements)
            if (!segment.is_expressions) for_each_function(segment, choose);
        if (module_.start) choose(*module_.start);
        std::uint64_t bytes = 0;
        auto next = static_cast<std::uint32_t>(module_.functions.size());
        for (std::uint32_t i = 0; i < thunk_of_.size(); ++i) {
            if (thunk_of_[i] == 0) continue;
            thunk_of_[i] = next++;
            thunks_.push_back(i);
            bytes += 64 + 3 * module_.type_of(i).params.size();
        }
        if (bytes > kMaxThunkBytes) return fail(Errc::too_large, "thunks would take more than 128 MiB");
        return {};
    }
    template <class Visit>
    static void for_each_function(const ElementSegment& segment, Visit&& visit) {
        BytesView rest = segment.items;
        while (!rest.empty()) visit(take_number(rest));
    }
    std::uint32_t redirect(std::uint32_t function) const {
        return thunk_of_[function] != 0 ? thunk_of_[function] : function;
    }

    // The number of the global counts only those that the module defines, as the reference counts.
    std::uint32_t height_global() const { return static_cast<std::uint32_t>(module_.globals.size()); }
    Bytes globals() const {
        Bytes out;
        put_uvarint(out, module_.globals.size() + 1);
        for (const Global& global : module_.globals) put_global(out, global);
        out.push_back(static_cast<std::uint8_t>(ValueType::i32));
        out.push_back(1);  // mutable
        put_const(out, Op::i32_const, 0);
        put_op(out, Op::end);
        return out;
    }
    Bytes exports() const {
        Bytes out;
        put_uvarint(out, module_.exports.size());
        for (Export entry : module_.exports) {
            if (entry.kind == ExternalKind::function) entry.index = redirect(entry.index);
            put_export(out, entry);
        }
        return out;
    }
    Bytes elements() const {
        Bytes out;
        put_uvarint(out, module_.elements.size());
        for (const ElementSegment& segment : module_.elements) {
            put_element_head(out, segment, generation_);
            put_uvarint(out, segment.count);
            for_each_function(segment, [&](std::uint32_t function) { put_uvarint(out, redirect(function)); });
        }
        return out;
    }
    // A thunk has the first type that equals the function's.
    Bytes functions() const {
        const auto first = first_equal_types();
        Bytes out;
        put_uvarint(out, module_.bodies.size() + thunks_.size());
        for (std::size_t i = module_.imported_functions; i < module_.functions.size(); ++i)
            put_uvarint(out, module_.functions[i]);
        for (const std::uint32_t function : thunks_) put_uvarint(out, first[module_.functions[function]]);
        return out;
    }
    std::vector<std::uint32_t> first_equal_types() const {
        const auto& types = module_.types;
        const auto less = [&](std::uint32_t a, std::uint32_t b) {
            const auto params = std::lexicographical_compare_three_way(types[a].params.begin(), types[a].params.end(),
                                                                       types[b].params.begin(), types[b].params.end());
            if (params != 0) return params < 0;
            const auto results = std::lexicographical_compare_three_way(
                types[a].results.begin(), types[a].results.end(), types[b].results.begin(), types[b].results.end());
            return results != 0 ? results < 0 : a < b;
        };
        std::vector<std::uint32_t> order;
        for (std::uint32_t i = 0; i < types.size(); ++i) order.push_back(i);
        std::ranges::sort(order, less);
        std::vector<std::uint32_t> first(types.size());
        for (std::size_t i = 0; i < order.size(); ++i)
            first[order[i]] = i > 0 && types[order[i]] == types[order[i - 1]] ? first[order[i - 1]] : order[i];
        return first;
    }

    // A guarded call, but for the three numbers in it: the cost, the function and the cost again.
    struct Guard {
        Bytes before_cost;
        Bytes before_function;
        Bytes before_second_cost;
        Bytes after;
    };
    Guard make_guard() const {
        const std::uint32_t global = height_global();
        Guard out;
        put_op(out.before_cost, Op::global_get, global);
        put_op(out.before_cost, Op::i32_const);
        put_op(out.before_function, Op::i32_add);
        put_op(out.before_function, Op::global_set, global);
        put_op(out.before_function, Op::global_get, global);
        put_const(out.before_function, Op::i32_const, kMaxStackHeight);
        put_op(out.before_function, Op::i32_gt_u);
        put_op(out.before_function, Op::if_);
        out.before_function.push_back(0x40);  // no result
        put_op(out.before_function, Op::unreachable);
        put_op(out.before_function, Op::end);
        put_op(out.before_function, Op::call);
        put_op(out.before_second_cost, Op::global_get, global);
        put_op(out.before_second_cost, Op::i32_const);
        put_op(out.after, Op::i32_sub);
        put_op(out.after, Op::global_set, global);
        return out;
    }
    void put_guarded_call(Bytes& to, const Guard& guard, std::uint32_t function) const {
        const auto cost = static_cast<std::int32_t>(costs_[function]);
        append(to, guard.before_cost);
        put_signed(to, cost);
        append(to, guard.before_function);
        put_uvarint(to, function);
        append(to, guard.before_second_cost);
        put_signed(to, cost);
        append(to, guard.after);
    }
    Bytes code() const {
        const Guard guard = make_guard();
        Bytes out;
        Bytes body;
        put_uvarint(out, module_.bodies.size() + thunks_.size());
        std::size_t edit = 0;
        for (std::size_t i = 0; i < module_.bodies.size(); ++i) {
            body.clear();
            put_locals(body, module_.bodies[i]);
            put_limited(body, module_.bodies[i].code, guard, std::span(edits_).subspan(edit, edits_end_[i] - edit));
            edit = edits_end_[i];
            put_uvarint(out, body.size());
            append(out, body);
        }
        for (const std::uint32_t function : thunks_) {
            body.clear();
            body.push_back(0);  // no locals
            for (std::uint32_t i = 0; i < module_.type_of(function).params.size(); ++i) put_op(body, Op::local_get, i);
            put_guarded_call(body, guard, function);
            put_op(body, Op::end);
            put_uvarint(out, body.size());
            append(out, body);
        }
        return out;
    }
    void put_limited(Bytes& to, BytesView code, const Guard& guard, std::span<const std::uint32_t> edits) const {
        CodeCopier copier(to, code, dialect_);
        for (const std::uint32_t offset : edits) {
            const Operator op = copier.at(offset);
            if (op.op == Op::call && costs_[op.index] > 0)
                put_guarded_call(copier.instead_of(offset, op), guard, op.index);
            else if (!op.shortest)
                put_operator(copier.instead_of(offset, op), op, dialect_);
        }
        copier.finish();
    }

    const Module& module_;
    Generation generation_;
    Dialect dialect_;
    std::vector<std::uint32_t> costs_;     // of each function; imported ones cost nothing
    std::vector<std::uint32_t> edits_;     // offsets of the calls and of operators with long numbers, body by body
    std::vector<std::size_t> edits_end_;   // of each body, where its edits end
    std::vector<std::uint32_t> thunk_of_;  // the number of a function's thunk, or 0
    std::vector<std::uint32_t> thunks_;    // the functions that have one, in ascending order
};

}  // namespace

Result<Bytes> limit_stack(const Module& module, Generation generation) {
    return Limiter(module, generation).run();
}

}  // namespace strata::wasm
