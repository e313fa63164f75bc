#include <strata/crypto/bls_substitute.hpp>

#include <strata/crypto/hash.hpp>

namespace strata::crypto::bls {
namespace {

// `is_free` is not zero at first for the reason in base/large_stack.cpp.
struct Place {
    bool is_free = true;
    Substitute* taken_by = nullptr;
};
thread_local Place place = {.is_free = true, .taken_by = nullptr};

void add(Bytes& out, BytesView part) {
    ByteArray<8> size;
    store_be(size.data(), static_cast<std::uint64_t>(part.size()));
    append(out, size);
    append(out, part);
}

Hash256 hash_of(const Signed& pair) {
    Bytes all;
    add(all, pair.public_key);
    add(all, pair.message);
    return blake2b_256(all);
}

// The first byte of the point at infinity, so that a sum of no signatures is that point, as it must be.
constexpr std::uint8_t kFirst = 0xc0;

template <class Signature>
Signature stub(std::span<const Signed> pairs) {
    Signature out{};
    out[0] = kFirst;
    for (const auto& pair : pairs) {
        const auto hash = hash_of(pair);
        for (std::size_t i = 0; i < hash.size(); ++i) out[i + 1] ^= hash[i];
    }
    return out;
}

}  // namespace

Substitute::Substitute(Kind kind) : kind_(kind) {
    STRATA_CHECK(place.is_free);
    place = {.is_free = false, .taken_by = this};
}
Substitute::~Substitute() {
    place = {};
}
Substitute* Substitute::of_thread() {
    return place.taken_by;
}

Signature Substitute::sign(const PrivateKey& key, const std::function<PublicKey()>& public_key, BytesView message) {
    auto it = keys_.find(key);
    if (it == keys_.end()) it = keys_.emplace(key, public_key()).first;
    const std::array pairs{Signed{it->second, message}};
    return stub<Signature>(pairs);
}

swapped::Signature Substitute::sign_swapped(const swapped::PublicKey& public_key, BytesView message) {
    const std::array pairs{Signed{public_key, message}};
    return stub<swapped::Signature>(pairs);
}

Signature Substitute::aggregate(std::span<const Signature> signatures) {
    auto out = stub<Signature>({});
    for (const auto& signature : signatures)
        for (std::size_t i = 1; i < out.size(); ++i) out[i] ^= signature[i];
    return out;
}

bool Substitute::verify(std::span<const Signed> pairs, BytesView signature, const std::function<bool()>& verify) {
    if (is_stub()) {
        if (signature.size() == std::tuple_size_v<swapped::Signature>)
            return equal(stub<swapped::Signature>(pairs), signature);
        return equal(stub<Signature>(pairs), signature);
    }
    Bytes all;
    for (const auto& pair : pairs) append(all, hash_of(pair));
    append(all, signature);
    const auto question = blake2b_256(all);
    if (const auto it = answers_.find(question); it != answers_.end()) return it->second;
    if (answers_.size() >= kMostAnswers) answers_.clear();
    const bool answer = verify();
    answers_.emplace(question, answer);
    return answer;
}

}  // namespace strata::crypto::bls
