#include <strata/wasm/operators.hpp>

namespace strata::wasm {
namespace {

// Source: wasmparser 0.95 src/limits.rs, MAX_WASM_BR_TABLE_SIZE (the same in 0.236, which checks modules first).
constexpr std::uint32_t kMaxLabels = 128 * 1024;
constexpr unsigned kPrefixed = 0x100;

constexpr OperatorShapes shapes() {
    using enum Immediate;
    OperatorShapes out{};
    const auto set = [&](unsigned first, unsigned last, Immediate immediate, std::uint8_t pops, std::uint8_t pushes) {
        for (unsigned op = first; op <= last; ++op) out[op] = {immediate, pops, pushes, 0};
    };
    set(0x00, 0x01, none, 0, 0);         // unreachable, nop
    set(0x02, 0x04, block_type, 0, 0);   // block, loop, if
    set(0x05, 0x05, none, 0, 0);         // else
    set(0x0b, 0x0b, none, 0, 0);         // end
    set(0x0c, 0x0d, index, 0, 0);        // br, br_if
    set(0x0e, 0x0e, labels, 0, 0);       // br_table
    set(0x0f, 0x0f, none, 0, 0);         // return
    set(0x10, 0x10, index, 0, 0);        // call
    set(0x11, 0x11, two_indices, 0, 0);  // call_indirect
    set(0x1a, 0x1a, none, 1, 0);         // drop
    set(0x1b, 0x1b, none, 3, 1);         // select
    set(0x1c, 0x1c, one_type, 3, 1);     // select of a type
    set(0x20, 0x20, index, 0, 1);        // local.get
    set(0x21, 0x21, index, 1, 0);        // local.set
    set(0x22, 0x22, index, 1, 1);        // local.tee
    set(0x23, 0x23, index, 0, 1);        // global.get
    set(0x24, 0x24, index, 1, 0);        // global.set
    set(0x25, 0x25, index, 1, 1);        // table.get
    set(0x26, 0x26, index, 2, 0);        // table.set
    set(0x28, 0x35, memory, 1, 1);       // loads
    set(0x36, 0x3e, memory, 2, 0);       // stores
    set(0x3f, 0x3f, zero, 0, 1);         // memory.size
    set(0x40, 0x40, zero, 1, 1);         // memory.grow
    set(0x41, 0x41, int32, 0, 1);        // i32.const
    set(0x42, 0x42, int64, 0, 1);        // i64.const
    set(0x43, 0x43, four_bytes, 0, 1);   // f32.const
    set(0x44, 0x44, eight_bytes, 0, 1);  // f64.const
    set(0x45, 0x45, none, 1, 1);         // i32.eqz
    set(0x46, 0x4f, none, 2, 1);         // comparisons of i32
    set(0x50, 0x50, none, 1, 1);         // i64.eqz
    set(0x51, 0x66, none, 2, 1);         // comparisons of i64, f32, f64
    set(0x67, 0x69, none, 1, 1);         // i32.clz, ctz, popcnt
    set(0x6a, 0x78, none, 2, 1);         // arithmetic of i32
    set(0x79, 0x7b, none, 1, 1);         // i64.clz, ctz, popcnt
    set(0x7c, 0x8a, none, 2, 1);         // arithmetic of i64
    set(0x8b, 0x91, none, 1, 1);         // f32.abs to sqrt
    set(0x92, 0x98, none, 2, 1);         // arithmetic of f32
    set(0x99, 0x9f, none, 1, 1);         // f64.abs to sqrt
    set(0xa0, 0xa6, none, 2, 1);         // arithmetic of f64
    set(0xa7, 0xbf, none, 1, 1);         // conversions
    set(0xc0, 0xc4, none, 1, 1);         // sign extension
    set(0xd0, 0xd0, reference, 0, 1);    // ref.null
    set(0xd1, 0xd1, none, 1, 1);         // ref.is_null
    set(0xd2, 0xd2, index, 0, 1);        // ref.func
    set(0xfc, 0xfc, prefix, 0, 0);
    set(0x100, 0x107, none, 1, 1);         // saturating conversions
    set(0x108, 0x108, two_indices, 3, 0);  // memory.init
    set(0x109, 0x109, index, 0, 0);        // data.drop
    set(0x10a, 0x10a, two_indices, 3, 0);  // memory.copy
    set(0x10b, 0x10b, index, 3, 0);        // memory.fill
    set(0x10c, 0x10c, two_indices, 3, 0);  // table.init
    set(0x10d, 0x10d, index, 0, 0);        // elem.drop
    set(0x10e, 0x10e, two_indices, 3, 0);  // table.copy
    set(0x10f, 0x10f, index, 2, 1);        // table.grow
    set(0x110, 0x110, index, 0, 1);        // table.size
    set(0x111, 0x111, index, 3, 0);        // table.fill
    constexpr std::uint8_t kLogSizes[] = {2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 2, 3, 2, 3, 0, 1, 0, 1, 2};
    for (unsigned i = 0; i < std::size(kLogSizes); ++i) out[0x28 + i].log_size = kLogSizes[i];
    return out;
}

constexpr bool is_reference(std::uint8_t byte) {
    return byte == 0x70 || byte == 0x6f;
}
constexpr bool is_number_type(std::uint8_t byte) {
    return byte >= 0x7c && byte <= 0x7f;
}

constexpr OperatorShapes parity_shapes() {
    OperatorShapes out = shapes();
    const auto set = [&](Op first, Op last, Immediate immediate) {
        for (auto op = static_cast<unsigned>(first); op <= static_cast<unsigned>(last); ++op)
            out[op].immediate = immediate;
    };
    set(Op::select_typed, Op::select_typed, Immediate::illegal);
    set(Op::table_get, Op::table_set, Immediate::illegal);
    set(Op::i32_extend8_s, Op::i64_extend32_s, Immediate::illegal);
    set(Op::ref_null, Op::ref_func, Immediate::illegal);
    set(Op::i32_trunc_sat_f32_s, Op::i64_trunc_sat_f64_u, Immediate::illegal);
    set(Op::table_grow, Op::table_fill, Immediate::illegal);
    set(Op::call_indirect, Op::call_indirect, Immediate::index_zero);
    set(Op::memory_init, Op::memory_init, Immediate::zero_index);
    set(Op::memory_copy, Op::memory_fill, Immediate::zero);
    set(Op::table_init, Op::table_init, Immediate::zero_index);
    set(Op::table_copy, Op::table_copy, Immediate::zero);
    return out;
}
constexpr OperatorShapes kParityOperators = parity_shapes();

}  // namespace

constexpr OperatorShapes kOperators = shapes();

const OperatorShapes& shapes_of(Dialect dialect) {
    return dialect == Dialect::parity ? kParityOperators : kOperators;
}

bool OperatorReader::fail(Errc code, const char* reason) {
    reason_ = reason;
    code_ = code;
    return false;
}
Status OperatorReader::status() const {
    if (reason_ == nullptr) return {};
    return strata::fail(code_, std::string(reason_) + ", before byte " + std::to_string(offset()) + " of the code");
}

bool OperatorReader::skip(std::size_t count) {
    if (static_cast<std::size_t>(end_ - at_) < count) return fail(Errc::truncated, "the code ends inside an operator");
    at_ += count;
    return true;
}

// A number of 32 bits has at most five bytes, and the last must not have bits above the 32nd. It is longer than need be
// if its last byte adds nothing.
bool OperatorReader::long_index(std::uint32_t& value, Operator& op) {
    value = 0;
    for (unsigned shift = 0;; shift += 7) {
        if (at_ == end_) return fail(Errc::truncated, "the code ends inside a number");
        const std::uint8_t byte = *at_++;
        if (shift == 28 && byte > 0x0f) return fail(Errc::malformed, "a number has more than 32 bits");
        value |= static_cast<std::uint32_t>(byte & 0x7f) << shift;
        if (byte < 0x80) {
            if (byte == 0 && shift > 0) op.shortest = false;
            return true;
        }
    }
}

// The last byte that a signed number of 32 or 64 bits may have holds 4 bits or 1 bit of it; the others repeat the sign.
bool OperatorReader::signed_number(Operator& op, unsigned bits) {
    const unsigned last_shift = bits == 32 ? 28 : 63;
    std::uint64_t value = 0;
    std::uint8_t before = 0;
    for (unsigned shift = 0;; shift += 7) {
        if (at_ == end_) return fail(Errc::truncated, "the code ends inside a number");
        const std::uint8_t byte = *at_++;
        value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if (shift == last_shift) {
            const unsigned sign_bits = bits == 32 ? byte & 0x78U : byte & 0x7fU;
            const unsigned all = bits == 32 ? 0x78 : 0x7f;
            if (byte >= 0x80 || (sign_bits != 0 && sign_bits != all))
                return fail(Errc::malformed, "a signed number has too many bits");
        }
        if (byte < 0x80) {
            const bool adds_nothing = (byte == 0 && (before & 0x40) == 0) || (byte == 0x7f && (before & 0x40) != 0);
            if (shift > 0 && adds_nothing) op.shortest = false;
            if (shift + 7 < 64 && (byte & 0x40) != 0) value |= ~std::uint64_t{0} << (shift + 7);
            op.value = static_cast<std::int64_t>(value);
            return true;
        }
        before = byte;
    }
}

bool OperatorReader::labels(Operator& op) {
    if (!index(op.labels, op)) return false;
    if (op.labels > kMaxLabels) return fail(Errc::too_large, "a br_table has more than 131072 labels");
    const std::uint8_t* first = at_;
    for (std::uint32_t i = 0; i < op.labels; ++i)
        if (!index(op.index, op)) return false;
    op.label_bytes = BytesView(first, at_);
    return index(op.second, op);
}

bool OperatorReader::wrong_alignment() {
    return fail(Errc::malformed, "the alignment of a memory access is greater than its size");
}

bool OperatorReader::prefixed(Operator& op) {
    std::uint32_t number = 0;
    if (!index(number, op)) return false;
    if (number >= kOperatorCount - kPrefixed || (dialect_ == Dialect::parity && !op.shortest))
        return fail(Errc::unsupported, "an operator behind the prefix 0xfc is not known");
    op.op = static_cast<Op>(kPrefixed + number);
    return immediates(op, (*shapes_)[kPrefixed + number].immediate);
}

bool OperatorReader::other(Operator& op, Immediate immediate) {
    switch (immediate) {
        case Immediate::illegal:
            return fail(Errc::unsupported, "a byte is not an operator of the feature set");
        case Immediate::none:
        case Immediate::index:
        case Immediate::memory:
            return immediates(op, immediate);
        case Immediate::int32:
        case Immediate::int64:
            if (at_ == end_ || *at_ >= 0x80) return signed_number(op, immediate == Immediate::int32 ? 32 : 64);
            op.value = static_cast<std::int64_t>(*at_++ ^ 0x40) - 0x40;  // bit 6 is the sign
            return true;
        case Immediate::two_indices:
            return index(op.index, op) && index(op.second, op);
        case Immediate::index_zero:
            op.second = 0;
            return index(op.index, op) && other(op, Immediate::zero);
        case Immediate::zero_index:
            op.index = 0;
            return other(op, Immediate::zero) && index(op.second, op);
        case Immediate::labels:
            return labels(op);
        case Immediate::zero:
            if (!skip(1)) return false;
            return at_[-1] == 0 ? true : fail(Errc::malformed, "a byte that must be zero is not");
        case Immediate::four_bytes:
            return skip(4);
        case Immediate::eight_bytes:
            return skip(8);
        case Immediate::block_type:
            if (!skip(1)) return false;
            op.type = at_[-1];
            if (op.type == 0x40 || is_number_type(op.type)) return true;
            if (is_reference(op.type) && dialect_ == Dialect::standard) return true;
            return fail(Errc::unsupported, "the type of a block is neither empty nor one value type");
        case Immediate::one_type:
            if (!index(op.index, op) || !skip(1)) return false;
            op.type = at_[-1];
            if (op.index == 1 && (is_number_type(op.type) || is_reference(op.type))) return true;
            return fail(Errc::malformed, "a select does not have one value type");
        case Immediate::reference:
            if (!skip(1)) return false;
            op.type = at_[-1];
            return is_reference(op.type) ? true : fail(Errc::malformed, "a ref.null does not have a reference type");
        case Immediate::prefix:
            return prefixed(op);
    }
    return fail(Errc::internal, "the shape of an operator is not known");
}

}  // namespace strata::wasm
