#include <strata/crypto/fr.hpp>

#include <blst.h>

#include <strata/base/hex.hpp>

namespace strata::crypto {

// blst keeps its elements the same way: four limbs, low first, Montgomery with 2^256. Its function is written in
// assembly, so reading the same limbs through two types cannot mislead the optimiser.
Fr Fr::multiply(const Fr& a, const Fr& b) {
    static_assert(sizeof(Fr) == sizeof(blst_fr));
    Fr out;
    blst_fr_mul(reinterpret_cast<blst_fr*>(&out), reinterpret_cast<const blst_fr*>(&a),
                reinterpret_cast<const blst_fr*>(&b));
    return out;
}

Result<Fr> Fr::from_bytes(BytesView little_endian) {
    if (little_endian.size() != 32)
        return fail(Errc::invalid_argument,
                    "there are " + std::to_string(little_endian.size()) + " bytes, but a field element has 32");
    Limbs limbs{};
    for (std::size_t i = 0; i < 4; ++i) limbs[i] = load_le<std::uint64_t>(little_endian.data() + 8 * i);
    if (!Field::is_reduced(limbs))
        return fail(Errc::non_canonical, "the bytes are not a field element: the number must be below the modulus r");
    return from_limbs(limbs);
}

Fr Fr::from_bytes_trimmed(const Hash256& little_endian) {
    Limbs limbs{};
    for (std::size_t i = 0; i < 4; ++i) limbs[i] = load_le<std::uint64_t>(little_endian.data() + 8 * i);
    limbs[3] &= 0x3fffffffffffffff;
    return from_limbs(limbs);
}

Hash256 Fr::to_bytes() const {
    const auto limbs = to_limbs();
    Hash256 out;
    for (std::size_t i = 0; i < 4; ++i) store_le(out.data() + 8 * i, limbs[i]);
    return out;
}

std::string Fr::to_hex() const {
    return strata::to_hex(to_bytes());
}

}  // namespace strata::crypto
