#pragma once
// Polynomials over Fr by their values at the 2^log-th roots of unity and by their coefficients. Values are in natural
// order; coefficients are in bit-reversed order, which is how a transform leaves them and takes them: nothing is
// permuted between a transform and its inverse. On the thread pool.
#include <span>
#include <vector>

#include <strata/crypto/fr.hpp>

namespace strata::crypto {

class FftDomain {
  public:
    /// r - 1 is divisible by 2^32 and no more.
    static constexpr unsigned kMaxLog = 32;
    struct Order {
        unsigned log;
        std::size_t size;
        Fr root;
    };
    /// The smallest domain of at least `size` points. Errors: too_large above 2^32.
    static Result<FftDomain> of_size(std::size_t size);
    /// The same without the tables.
    static Result<Order> order_for(std::size_t size);

    unsigned log() const { return log_; }
    std::size_t size() const { return std::size_t{1} << log_; }
    const Fr& root() const { return root_; }

    /// Values at the roots to coefficients, and back. Exactly size() elements (checked).
    void to_coefficients(std::span<Fr> values) const;
    void to_values(std::span<Fr> coefficients) const;

    /// The same for values at 7·(the roots), where no polynomial that is zero at all roots is zero.
    void to_coefficients_from_coset(std::span<Fr> values) const;
    void to_coset_values(std::span<Fr> coefficients) const;
    /// x^size - 1, the same at every point of the coset.
    Fr vanishing_on_coset() const;

  private:
    FftDomain(unsigned log, const Fr& root);
    /// coefficient i times factor·base^i
    void scale(std::span<Fr> coefficients, const Fr& base, const Fr& factor) const;

    unsigned log_;
    Fr root_;
    // Powers of the root and of its inverse below size/2, in bit-reversed order: block k of every pass uses the k-th.
    std::vector<Fr> twiddles_, inverse_twiddles_;
};

/// 7, whose powers are all of the field's elements but zero.
Fr multiplicative_generator();

/// Puts element i at the place of i's low `log` bits reversed.
void reverse_bits(std::span<Fr> elements);

}  // namespace strata::crypto
