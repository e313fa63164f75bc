#pragma once
// 32-bit words of SHA-256 inside a circuit, and the accumulator that joins several additions into one row
// (docs/protocol/proofs.md §10).
#include <bit>

#include <strata/proofs/circuit/boolean.hpp>

namespace strata::proofs {

struct Word {
    std::array<Boolean, 32> bits;  // low bit first

    static Word constant(std::uint32_t value) {
        Word word;
        for (unsigned i = 0; i < 32; ++i) word.bits[i] = Boolean::constant((value >> i & 1) != 0);
        return word;
    }
    Word rotated_right(unsigned by) const {
        Word out;
        for (unsigned i = 0; i < 32; ++i) out.bits[i] = bits[(i + by) % 32];
        return out;
    }
    Word shifted_right(unsigned by) const {
        Word out = constant(0);
        for (unsigned i = 0; i + by < 32; ++i) out.bits[i] = bits[i + by];
        return out;
    }
    std::uint32_t value() const {
        std::uint32_t out = 0;
        for (unsigned i = 0; i < 32; ++i) out |= static_cast<std::uint32_t>(bits[i].value) << i;
        return out;
    }
    bool is_constant() const { return std::ranges::all_of(bits, &Boolean::is_constant); }
};

template <class Cs>
Word exclusive_or(Cs& cs, const Word& a, const Word& b) {
    Word out;
    for (unsigned i = 0; i < 32; ++i) out.bits[i] = exclusive_or(cs, a.bits[i], b.bits[i]);
    return out;
}

/// Collects equalities of sums, each below 2^bits, and emits them together as one row: the n-th is scaled by 2^(bits of
/// all before it), so that they cannot mix while all fit into 253 bits. Use one object for each compression and flush()
/// at its end.
template <class Cs>
class JoinedEqualities {
  public:
    explicit JoinedEqualities(Cs& cs) : cs_(cs) {}
    JoinedEqualities(const JoinedEqualities&) = delete;
    JoinedEqualities& operator=(const JoinedEqualities&) = delete;

    /// Begins one more equality of `bits` bits. The terms that follow belong to it.
    void begin(unsigned bits) {
        if (used_ + bits >= kCapacity) flush();
        shift_ = used_;
        used_ += bits;
    }
    void add_left(const Boolean& x, unsigned exponent) {
        const unsigned at = shift_ + exponent;
        if (x.kind == Boolean::Kind::bit) {
            left_.push_back({x.variable, power_of_two(at)});
        } else if (x.kind == Boolean::Kind::negated) {
            left_.push_back({kOne, power_of_two(at)});
            left_.push_back({x.variable, minus_power_of_two(at)});
        } else if (x.value) {
            left_.push_back({kOne, power_of_two(at)});
        }
    }
    void add_right(Variable x, unsigned exponent) { right_.push_back({x, power_of_two(shift_ + exponent)}); }
    void flush() {
        if (used_ == 0) return;
        const Term one{kOne};
        cs_.enforce(left_, Terms(&one, 1), right_);
        left_.clear();
        right_.clear();
        used_ = 0;
    }
    Cs& system() { return cs_; }

  private:
    static constexpr unsigned kCapacity = 254;  // the field has room for this many bits, but a row stays below
    Cs& cs_;
    unsigned used_ = 0;
    unsigned shift_ = 0;
    std::vector<Term> left_, right_;
};

/// Adds two to ten words modulo 2^32. The bits above the 32nd are allocated and then dropped.
template <class Cs>
Word add_words(JoinedEqualities<Cs>& equalities, std::span<const Word* const> operands) {
    std::uint64_t sum = 0;
    bool constant = true;
    for (const auto* word : operands) {
        sum += word->value();
        constant = constant && word->is_constant();
    }
    if (constant) return Word::constant(static_cast<std::uint32_t>(sum));

    auto& cs = equalities.system();
    const auto bits = static_cast<unsigned>(std::bit_width(operands.size() * std::uint64_t{0xffffffff}));
    std::array<Boolean, 36> result;  // ten words need 36 bits
    for (unsigned i = 0; i < bits; ++i) result[i] = alloc_bit(cs, (sum >> i & 1) != 0);
    if constexpr (Cs::kHasRows) {
        equalities.begin(bits);
        if (cs.wants_rows()) {
            for (const auto* word : operands)
                for (unsigned i = 0; i < 32; ++i) equalities.add_left(word->bits[i], i);
            for (unsigned i = 0; i < bits; ++i) equalities.add_right(result[i].variable, i);
        }
    }
    Word out;
    std::copy_n(result.begin(), 32, out.bits.begin());
    return out;
}

}  // namespace strata::proofs
