#include <strata/wasm/gas_metering.hpp>

#include <strata/wasm/encoder.hpp>

namespace strata::wasm {
namespace {

constexpr std::uint32_t kMilli = 1000;
constexpr std::uint32_t kInstruction = 4 * kMilli;  // SKYR, HYGGE, WATERMELON and TEEP
constexpr std::uint32_t kByte = 400;                // of memory that is copied or filled: 0.4 gas
constexpr std::uint32_t kTableEntryBytes = 8;
constexpr std::uint32_t kPageBytes = 65536;

// FIP-0032: these are free.
constexpr Op kFree[] = {Op::unreachable, Op::nop, Op::block, Op::loop, Op::else_, Op::end, Op::return_, Op::drop};

// Source: ref-fvm fvm@v2.12.1 fvm/src/gas/price_list.rs, SKYR_PRICES and its Rules: growing a memory costs no more than
// any instruction.
constexpr Prices fixed_prices() {
    Prices out{};
    out.fill({kInstruction, 0});
    for (const Op op : kFree) out[static_cast<std::size_t>(op)] = {0, 0};
    return out;
}
// Source: ref-fvm fvm@v3.14.1 (HYGGE_PRICES) and v4.8.2 (WATERMELON_PRICES, TEEP_PRICES) fvm/src/gas/price_list.rs,
// whose prices of instructions are the same.
constexpr Prices prices_by_operand() {
    Prices out = fixed_prices();
    const auto set = [&](Op op, std::uint32_t bytes) {
        out[static_cast<std::size_t>(op)] = {kInstruction, kByte * bytes};
    };
    set(Op::memory_grow, kPageBytes);
    for (const Op op : {Op::memory_init, Op::memory_copy, Op::memory_fill}) set(op, 1);
    for (const Op op : {Op::table_init, Op::table_copy, Op::table_fill, Op::table_grow}) set(op, kTableEntryBytes);
    return out;
}
constexpr Prices kFixedPrices = fixed_prices();
constexpr Prices kPricesByOperand = prices_by_operand();

/// A piece of code that is charged for as a whole: without a trap, it is executed from its first operator to its last.
/// Places are offsets of operators in the code of the function.
struct Piece {
    std::uint32_t start = 0;
    std::uint64_t cost = 0;
};

/// Finds the pieces of one function.
class Pieces {
  public:
    void start() {
        outer_.clear();
        done_.clear();
        top_ = {0, false, {0, 0}};
        is_open_ = true;
    }
    bool is_open() const { return is_open_; }
    /// Adds to the piece that is being read; returns false if its cost does not fit.
    bool add(std::uint64_t cost) { return !__builtin_add_overflow(top_.active.cost, cost, &top_.active.cost); }
    /// Opens a `block`: it goes on with the piece that it stands in.
    void open_block() { open(top_.active.start, false); }
    void open(std::uint32_t start, bool is_loop) {
        outer_.push_back(top_);
        top_ = {top(), is_loop, {start, 0}};
    }
    /// Ends the piece that is being read; the next begins at `next`.
    void finish(std::uint32_t next) {
        const Piece piece = std::exchange(top_.active, Piece{next, 0});
        if (!outer_.empty() && outer_.back().active.start == piece.start)
            outer_.back().active.cost += piece.cost;  // wraps, as in the reference's release build
        else if (piece.cost > 0)
            done_.push_back(piece);
    }
    void close(std::uint32_t next) {
        finish(next);
        if (outer_.empty()) {
            is_open_ = false;
            return;
        }
        const std::uint32_t target = top_.lowest_target;
        const bool leaves_outer = target < top();
        top_ = outer_.back();
        outer_.pop_back();
        top_.lowest_target = std::min(top_.lowest_target, target);
        if (leaves_outer) finish(next);
    }
    /// Notes a branch from here to the block of a label, after finish(). Returns false if there is none.
    bool branch(std::uint32_t label) { return label <= top() && branch_to(top() - label); }
    bool branch_to(std::uint32_t block) {
        const bool is_loop = block == top() ? top_.is_loop : outer_[block].is_loop;
        if (!is_loop) top_.lowest_target = std::min(top_.lowest_target, block);
        return true;
    }
    /// Returns the pieces in the order of the code.
    const std::vector<Piece>& sorted() {
        std::ranges::sort(done_, {}, &Piece::start);
        return done_;
    }

