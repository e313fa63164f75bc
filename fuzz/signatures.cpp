#include <strata/crypto/bls.hpp>
#include <strata/crypto/curve.hpp>
#include <strata/crypto/pairing.hpp>
#include <strata/crypto/secp256k1.hpp>
#include <strata/types/address.hpp>
#include <strata/types/signature.hpp>

#include "target.hpp"

namespace {

using namespace strata;

const Bytes kMessage{'m', 'e', 's', 's', 'a', 'g', 'e'};
// Accounts of a recorded chain, one of each kind of key; nobody has signed kMessage with them.
const Address kSigners[] = {
    Address::parse("t1wu6pyycbrjnmqfql4urh3xbg5crahn5pfedxyqa").value(),
    Address::parse("t3u4hocu32fd7csrzk6zitj3dzsk7dhiba3b7gkwuv6fyx3bq45b7xrbfo6d7zm5hilxpq4d7lzijoi7qzv6ka").value(),
};

void check_points(BytesView input) {
    if (const auto point = crypto::g1_from_compressed(input)) STRATA_CHECK(equal(crypto::compressed(*point), input));
    if (const auto point = crypto::g2_from_compressed(input)) STRATA_CHECK(equal(crypto::compressed(*point), input));
    if (const auto point = crypto::g1_from_uncompressed(input))
        STRATA_CHECK(equal(crypto::uncompressed(*point), input));
    if (const auto point = crypto::g2_from_uncompressed(input))
        STRATA_CHECK(equal(crypto::uncompressed(*point), input));
    static_cast<void>(crypto::Gt::from_compressed(input).has_value());
}

void check_recovery(BytesView input) {
    Hash256 digest{};
    crypto::secp256k1::Signature signature{};
    if (input.size() != digest.size() + signature.size()) return;
    std::ranges::copy(input.first(digest.size()), digest.begin());
    std::ranges::copy(input.subspan(digest.size()), signature.begin());
    if (const auto key = crypto::secp256k1::recover(digest, signature))
        STRATA_CHECK(crypto::secp256k1::verify(*key, digest, BytesView(signature).first(64)));
}

}  // namespace

// A point has one encoding, a key that is recovered from a signature verifies it, and no signature of a stranger is
// accepted for an address.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView input(data, size);
    check_points(input);
    check_recovery(input);
    if (const auto signature = from_cbor<Signature>(input)) {
        STRATA_CHECK(equal(to_cbor(*signature), input));
        for (const auto& signer : kSigners) STRATA_CHECK(!verify_signature(*signature, signer, kMessage));
    }
    static_cast<void>(crypto::bls::verify(input.first(std::min<std::size_t>(size, 48)), kMessage, input));
    return 0;
}
