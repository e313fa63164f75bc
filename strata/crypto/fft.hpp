#pragma once
// Polynomials over Fr by their values at the 2^log-th roots of unity and by their coefficients. Values are in natural
// order. Coefficients are in bit-reversed order, which is how a transform leaves them and takes them, so that nothing
// is permuted between a transform and its inverse. The work runs on the thread pool.
#include <span>
#include <vector>

#include <strata/crypto/fr.hpp>

namespace strata::crypto {

class FftDomain {
  public:
    /// 2^32 is the largest power of two that divides r - 1.
    static constexpr unsigned kMaxLog = 32;
    struct Order {
        unsigned log;
        std::size_t size;
        Fr root;
    };
    /// Makes the smallest domain of at least `size` points. Errors: too_large for more than 2^32 points.
    static Result<FftDomain> of_size(std::size_t size);
    /// Finds the size and the root of that domain without making its tables.
    static Result<Order> order_for(std::size_t size);

    unsigned log() const { return log_; }
    std::size_t size() const { return std::size_t{1} << log_; }
    const Fr& root() const { return root_; }

    /// Turns values at the roots into coefficients, and back. `values` has exactly size() elements (checked).
    void to_coefficients(std::span<Fr> values) const;
    void to_values(std::span<Fr> coefficients) const;

    /// Does the same for values at 7·(the roots). There x^size - 1, which is zero at all roots, is nowhere zero, so
    /// that a quotient by it can be taken.
    void to_coefficients_from_coset(std::span<Fr> values) const;
    void to_coset_values(std::span<Fr> coefficients) const;
    /// Returns x^size - 1, which has the same value at every point of the coset.
    Fr vanishing_on_coset() const;

  private:
    FftDomain(unsigned log, const Fr& root);
    /// Multiplies coefficient i by factor·base^i.
    void scale(std::span<Fr> coefficients, const Fr& base, const Fr& factor) const;

    unsigned log_;
    Fr root_;
    // The first size/2 powers of the root and of its inverse, in bit-reversed order: block k of every pass uses the
    // k-th.
    std::vector<Fr> twiddles_, inverse_twiddles_;
};

/// 7 generates the multiplicative group: its powers are all elements but zero.
Fr multiplicative_generator();

/// Moves element i to the index that has i's low `log` bits in reverse order.
void reverse_bits(std::span<Fr> elements);

}  // namespace strata::crypto
