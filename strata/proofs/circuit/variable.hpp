#pragma once
// Names of the variables and coefficients of a constraint system: four bytes each, so that a circuit of 10^8 rows fits
// in memory.
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>

namespace strata::proofs {

/// An input (public) or auxiliary (private) variable. The order is the one in which the reference hashes terms: inputs
/// first, then by index (docs/protocol/proofs.md §12). Input 0 is ONE.
class Variable {
  public:
    constexpr Variable() = default;
    static constexpr Variable input(std::uint32_t index) { return Variable(index); }
    static constexpr Variable aux(std::uint32_t index) { return Variable(index | kAux); }
    constexpr bool is_aux() const { return (raw_ & kAux) != 0; }
    constexpr std::uint32_t index() const { return raw_ & ~kAux; }
    constexpr auto operator<=>(const Variable&) const = default;

  private:
    static constexpr std::uint32_t kAux = 1U << 31;
    constexpr explicit Variable(std::uint32_t raw) : raw_(raw) {}
    std::uint32_t raw_ = 0;
};

inline constexpr Variable kOne = Variable::input(0);

/// Index into a table of distinct coefficients. The first ids are fixed: 2^k is k, -2^k is 256 + k (k < 255).
using CoefficientId = std::uint32_t;

constexpr CoefficientId power_of_two(unsigned k) {
    return k;
}
constexpr CoefficientId minus_power_of_two(unsigned k) {
    return 256 + k;
}
inline constexpr CoefficientId kPlus = power_of_two(0);
inline constexpr CoefficientId kMinus = minus_power_of_two(0);

struct Term {
    Variable variable;
    CoefficientId coefficient = kPlus;
    constexpr bool operator==(const Term&) const = default;
};

using Terms = std::span<const Term>;

struct Counts {
    std::size_t inputs = 1;  // with ONE
    std::size_t aux = 0;
    std::size_t rows = 0;
    bool operator==(const Counts&) const = default;
};

}  // namespace strata::proofs
