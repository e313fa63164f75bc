#include <strata/base/pow_mod.hpp>

#include <gmp.h>

namespace strata {
namespace {

/// GMP's number, freed at the end.
class Number {
  public:
    Number() { mpz_init(value_); }
    explicit Number(const BigInt& from) : Number() {
        const Bytes bytes = from.magnitude_be();
        mpz_import(value_, bytes.size(), /*order=*/1, /*size=*/1, /*endian=*/0, /*nails=*/0, bytes.data());
    }
    Number(const Number&) = delete;
    Number& operator=(const Number&) = delete;
    ~Number() { mpz_clear(value_); }

    BigInt value() const {
        Bytes bytes((mpz_sizeinbase(value_, 2) + 7) / 8);
        std::size_t count = 0;
        mpz_export(bytes.data(), &count, /*order=*/1, /*size=*/1, /*endian=*/0, /*nails=*/0, value_);
        return BigInt::from_be(BytesView(bytes).first(count));
    }
    mpz_ptr get() { return value_; }

  private:
    mpz_t value_;
};

}  // namespace

BigInt pow_mod(const BigInt& base, const BigInt& exponent, const BigInt& modulus) {
    STRATA_CHECK(!base.is_negative() && !exponent.is_negative() && modulus.sign() > 0);
    Number out;
    mpz_powm(out.get(), Number(base).get(), Number(exponent).get(), Number(modulus).get());
    return out.value();
}

}  // namespace strata
