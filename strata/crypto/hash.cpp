#include <strata/crypto/hash.hpp>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <strata/base/result.hpp>
#include <strata/crypto/blake2.hpp>
#include <strata/crypto/keccak.hpp>
#include <strata/crypto/sha256.hpp>

namespace strata::crypto {
namespace {

template <std::size_t N>
ByteArray<N> blake2b(BytesView data) {
    ByteArray<N> out;
    Blake2b hash(N);
    hash.update(data);
    hash.finish(out);
    return out;
}

constexpr std::size_t kShort = 247;

// Pads a message to full blocks: a bit that is set, zeros, the length in bits (FIPS 180-4 §5.1.1).
Hash256 sha256_of_short(BytesView data) {
    ByteArray<kShort + 9> padded{};
    std::ranges::copy(data, padded.begin());
    padded[data.size()] = 0x80;
    const std::size_t blocks = (data.size() + 9 + kSha256Block - 1) / kSha256Block;
    store_be(padded.data() + blocks * kSha256Block - 8, std::uint64_t{data.size()} * 8);
    auto state = kSha256Start;
    sha256_blocks(state, padded.data(), blocks);
    return sha256_digest(state);
}

}  // namespace

Hash256 blake2b_256(BytesView data) {
    return blake2b<32>(data);
}
ByteArray<20> blake2b_160(BytesView data) {
    return blake2b<20>(data);
}
ByteArray<64> blake2b_512(BytesView data) {
    return blake2b<64>(data);
}
ByteArray<4> blake2b_32(BytesView data) {
    return blake2b<4>(data);
}

// OpenSSL's call takes longer to begin than a short message takes, and the keys of maps in state are short.
Hash256 sha256(BytesView data) {
    if (data.size() <= kShort) return sha256_of_short(data);
    Hash256 out;
    SHA256(data.data(), data.size(), out.data());
    return out;
}
ByteArray<64> sha512(BytesView data) {
    ByteArray<64> out;
    SHA512(data.data(), data.size(), out.data());
    return out;
}
Hash256 keccak_256(BytesView data) {
    Hash256 out;
    keccak(data, /*rate=*/136, /*padding=*/0x01, out);
    return out;
}
ByteArray<20> ripemd_160(BytesView data) {
    ByteArray<20> out;
    unsigned size = 0;
    STRATA_CHECK(EVP_Digest(data.data(), data.size(), out.data(), &size, EVP_ripemd160(), nullptr) == 1 && size == 20);
    return out;
}

}  // namespace strata::crypto
