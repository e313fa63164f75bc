#include <strata/actors/evm/uint256.hpp>

namespace strata::actors::evm {
namespace {

using Wide = unsigned __int128;

template <std::size_t N>
using Limbs = std::array<std::uint64_t, N>;  // low limb first

std::size_t significant(const U256& value) {
    std::size_t n = 4;
    while (n > 0 && value.limbs[n - 1] == 0) --n;
    return n;
}

template <std::size_t N>
struct Division {
    Limbs<N> quotient{};
    U256 remainder;
};

/// Divides by a single limb.
template <std::size_t N>
Division<N> divide_short(const Limbs<N>& a, std::uint64_t b) {
    Division<N> out;
    Wide rest = 0;
    for (std::size_t i = N; i-- > 0;) {
        rest = rest << 64 | a[i];
        out.quotient[i] = static_cast<std::uint64_t>(rest / b);
        rest %= b;
    }
    out.remainder = static_cast<std::uint64_t>(rest);
    return out;
}

/// Subtracts q·v from the n + 1 limbs at u. Returns true if the difference is negative; u is then 2^64(n + 1) too
/// large.
bool subtract_product(std::uint64_t* u, const Limbs<4>& v, std::size_t n, std::uint64_t q) {
    Wide carry = 0;
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i <= n; ++i) {
        if (i < n) carry += Wide{q} * v[i];
        const Wide difference = Wide{u[i]} - static_cast<std::uint64_t>(carry) - borrow;
        u[i] = static_cast<std::uint64_t>(difference);
        borrow = static_cast<std::uint64_t>(difference >> 64) & 1;
        carry >>= 64;
    }
    return borrow != 0;
}

void add_back(std::uint64_t* u, const Limbs<4>& v, std::size_t n) {
    Wide carry = 0;
    for (std::size_t i = 0; i < n; ++i) {
        carry += Wide{u[i]} + v[i];
        u[i] = static_cast<std::uint64_t>(carry);
        carry >>= 64;
    }
    u[n] += static_cast<std::uint64_t>(carry);
}

/// Estimates one limb of the quotient from the top three limbs of the dividend and the top two of the divisor. The
/// estimate is right or one too large.
std::uint64_t estimate(const std::uint64_t* u_top, std::uint64_t v_top, std::uint64_t v_next) {
    const Wide top = Wide{u_top[0]} << 64 | u_top[-1];
    Wide q = top / v_top;
    Wide rest = top % v_top;
    while (q >> 64 != 0 || q * v_next > (rest << 64 | u_top[-2])) {
        --q;
        rest += v_top;
        if (rest >> 64 != 0) break;
    }
    return static_cast<std::uint64_t>(q);
}

/// Divides by b, which is not zero. Source: Knuth, The Art of Computer Programming, volume 2, section 4.3.1, algorithm
/// D.
template <std::size_t N>
Division<N> divide_long(const Limbs<N>& a, const U256& b) {
    const std::size_t n = significant(b);
    if (n == 1) return divide_short(a, b.limbs[0]);
    // The divisor's top bit must be set, so both are shifted.
    const auto shift = static_cast<unsigned>(std::countl_zero(b.limbs[n - 1]));
    const Limbs<4> v = (b << shift).limbs;
    Limbs<N + 1> u{};
    for (std::size_t i = 0; i < N; ++i) {
        u[i] |= a[i] << shift;
        if (shift != 0) u[i + 1] = a[i] >> (64 - shift);
    }
    Division<N> out;
    for (std::size_t j = N - n + 1; j-- > 0;) {
        std::uint64_t q = estimate(&u[j + n], v[n - 1], v[n - 2]);
        if (subtract_product(&u[j], v, n, q)) {
            --q;
            add_back(&u[j], v, n);
        }
        out.quotient[j] = q;
    }
    U256 rest;
    std::copy_n(u.begin(), n, rest.limbs.begin());
    out.remainder = rest >> shift;
    return out;
}

U256 magnitude(const U256& value) {
    return value.is_negative() ? value.negated() : value;
}

}  // namespace

