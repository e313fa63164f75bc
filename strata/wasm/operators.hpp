#pragma once
// Walks the operators of a function in place, one at a time; nothing is stored. The feature set is that of the
// reference's engine (docs/protocol/fvm.md §6.1): bulk memory, sign extension, saturating conversions and reference
// types, without SIMD, threads, tail calls, multiple memories, multiple values, 64-bit memories or exceptions.
// Source: WebAssembly core specification 2.0, "Binary format, instructions".
#include <array>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::wasm {

/// An operator: its byte, or 0x100 + n for number n after the prefix 0xfc. Only those that are more to the passes than
/// a line of kOperators have a name.
enum class Op : std::uint16_t {
    unreachable = 0x00,
    nop = 0x01,
    block = 0x02,
    loop = 0x03,
    if_ = 0x04,
    else_ = 0x05,
    end = 0x0b,
    br = 0x0c,
    br_if = 0x0d,
    br_table = 0x0e,
    return_ = 0x0f,
    call = 0x10,
    call_indirect = 0x11,
    drop = 0x1a,
    select = 0x1b,
    select_typed = 0x1c,
    local_get = 0x20,
    local_tee = 0x22,
    global_get = 0x23,
    global_set = 0x24,
    table_get = 0x25,
    table_set = 0x26,
    memory_size = 0x3f,
    memory_grow = 0x40,
    i32_const = 0x41,
    i64_const = 0x42,
    f32_const = 0x43,
    f64_const = 0x44,
    i32_gt_u = 0x4b,
    i64_lt_s = 0x53,
    i32_add = 0x6a,
    i32_sub = 0x6b,
    i64_sub = 0x7d,
    i64_mul = 0x7e,
    i64_extend_i32_u = 0xad,
    i32_extend8_s = 0xc0,
    i64_extend32_s = 0xc4,
    ref_null = 0xd0,
    ref_is_null = 0xd1,
    ref_func = 0xd2,
    i32_trunc_sat_f32_s = 0x100,
    i64_trunc_sat_f64_u = 0x107,
    memory_init = 0x108,
    data_drop = 0x109,
    memory_copy = 0x10a,
    memory_fill = 0x10b,
    table_init = 0x10c,
    elem_drop = 0x10d,
    table_copy = 0x10e,
    table_grow = 0x10f,
    table_size = 0x110,
    table_fill = 0x111,
};
constexpr std::size_t kOperatorCount = 0x112;

/// The immediates are the fields behind the byte of an operator.
enum class Immediate : std::uint8_t {
    illegal,  // no operator of the feature set has this byte
    none,
    block_type,   // one byte: 0x40 or a value type
    index,        // a number
    two_indices,  // two numbers
    labels,       // a list of labels and the default
    memory,       // alignment and offset
    zero,         // the byte 0
    zero_index,   // the byte 0 and a number
    index_zero,   // a number and the byte 0
    int32,        // a signed number of 32 bits
    int64,        // a signed number of 64 bits
    four_bytes,
    eight_bytes,
    reference,  // the byte of a reference type
    one_type,   // the number 1 and a value type
    prefix,     // the number of an operator behind the prefix 0xfc
};

/// The shape of an operator. `pops` and `pushes` are meant for operators without a rule of their own: not for blocks,
/// branches, calls and select.
struct OperatorShape {
    Immediate immediate = Immediate::illegal;
    std::uint8_t pops = 0;
    std::uint8_t pushes = 0;
    std::uint8_t log_size = 0;  // of a memory access: log2 of its bytes, the greatest alignment
};
using OperatorShapes = std::array<OperatorShape, kOperatorCount>;
extern const OperatorShapes kOperators;

/// A dialect is one reader's idea of the format.
enum class Dialect : std::uint8_t {
    standard,
    /// That of parity-wasm 0.42 with its feature `bulk`, as generation 2 uses it: neither sign extension nor saturating
    /// conversions nor reference types; memory.copy and table.copy have one byte, so that the second, which is 0, reads
    /// as `unreachable`. Source: parity-wasm src/elements/ops.rs.
    parity,
};
/// Returns the shapes of a dialect; those of `standard` are kOperators.
const OperatorShapes& shapes_of(Dialect dialect);

