#pragma once
// Booleans of a circuit: a constant, a bit, or NOT a bit. Constants fold, so which rows exist depends on which bits are
// constant; the folding below is the one the keys were made with (docs/protocol/proofs.md §10, §18.6).
#include <strata/proofs/circuit/constraint_system.hpp>

namespace strata::proofs {

struct Boolean {
    enum class Kind : std::uint8_t { constant, bit, negated };

    Variable variable;
    Kind kind = Kind::constant;
    bool value = false;  // with the NOT applied; in a blank circuit only constants have a value

    static constexpr Boolean constant(bool value) { return {{}, Kind::constant, value}; }
    constexpr bool is_constant() const { return kind == Kind::constant; }
    /// True for a constant of this value.
    constexpr bool is(bool wanted) const { return is_constant() && value == wanted; }
    constexpr Boolean operator!() const {
        switch (kind) {
            case Kind::constant:
                return constant(!value);
            case Kind::bit:
                return {variable, Kind::negated, !value};
            case Kind::negated:
                return {variable, Kind::bit, !value};
        }
        return *this;
    }
};

inline crypto::Fr to_fr(bool value) {
    return value ? crypto::Fr::one() : crypto::Fr();
}

/// Allocates a bit without its own row, since a row of the caller forces the variable to be 0 or 1.
template <class Cs>
Boolean alloc_unchecked_bit(Cs& cs, bool value) {
    return {cs.alloc([&] { return to_fr(value); }), Boolean::Kind::bit, value};
}

/// Allocates a bit with the row (1 - x)·x = 0, which only 0 and 1 satisfy.
template <class Cs>
Boolean alloc_bit(Cs& cs, bool value) {
    const auto bit = alloc_unchecked_bit(cs, value);
    cs.enforce({{kOne}, {bit.variable, kMinus}}, {{bit.variable}}, {});
    return bit;
}

/// Returns c = a XOR b, with the row 2a·b = a + b - c. NOTs are taken out first: each flips the result.
template <class Cs>
Boolean exclusive_or(Cs& cs, const Boolean& a, const Boolean& b) {
    if (a.is_constant()) return a.value ? !b : b;
    if (b.is_constant()) return b.value ? !a : a;
    const bool negated = a.kind != b.kind;
    const auto c = alloc_unchecked_bit(cs, (a.value != b.value) != negated);
    cs.enforce({{a.variable, power_of_two(1)}}, {{b.variable}}, {{a.variable}, {b.variable}, {c.variable, kMinus}});
    return negated ? !c : c;
}

/// Returns c = a AND b, with the row a·b = c, where NOT x is written 1 - x.
template <class Cs>
Boolean conjunction(Cs& cs, const Boolean& a, const Boolean& b) {
    if (a.is(false) || b.is(false)) return Boolean::constant(false);
    if (a.is(true)) return b;
    if (b.is(true)) return a;
    const auto c = alloc_unchecked_bit(cs, a.value && b.value);
    const bool not_a = a.kind == Boolean::Kind::negated;
    const bool not_b = b.kind == Boolean::Kind::negated;
    if (not_a && not_b) {
        cs.enforce({{kOne}, {a.variable, kMinus}}, {{kOne}, {b.variable, kMinus}}, {{c.variable}});
    } else if (not_a) {
        cs.enforce({{b.variable}}, {{kOne}, {a.variable, kMinus}}, {{c.variable}});
    } else if (not_b) {
        cs.enforce({{a.variable}}, {{kOne}, {b.variable, kMinus}}, {{c.variable}});
    } else {
        cs.enforce({{a.variable}}, {{b.variable}}, {{c.variable}});
    }
    return c;
}

/// A sum of at most three Booleans scaled by ± powers of two. NOT x counts as 1 - x.
class BooleanSum {
  public:
    BooleanSum& add(const Boolean& x, unsigned exponent = 0) {
        return put(x, power_of_two(exponent), minus_power_of_two(exponent));
    }
    BooleanSum& subtract(const Boolean& x, unsigned exponent = 0) {
        return put(x, minus_power_of_two(exponent), power_of_two(exponent));
    }
    operator Terms() const { return {terms_.data(), count_}; }

  private:
    BooleanSum& put(const Boolean& x, CoefficientId plus, CoefficientId minus) {
        if (x.kind == Boolean::Kind::negated) {
            terms_[count_++] = {kOne, plus};
            terms_[count_++] = {x.variable, minus};
        } else if (!x.is_constant()) {
            terms_[count_++] = {x.variable, plus};
        } else if (x.value) {
            terms_[count_++] = {kOne, plus};
        }
        return *this;
    }
    std::array<Term, 6> terms_;
    std::size_t count_ = 0;
};

}  // namespace strata::proofs