  private:
    struct Block {
        std::uint32_t lowest_target;  // of branches forward: the outermost block that one of them leaves
        bool is_loop;
        Piece active;
    };
    // Returns the number of the innermost block; that of the function is 0.
    std::uint32_t top() const { return static_cast<std::uint32_t>(outer_.size()); }
    Block top_{};
    std::vector<Block> outer_;
    std::vector<Piece> done_;
    bool is_open_ = false;
};

/// An operator whose price depends on an operand that is not constant.
struct Linear {
    std::uint32_t offset;
    std::uint32_t unit;
};

class Meter {
  public:
    Meter(const Module& module, Generation generation)
        : module_(module),
          generation_(generation),
          dialect_(dialect_of(generation)),
          prices_(prices_of(generation)),
          gas_global_(module.imported_globals),
          gas_function_(static_cast<std::uint32_t>(module.functions.size())) {}

    Result<Bytes> run() {
        STRATA_OK(check_imports());
        STRATA_OK(check_segments());
        Replacements replaced;
        replaced[at(SectionId::import)] = imports();
        if (generation_ == Generation::two && !module_.exports.empty()) replaced[at(SectionId::export_)] = exports();
        STRATA_TRY(replaced[at(SectionId::code)], code());
        const std::uint32_t type = gas_type();
        if (type == module_.types.size()) replaced[at(SectionId::type)] = types_with(module_, {kGasParams, {}});
        replaced[at(SectionId::function)] = functions(type);
        return assemble(module_, replaced, generation_, Pass::gas_metering);
    }

  private:
    static constexpr std::uint8_t kGasParams[] = {static_cast<std::uint8_t>(ValueType::i64)};
    static constexpr std::size_t at(SectionId id) { return static_cast<std::size_t>(id); }

    Status check_imports() const {
        for (const Import& import : module_.imports) {
            if (import.kind != ExternalKind::global) continue;
            const bool same_module = import.module == kGasModule;
            const bool same_name = import.name == gas_global_name(generation_);
            if (generation_ == Generation::two && !same_module && !same_name)
                return fail(Errc::unsupported, "the module imports a global");
            if (generation_ != Generation::two && same_module && same_name)
                return fail(Errc::unsupported, "the module imports the gas counter itself");
        }
        return {};
    }
    // Generation 2 looks at the offsets of element segments, the others do not.
    Status check_segments() const {
        const auto is_number = [](const auto& segment) {
            return segment.mode != SegmentMode::active || segment.offset.op == Op::i32_const;
        };
        if (!std::ranges::all_of(module_.data, is_number))
            return fail(Errc::unsupported, "the offset of a data segment is not an i32.const");
        if (generation_ == Generation::two && !std::ranges::all_of(module_.elements, is_number))
            return fail(Errc::unsupported, "the offset of an element segment is not an i32.const");
        return {};
    }