struct Operator {
    Op op = Op::unreachable;
    bool shortest = true;      // false if a number in it is longer than need be
    std::uint8_t type = 0;     // of a block (0x40: none), a reference or a select
    std::uint32_t index = 0;   // label, function, local, global, type, table, segment or alignment
    std::uint32_t second = 0;  // table of call_indirect, offset of a memory access, the default label
    std::int64_t value = 0;    // of i32.const and i64.const
    std::uint32_t labels = 0;  // how many there are without the default
    BytesView label_bytes;     // their encoding
    BytesView bytes;           // the whole operator
};

/// Reads the operators of `code` in order; `code` must outlive the reader. Ends with the bytes: whether they end with
/// the `end` of the function is for the caller to see.
class OperatorReader {
  public:
    explicit OperatorReader(BytesView code, Dialect dialect = Dialect::standard)
        : start_(code.data()),
          at_(code.data()),
          end_(code.data() + code.size()),
          shapes_(&shapes_of(dialect)),
          dialect_(dialect) {}

    /// Reads the next operator into `op`; of its immediates only those that it has are set. Returns false at the end of
    /// the code and at an error.
    bool next(Operator& op) {
        if (at_ == end_) return false;
        const std::uint8_t* start = at_;
        const std::uint8_t byte = *at_++;
        op.op = static_cast<Op>(byte);
        op.shortest = true;
        const bool good = immediates(op, (*shapes_)[byte].immediate);
        op.bytes = BytesView(start, at_);
        return good;
    }
    /// Returns the offset of the next byte.
    std::size_t offset() const { return static_cast<std::size_t>(at_ - start_); }
    bool failed() const { return reason_ != nullptr; }
    /// Returns the error if the walk ended at one. Errors: truncated, malformed, unsupported, too_large.
    Status status() const;

  private:
    // The frequent ones are read here, the others out of line.
    bool immediates(Operator& op, Immediate immediate) {
        if (immediate == Immediate::none) return true;
        if (immediate == Immediate::index) return index(op.index, op);
        if (immediate != Immediate::memory) return other(op, immediate);
        if (!index(op.index, op) || !index(op.second, op)) return false;
        return op.index <= (*shapes_)[static_cast<std::size_t>(op.op)].log_size || wrong_alignment();
    }
    bool index(std::uint32_t& value, Operator& op) {
        if (at_ != end_ && *at_ < 0x80) [[likely]] {
            value = *at_++;
            return true;
        }
        return long_index(value, op);
    }
    bool other(Operator& op, Immediate immediate);
    bool prefixed(Operator& op);
    bool long_index(std::uint32_t& value, Operator& op);
    bool signed_number(Operator& op, unsigned bits);
    bool labels(Operator& op);
    bool wrong_alignment();
    bool skip(std::size_t count);
    bool fail(Errc code, const char* reason);

    const std::uint8_t* start_;
    const std::uint8_t* at_;
    const std::uint8_t* end_;
    const OperatorShapes* shapes_;
    const char* reason_ = nullptr;
    Errc code_ = Errc::malformed;
    Dialect dialect_;
};

/// Reads a number that a reader has checked, and moves `from` past it.
inline std::uint32_t take_number(BytesView& from) {
    std::uint32_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        const std::uint8_t byte = from[0];
        from = from.subspan(1);
        value |= static_cast<std::uint32_t>(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
    }
}

/// Calls `visit(label)` for each label of a br_table but the default, until it returns false; returns false then.
template <class Visit>
bool for_each_label(const Operator& op, Visit&& visit) {
    BytesView rest = op.label_bytes;
    while (!rest.empty())
        if (!visit(take_number(rest))) return false;
    return true;
}

}  // namespace strata::wasm
