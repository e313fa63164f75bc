#include <strata/crypto/bls.hpp>

#include <blst.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <set>

#include <strata/base/thread_pool.hpp>
#include <strata/crypto/bls_substitute.hpp>

namespace strata::crypto::bls {
namespace {

// The domain separation tags of the basic scheme ("NUL"), one for each group that messages are hashed to.
constexpr std::string_view kDstG2 = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_";
constexpr std::string_view kDstG1 = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

const std::uint8_t* dst_data(std::string_view dst) {
    return as_bytes(dst).data();
}

std::optional<blst_scalar> to_scalar(const PrivateKey& key) {
    blst_scalar scalar;
    blst_scalar_from_lendian(&scalar, key.data());
    if (!blst_sk_check(&scalar)) return std::nullopt;
    return scalar;
}

Error bad_key() {
    return fail(Errc::invalid_argument,
                "the bytes are not a BLS private key: the number must be above 0 and below the group's order");
}

/// Decodes a compressed point. blst_p1_uncompress checks only that the point is on the curve; most points of the curve
/// are outside the subgroup of order r, and a pairing of such a point proves nothing.
std::optional<blst_p1_affine> read_p1(BytesView bytes) {
    blst_p1_affine point;
    if (bytes.size() != 48 || blst_p1_uncompress(&point, bytes.data()) != BLST_SUCCESS || !blst_p1_affine_in_g1(&point))
        return std::nullopt;
    return point;
}
std::optional<blst_p2_affine> read_p2(BytesView bytes) {
    blst_p2_affine point;
    if (bytes.size() != 96 || blst_p2_uncompress(&point, bytes.data()) != BLST_SUCCESS || !blst_p2_affine_in_g2(&point))
        return std::nullopt;
    return point;
}

}  // namespace

PrivateKey key_from_seed(BytesView seed) {
    STRATA_CHECK(seed.size() >= 32);
    blst_scalar scalar;
    blst_keygen(&scalar, seed.data(), seed.size(), nullptr, 0);
    PrivateKey key;
    blst_lendian_from_scalar(key.data(), &scalar);
    return key;
}

Result<PublicKey> public_key(const PrivateKey& key) {
    const auto scalar = to_scalar(key);
    if (!scalar) return bad_key();
    blst_p1 point;
    blst_sk_to_pk_in_g1(&point, &*scalar);
    PublicKey out;
    blst_p1_compress(out.data(), &point);
    return out;
}

Result<Signature> sign(const PrivateKey& key, BytesView message) {
    const auto scalar = to_scalar(key);
    if (!scalar) return bad_key();
    if (auto* const other = Substitute::of_thread(); other != nullptr && other->is_stub())
        return other->sign(key, [&] { return *public_key(key); }, message);
    blst_p2 hash;
    blst_hash_to_g2(&hash, message.data(), message.size(), dst_data(kDstG2), kDstG2.size(), nullptr, 0);
    blst_p2 signature;
    blst_sign_pk_in_g1(&signature, &hash, &*scalar);
    Signature out;
    blst_p2_compress(out.data(), &signature);
    return out;
}

namespace {

bool verify_really(BytesView public_key, BytesView message, BytesView signature) {
    const auto key = read_p1(public_key);
    const auto point = read_p2(signature);
    // With the identity as the key, the identity would be a valid signature of every message.
    if (!key || !point || blst_p1_affine_is_inf(&*key)) return false;
    return blst_core_verify_pk_in_g1(&*key, &*point, /*hash_or_encode=*/true, message.data(), message.size(),
                                     dst_data(kDstG2), kDstG2.size(), nullptr, 0) == BLST_SUCCESS;
}

}  // namespace

bool verify(BytesView public_key, BytesView message, BytesView signature) {
    const auto verify = [&] { return verify_really(public_key, message, signature); };
    auto* const other = Substitute::of_thread();
    return other == nullptr ? verify() : other->verify(std::array{Signed{public_key, message}}, signature, verify);
}

Result<Signature> aggregate(std::span<const Signature> signatures) {
    if (const auto* const other = Substitute::of_thread(); other != nullptr && other->is_stub())
        return Substitute::aggregate(signatures);
    blst_p2 sum{};  // all zero: the point at infinity
    for (const auto& signature : signatures) {
        const auto point = read_p2(signature);
        if (!point)
            return fail(Errc::verification, "signature " + std::to_string(&signature - signatures.data()) + " of the " +
                                                std::to_string(signatures.size()) +
                                                " signatures to aggregate is not a point of G2");
        blst_p2_add_or_double_affine(&sum, &sum, &*point);
    }
    Signature out;
    blst_p2_compress(out.data(), &sum);
    return out;
}

namespace {

/// The product of e(public key, hash of the message) over some pairs. The products of several threads are merged.
class Pairing {
  public:
    Pairing() : storage_(std::make_unique<std::uint8_t[]>(blst_pairing_sizeof())) {
        blst_pairing_init(get(), /*hash_or_encode=*/true, dst_data(kDstG2), kDstG2.size());
    }
    blst_pairing* get() { return reinterpret_cast<blst_pairing*>(storage_.get()); }

