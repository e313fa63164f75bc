#pragma once
// Field elements of a circuit: allocation, bits, packing, picking (docs/protocol/proofs.md §10). A number is
// represented by its variable; in a witness its value is `cs.value(variable)`.
#include <ranges>

#include <strata/proofs/circuit/boolean.hpp>

namespace strata::proofs {

using Bits = std::vector<Boolean>;
using BitsView = std::span<const Boolean>;
using Numbers = std::vector<Variable>;

inline constexpr unsigned kFieldBits = 255;
inline constexpr unsigned kPackedBits = 254;  // any value of this many bits is a field element

/// Makes the value of x a public input.
template <class Cs>
void inputize(Cs& cs, Variable x) {
    const auto input = cs.alloc_input([&] { return cs.value(x); });
    cs.enforce({{input}}, {{kOne}}, {{x}});
}

template <class Cs>
void enforce_equal(Cs& cs, Variable a, Variable b) {
    cs.enforce({{a}}, {{kOne}}, {{b}});
}

template <class Cs>
Variable add(Cs& cs, Variable a, Variable b) {
    const auto sum = cs.alloc([&] { return cs.value(a) + cs.value(b); });
    cs.enforce({{a}, {b}}, {{kOne}}, {{sum}});
    return sum;
}

template <class Cs>
Variable multiply(Cs& cs, Variable a, Variable b) {
    const auto product = cs.alloc([&] { return cs.value(a) * cs.value(b); });
    cs.enforce({{a}}, {{b}}, {{product}});
    return product;
}

/// Returns c = condition ? a : b, with the row (b - a)·condition = b - c. The condition must be a plain bit, neither
/// constant nor negated, because the row uses its variable.
template <class Cs>
Variable pick(Cs& cs, const Boolean& condition, Variable a, Variable b) {
    const auto c = cs.alloc([&] { return cs.value(condition.value ? a : b); });
    cs.enforce({{b}, {a, kMinus}}, {{condition.variable}}, {{b}, {c, kMinus}});
    return c;
}

/// Returns from[index]. The index is given by bits, low first, and `from` has 2^bits values.
template <class Cs>
Variable select(Cs& cs, Numbers from, BitsView index) {
    for (const auto& bit : index | std::views::reverse) {
        const std::size_t half = from.size() / 2;
        for (std::size_t i = 0; i < half; ++i) from[i] = pick(cs, bit, from[half + i], from[i]);
        from.resize(half);
    }
    return from[0];
}

inline bool bit_of(const Hash256& little_endian, unsigned i) {
    return (little_endian[i / 8] >> (i % 8) & 1) != 0;
}

/// Returns 255 bits, low first. They are not strict: in the circuit that mainnet uses, the bits may be those of x + r
/// (docs/protocol/proofs.md §18.9). The row that ties them to x is (0)·(0) = (Σ 2^i·bit_i - x).
template <class Cs>
Bits to_bits(Cs& cs, Variable x) {
    Hash256 value{};  // NOLINT(misc-const-correctness): it is set when there are no rows
    if constexpr (!Cs::kHasRows) value = cs.value(x).to_bytes();
    Bits bits(kFieldBits);
    for (unsigned i = 0; i < kFieldBits; ++i) bits[i] = alloc_bit(cs, bit_of(value, i));
    if constexpr (Cs::kHasRows) {
        std::array<Term, kFieldBits + 1> terms;
        terms[kFieldBits] = {x, kMinus};
        for (unsigned i = 0; i < kFieldBits; ++i) terms[i] = {bits[i].variable, power_of_two(i)};
        cs.enforce({}, {}, terms);
    }
    return bits;
}

/// Returns the value of at most 254 bits, low first.
inline crypto::Fr packed_value(BitsView bits) {
    Hash256 bytes{};
    for (std::size_t i = 0; i < bits.size(); ++i)
        bytes[i / 8] = static_cast<std::uint8_t>(bytes[i / 8] | static_cast<std::uint8_t>(bits[i].value) << (i % 8));
    return *crypto::Fr::from_bytes(bytes);
}

/// Returns the terms of Σ 2^i·bit_i.
inline std::vector<Term> packed_terms(BitsView bits) {
    std::vector<Term> terms;
    terms.reserve(bits.size() + 1);
    for (unsigned i = 0; i < bits.size(); ++i) {
        BooleanSum bit;
        const Terms scaled = bit.add(bits[i], i);
        terms.insert(terms.end(), scaled.begin(), scaled.end());
    }
    return terms;
}

/// Adds the row (Σ 2^i·bit_i)·(1) = (packed).
template <class Cs>
void enforce_packed(Cs& cs, BitsView bits, Variable packed) {
    if constexpr (Cs::kHasRows) {
        const Term one{kOne};
        const Term result{packed};
        cs.enforce(packed_terms(bits), Terms(&one, 1), Terms(&result, 1));
    }
}

/// Allocates the number with these bits: at most 254, low first.
template <class Cs>
Variable pack(Cs& cs, BitsView bits) {
    const auto packed = cs.alloc([&] { return packed_value(bits); });
    enforce_packed(cs, bits, packed);
    return packed;
}

/// Makes one public input of each 254 bits.
template <class Cs>
void pack_into_inputs(Cs& cs, BitsView bits) {
    for (std::size_t at = 0; at < bits.size(); at += kPackedBits) {
        const auto part = bits.subspan(at, std::min<std::size_t>(kPackedBits, bits.size() - at));
        const auto input = cs.alloc_input([&] { return packed_value(part); });
        enforce_packed(cs, part, input);
    }
}

/// Allocates `count` bits of `value`, low first.
template <class Cs>
Bits alloc_bits(Cs& cs, std::uint64_t value, unsigned count) {
    Bits bits(count);
    for (unsigned i = 0; i < count; ++i) bits[i] = alloc_bit(cs, i < 64 && (value >> i & 1) != 0);
    return bits;
}

/// Converts between the bit order of field elements (low bit of byte 0 first) and that of SHA-256 (high bit of byte 0
/// first), in both directions. 255 bits get a constant 0 on top.
inline Bits reversed_in_bytes(Bits bits) {
    while (bits.size() % 8 != 0) bits.push_back(Boolean::constant(false));
    const std::span all(bits);
    for (std::size_t at = 0; at < all.size(); at += 8) std::ranges::reverse(all.subspan(at, 8));
    return bits;
}

}  // namespace strata::proofs