U256 U256::from_be(BytesView bytes) {
    STRATA_CHECK(bytes.size() <= kBytes);
    Hash256 padded{};
    std::ranges::copy(bytes, padded.end() - static_cast<std::ptrdiff_t>(bytes.size()));
    U256 out;
    for (std::size_t i = 0; i < 4; ++i) out.limbs[i] = load_be<std::uint64_t>(padded.data() + 8 * (3 - i));
    return out;
}

U256 divide(const U256& a, const U256& b) {
    if (b.is_zero() || a < b) return 0;
    if (a.fits_u64()) return a.low() / b.low();
    return U256(divide_long(a.limbs, b).quotient);
}

U256 remainder(const U256& a, const U256& b) {
    if (b.is_zero()) return 0;
    if (a < b) return a;
    if (a.fits_u64()) return a.low() % b.low();
    return divide_long(a.limbs, b).remainder;
}

// The quotient is rounded towards zero. -2^255 divided by -1 is -2^255 again, which follows from the arithmetic.
U256 divide_signed(const U256& a, const U256& b) {
    const U256 quotient = divide(magnitude(a), magnitude(b));
    return a.is_negative() == b.is_negative() ? quotient : quotient.negated();
}

// The remainder has the sign of the dividend.
U256 remainder_signed(const U256& a, const U256& b) {
    const U256 rest = remainder(magnitude(a), magnitude(b));
    return a.is_negative() ? rest.negated() : rest;
}

U256 add_mod(const U256& a, const U256& b, const U256& modulus) {
    if (modulus.is_zero()) return 0;
    Limbs<5> sum{};
    Wide carry = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        carry += Wide{a.limbs[i]} + b.limbs[i];
        sum[i] = static_cast<std::uint64_t>(carry);
        carry >>= 64;
    }
    sum[4] = static_cast<std::uint64_t>(carry);
    return divide_long(sum, modulus).remainder;
}

U256 multiply_mod(const U256& a, const U256& b, const U256& modulus) {
    if (modulus.is_zero()) return 0;
    Limbs<8> product{};
    for (std::size_t i = 0; i < 4; ++i) {
        Wide carry = 0;
        for (std::size_t j = 0; j < 4; ++j) {
            carry += Wide{a.limbs[i]} * b.limbs[j] + product[i + j];
            product[i + j] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        product[i + 4] = static_cast<std::uint64_t>(carry);
    }
    return divide_long(product, modulus).remainder;
}

U256 power(const U256& base, const U256& exponent) {
    U256 out = 1;
    for (unsigned i = exponent.bit_length(); i-- > 0;) {
        out = out * out;
        if (exponent.bit(i)) out = out * base;
    }
    return out;
}

bool less_signed(const U256& a, const U256& b) {
    return a.is_negative() == b.is_negative() ? a < b : a.is_negative();
}

U256 sign_extend(const U256& bytes, const U256& value) {
    if (bytes >= U256(31)) return value;
    const auto sign = 8 * static_cast<unsigned>(bytes.low()) + 7;
    const U256 mask = U256::max() >> (U256::kBits - 1 - sign);
    return value.bit(sign) ? value | ~mask : value & mask;
}

U256 byte_at(const U256& index, const U256& value) {
    if (index >= U256(32)) return 0;
    const auto from_low = 31 - static_cast<unsigned>(index.low());
    return value.limbs[from_low / 8] >> (8 * (from_low % 8)) & 0xff;
}

U256 shift_left(const U256& bits, const U256& value) {
    return bits >= U256(U256::kBits) ? U256(0) : value << static_cast<unsigned>(bits.low());
}

U256 shift_right(const U256& bits, const U256& value) {
    return bits >= U256(U256::kBits) ? U256(0) : value >> static_cast<unsigned>(bits.low());
}

U256 shift_right_signed(const U256& bits, const U256& value) {
    if (!value.is_negative()) return shift_right(bits, value);
    return ~shift_right(bits, ~value);
}

}  // namespace strata::actors::evm