    bool add(const Signed& pair) {
        const auto key = read_p1(pair.public_key);
        if (!key || blst_p1_affine_is_inf(&*key)) return false;
        return blst_pairing_aggregate_pk_in_g1(get(), &*key, nullptr, pair.message.data(), pair.message.size(), nullptr,
                                               0) == BLST_SUCCESS;
    }
    void commit() { blst_pairing_commit(get()); }
    bool merge(Pairing& other) { return blst_pairing_merge(get(), other.get()) == BLST_SUCCESS; }

  private:
    std::unique_ptr<std::uint8_t[]> storage_;
};

/// In the basic scheme, only distinct messages stop a rogue key: a signer who announces the difference of a key of his
/// own and a victim's key could otherwise sign one message for both (IETF draft §3.1).
bool are_distinct(std::span<const Signed> pairs) {
    std::set<std::string_view> messages;
    return std::ranges::all_of(pairs,
                               [&](const Signed& pair) { return messages.insert(as_text(pair.message)).second; });
}

bool verify_aggregate_really(std::span<const Signed> pairs, BytesView signature) {
    constexpr std::size_t grain = 16;  // a pair costs half a millisecond; starting a thread and merging cost far less
    const auto point = read_p2(signature);
    if (!point) return false;
    if (pairs.empty()) return blst_p2_affine_is_inf(&*point);
    std::mutex mutex;
    std::optional<Pairing> all;
    bool good = true;
    parallel_for(pairs.size(), grain, [&](std::size_t begin, std::size_t end) {
        Pairing part;
        bool part_good =
            std::ranges::all_of(pairs.subspan(begin, end - begin), [&](const Signed& pair) { return part.add(pair); });
        part.commit();
        // Multiplication commutes, so the order in which the threads arrive does not matter.
        const std::lock_guard lock(mutex);
        if (all && part_good) part_good = all->merge(part);
        if (!all) all = std::move(part);
        good = good && part_good;
    });
    if (!good) return false;
    blst_fp12 expected;
    blst_aggregated_in_g2(&expected, &*point);
    return blst_pairing_finalverify(all->get(), &expected);
}

}  // namespace

bool verify_aggregate(std::span<const Signed> pairs, BytesView signature) {
    if (!are_distinct(pairs)) return false;
    const auto verify = [&] { return verify_aggregate_really(pairs, signature); };
    auto* const other = Substitute::of_thread();
    return other == nullptr ? verify() : other->verify(pairs, signature, verify);
}

namespace swapped {

bool is_public_key(BytesView bytes) {
    const auto key = read_p2(bytes);
    return key && !blst_p2_affine_is_inf(&*key);
}

Result<PublicKey> public_key(const PrivateKey& key) {
    const auto scalar = to_scalar(key);
    if (!scalar) return bad_key();
    blst_p2 point;
    blst_sk_to_pk_in_g2(&point, &*scalar);
    PublicKey out;
    blst_p2_compress(out.data(), &point);
    return out;
}

Result<Signature> sign(const PrivateKey& key, BytesView message) {
    const auto scalar = to_scalar(key);
    if (!scalar) return bad_key();
    if (const auto* const other = Substitute::of_thread(); other != nullptr && other->is_stub())
        return Substitute::sign_swapped(*public_key(key), message);
    blst_p1 hash;
    blst_hash_to_g1(&hash, message.data(), message.size(), dst_data(kDstG1), kDstG1.size(), nullptr, 0);
    blst_p1 signature;
    blst_sign_pk_in_g2(&signature, &hash, &*scalar);
    Signature out;
    blst_p1_compress(out.data(), &signature);
    return out;
}

namespace {

bool verify_really(BytesView public_key, BytesView message, BytesView signature) {
    const auto key = read_p2(public_key);
    const auto point = read_p1(signature);
    if (!key || !point || blst_p2_affine_is_inf(&*key)) return false;
    return blst_core_verify_pk_in_g2(&*key, &*point, /*hash_or_encode=*/true, message.data(), message.size(),
                                     dst_data(kDstG1), kDstG1.size(), nullptr, 0) == BLST_SUCCESS;
}

}  // namespace

bool verify(BytesView public_key, BytesView message, BytesView signature) {
    const auto verify = [&] { return verify_really(public_key, message, signature); };
    auto* const other = Substitute::of_thread();
    return other == nullptr ? verify() : other->verify(std::array{Signed{public_key, message}}, signature, verify);
}

}  // namespace swapped

PrivateKey reduce_be(const Hash256& number) {
    blst_scalar scalar;
    blst_scalar_from_be_bytes(&scalar, number.data(), number.size());  // reduces modulo the order
    PrivateKey out;
    blst_lendian_from_scalar(out.data(), &scalar);
    return out;
}

}  // namespace strata::crypto::bls
