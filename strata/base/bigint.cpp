#include <strata/base/bigint.hpp>

#include <gmp.h>

namespace strata {
namespace {

static_assert(sizeof(__mpz_struct) == 16);  // the layout of BigInt::Storage

template <class S>
mpz_ptr z(S& storage) {
    return reinterpret_cast<mpz_ptr>(&storage);
}
template <class S>
mpz_srcptr z(const S& storage) {
    return reinterpret_cast<mpz_srcptr>(&storage);
}

constexpr std::size_t kMaxDigits = 1024;

}  // namespace

BigInt::BigInt() noexcept {
    mpz_init(z(z_));
}
BigInt::BigInt(std::int64_t value) {
    mpz_init_set_si(z(z_), value);
}
BigInt::BigInt(std::uint64_t value) {
    mpz_init_set_ui(z(z_), value);
}
BigInt::BigInt(const BigInt& other) {
    mpz_init_set(z(z_), z(other.z_));
}
BigInt::BigInt(BigInt&& other) noexcept : BigInt() {
    mpz_swap(z(z_), z(other.z_));
}
BigInt& BigInt::operator=(const BigInt& other) {
    if (this != &other) mpz_set(z(z_), z(other.z_));
    return *this;
}
BigInt& BigInt::operator=(BigInt&& other) noexcept {
    mpz_swap(z(z_), z(other.z_));
    return *this;
}
BigInt::~BigInt() {
    mpz_clear(z(z_));
}

Result<BigInt> BigInt::parse(std::string_view decimal) {
    if (decimal.size() > kMaxDigits)
        return fail(Errc::too_large, "the number has " + std::to_string(decimal.size()) +
                                         " characters, expected at most " + std::to_string(kMaxDigits));
    const auto digits = decimal.starts_with('-') ? decimal.substr(1) : decimal;
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
        return fail(Errc::malformed,
                    "'" + std::string(decimal) + "' is not a decimal number (digits with an optional minus sign)");
    BigInt out;
    mpz_set_str(z(out.z_), std::string(decimal).c_str(), 10);
    return out;
}
BigInt BigInt::constant(std::string_view decimal) {
    auto value = parse(decimal);
    STRATA_CHECK(value.has_value());
    return std::move(*value);
}
BigInt BigInt::from_be(BytesView magnitude) {
    BigInt out;
    mpz_import(z(out.z_), magnitude.size(), 1, 1, 0, 0, magnitude.data());  // single bytes, the highest first
    return out;
}
BigInt BigInt::pow2(unsigned bits) {
    return BigInt(1) << bits;
}

std::string BigInt::to_string() const {
    std::string out(mpz_sizeinbase(z(z_), 10) + 2, '\0');  // with room for a sign and the final zero
    mpz_get_str(out.data(), 10, z(z_));
    out.resize(std::strlen(out.c_str()));
    return out;
}
Bytes BigInt::magnitude_be() const {
    Bytes out((bit_length() + 7) / 8);
    // Writes single bytes, the highest first.
    if (!out.empty()) mpz_export(out.data(), nullptr, 1, 1, 0, 0, z(z_));
    return out;
}
std::size_t BigInt::bit_length() const {
    return is_zero() ? 0 : mpz_sizeinbase(z(z_), 2);
}
int BigInt::sign() const {
    return mpz_sgn(z(z_));
}
Result<std::int64_t> BigInt::to_i64() const {
    if (!mpz_fits_slong_p(z(z_))) return Errc::out_of_range;
    return mpz_get_si(z(z_));
}
Result<std::uint64_t> BigInt::to_u64() const {
    if (!mpz_fits_ulong_p(z(z_))) return Errc::out_of_range;
    return mpz_get_ui(z(z_));
}
BigInt BigInt::abs() const {
    BigInt out;
    mpz_abs(z(out.z_), z(z_));
    return out;
}

BigInt& BigInt::operator+=(const BigInt& b) {
    mpz_add(z(z_), z(z_), z(b.z_));
    return *this;
}
BigInt& BigInt::operator-=(const BigInt& b) {
    mpz_sub(z(z_), z(z_), z(b.z_));
    return *this;
}
BigInt& BigInt::operator*=(const BigInt& b) {
    mpz_mul(z(z_), z(z_), z(b.z_));
    return *this;
}
BigInt& BigInt::operator<<=(unsigned bits) {
    mpz_mul_2exp(z(z_), z(z_), bits);
    return *this;
}
BigInt& BigInt::operator>>=(unsigned bits) {
    mpz_fdiv_q_2exp(z(z_), z(z_), bits);
    return *this;
}
BigInt BigInt::operator-() const {
    BigInt out;
    mpz_neg(z(out.z_), z(z_));
    return out;
}
int BigInt::compare(const BigInt& a, const BigInt& b) {
    return mpz_cmp(z(a.z_), z(b.z_));
}

BigInt div_floor(const BigInt& a, const BigInt& b) {
    STRATA_CHECK(!b.is_zero());
    BigInt out;
    mpz_fdiv_q(z(out.z_), z(a.z_), z(b.z_));
    return out;
}
BigInt div_trunc(const BigInt& a, const BigInt& b) {
    STRATA_CHECK(!b.is_zero());
    BigInt out;
    mpz_tdiv_q(z(out.z_), z(a.z_), z(b.z_));
    return out;
}
BigInt div_ceil(const BigInt& a, const BigInt& b) {
    STRATA_CHECK(!b.is_zero());
    BigInt out;
    mpz_cdiv_q(z(out.z_), z(a.z_), z(b.z_));
    return out;
}
BigInt mod_floor(const BigInt& a, const BigInt& b) {
    STRATA_CHECK(!b.is_zero());
    BigInt out;
    mpz_fdiv_r(z(out.z_), z(a.z_), z(b.z_));
    return out;
}

}  // namespace strata