    Bytes imports() const {
        Bytes out;
        put_uvarint(out, module_.imports.size() + 1);
        for (const Import& import : module_.imports) put_import(out, import);
        Import gas;
        gas.module = kGasModule;
        gas.name = gas_global_name(generation_);
        gas.kind = ExternalKind::global;
        gas.global = {ValueType::i64, true};
        put_import(out, gas);
        return out;
    }
    // Generations 3 and 4 compute the new numbers of exported globals, but leave the section as it is.
    Bytes exports() const {
        Bytes out;
        put_uvarint(out, module_.exports.size());
        for (Export entry : module_.exports) {
            if (entry.kind == ExternalKind::global && entry.index >= gas_global_) ++entry.index;
            put_export(out, entry);
        }
        return out;
    }
    // Returns the number of the first type (i64) -> (), which may have to be added.
    std::uint32_t gas_type() const {
        const auto it = std::ranges::find(module_.types, FunctionType{kGasParams, {}});
        return static_cast<std::uint32_t>(it - module_.types.begin());
    }
    Bytes functions(std::uint32_t gas_type) const {
        Bytes out;
        put_uvarint(out, module_.bodies.size() + 1);
        for (std::size_t i = module_.imported_functions; i < module_.functions.size(); ++i)
            put_uvarint(out, module_.functions[i]);
        put_uvarint(out, gas_type);
        return out;
    }

    Result<Bytes> code() {
        Bytes out;
        Bytes body;
        put_uvarint(out, module_.bodies.size() + 1);
        for (std::size_t i = 0; i < module_.bodies.size(); ++i) {
            body.clear();
            const auto function = static_cast<std::uint32_t>(module_.imported_functions + i);
            if (auto done = put_function(body, module_.bodies[i], module_.type_of(function)); !done)
                return std::move(done).error().with_context("function " + std::to_string(function));
            put_uvarint(out, body.size());
            append(out, body);
        }
        const Bytes gas = gas_code();
        put_uvarint(out, gas.size());
        append(out, gas);
        return out;
    }
    // The new amount is stored before it is looked at, so that the engine sees by how much the gas is exceeded.
    Bytes gas_code() const {
        Bytes out{0};  // no locals
        put_op(out, Op::global_get, gas_global_);
        put_op(out, Op::local_get, 0);
        put_op(out, Op::i64_sub);
        put_op(out, Op::global_set, gas_global_);
        put_op(out, Op::global_get, gas_global_);
        put_const(out, Op::i64_const, 0);
        put_op(out, Op::i64_lt_s);
        put_op(out, Op::if_);
        out.push_back(0x40);  // no result
        put_op(out, Op::unreachable);
        put_op(out, Op::end);
        put_op(out, Op::end);
        return out;
    }

    Status find_pieces(const FunctionBody& body) {
        pieces_.start();
        linear_.clear();
        edits_.clear();
        std::optional<std::int64_t> constant;  // what the operator before pushed, if it was an i32.const
        OperatorReader reader(body.code, dialect_);
        std::uint32_t offset = 0;
        std::uint32_t next = 0;
        for (Operator op; reader.next(op); offset = next) {
            if (!pieces_.is_open()) return fail(Errc::malformed, "code follows the end of the function");
            next = static_cast<std::uint32_t>(reader.offset());
            const Price& price = prices_[static_cast<std::size_t>(op.op)];
            std::uint64_t cost = price.base;
            if (price.unit != 0) STRATA_OK(add_operand(cost, price, constant, offset));
            if (!step(op, cost, next)) return fail(Errc::out_of_range, "the price or a branch is out of range");
            if (op.op == Op::global_get || op.op == Op::global_set) edits_.push_back(offset);
            constant.reset();
            if (op.op == Op::i32_const) constant = op.value;
        }
        return reader.status();
    }
    Status add_operand(std::uint64_t& cost, const Price& price, std::optional<std::int64_t> constant,
                       std::uint32_t offset) {
        if (!constant) {
            linear_.push_back({offset, price.unit});
            return {};
        }
        if (*constant < 0)
            return fail(Errc::malformed, "an operator that is priced by its operand has the operand " +
                                             std::to_string(*constant) + ", expected at least 0");
        cost += static_cast<std::uint64_t>(*constant) * price.unit;
        return {};
    }
    // `next` is where the following operator begins.
    bool step(const Operator& op, std::uint64_t cost, std::uint32_t next) {
        switch (op.op) {
            case Op::end:
                pieces_.close(next);
                return true;
            case Op::else_:
                pieces_.finish(next);
                return true;
            default:
                break;
        }
        if (!pieces_.add(cost)) return false;
        switch (op.op) {
            case Op::block:
                pieces_.open_block();
                return true;
            case Op::if_:
            case Op::loop:
                pieces_.open(next, op.op == Op::loop);
                return true;
            case Op::br:
            case Op::br_if:
                pieces_.finish(next);
                return pieces_.branch(op.index);
            case Op::br_table:
                pieces_.finish(next);
                return branch_table(op);
            case Op::return_:
                pieces_.finish(next);
                return pieces_.branch_to(0);
            default:
                return true;
        }
    }
    // Generations 3 and 4 forget the default label; generation 2 looks at it first.
    bool branch_table(const Operator& op) {
        if (generation_ == Generation::two && !pieces_.branch(op.second)) return false;
        return for_each_label(op, [&](std::uint32_t label) { return pieces_.branch(label); });
    }

    Status put_function(Bytes& to, const FunctionBody& body, const FunctionType& type) {
        STRATA_OK(find_pieces(body));
        const auto added = linear_.empty() ? std::nullopt : std::optional(ValueType::i32);
        put_locals(to, body, added);
        const auto temporary = static_cast<std::uint32_t>(type.params.size()) + body.locals;
        CodeCopier copier(to, body.code, dialect_);
        auto linear = linear_.begin();
        auto edit = edits_.begin();
        // Writes what stands before `end`: charges by operand, and numbers of globals.
        const auto until = [&](std::size_t end) {
            while ((linear != linear_.end() && linear->offset < end) || (edit != edits_.end() && *edit < end)) {
                if (edit == edits_.end() || (linear != linear_.end() && linear->offset < *edit)) {
                    put_linear_charge(copier.before(linear->offset), temporary, linear->unit);
                    ++linear;
                } else {
                    put_shifted(copier, *edit++);
                }
            }
        };
        for (const Piece& piece : pieces_.sorted()) {
            until(piece.start);
            put_charge(copier.before(piece.start), static_cast<std::int64_t>(piece.cost));
        }
        until(body.code.size());
        copier.finish();
        return {};
    }
    void put_shifted(CodeCopier& copier, std::uint32_t offset) const {
        const Operator op = copier.at(offset);
        put_op(copier.instead_of(offset, op), op.op, shifted(op.index));
    }
    // Generations 3 and 4 shift the number of every global, also of one that stands before the gas counter.
    std::uint32_t shifted(std::uint32_t global) const {
        return generation_ != Generation::two || global >= gas_global_ ? global + 1 : global;
    }
    void put_charge(Bytes& to, std::int64_t cost) const {
        put_const(to, Op::i64_const, cost);
        put_op(to, Op::call, gas_function_);
    }
    // The operand is unsigned: what is negative costs more than any limit allows.
    void put_linear_charge(Bytes& to, std::uint32_t temporary, std::uint32_t unit) const {
        put_op(to, Op::local_tee, temporary);
        put_op(to, Op::local_get, temporary);
        put_op(to, Op::i64_extend_i32_u);
        put_const(to, Op::i64_const, unit);
        put_op(to, Op::i64_mul);
        put_op(to, Op::call, gas_function_);
    }

    const Module& module_;
    Generation generation_;
    Dialect dialect_;
    const Prices& prices_;
    std::uint32_t gas_global_;
    std::uint32_t gas_function_;
    Pieces pieces_;
    std::vector<Linear> linear_;
    std::vector<std::uint32_t> edits_;  // offsets of the operators on globals
};

}  // namespace

const Prices& prices_of(Generation generation) {
    return generation == Generation::two ? kFixedPrices : kPricesByOperand;
}

Result<Bytes> meter_gas(const Module& module, Generation generation) {
    return Meter(module, generation).run();
}

}  // namespace strata::wasm
