#include <strata/chain/local_beacon.hpp>

#include <strata/chain/beacon.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::chain {

// The chance that a hash is a multiple of the group order is negligible, so the key always exists.
LocalBeacon::LocalBeacon(std::string_view seed) : secret_(crypto::bls::reduce_be(crypto::sha256(as_bytes(seed)))) {}

Result<BeaconEntry> LocalBeacon::entry(std::uint64_t round) {
    STRATA_TRY(const auto signature, crypto::bls::swapped::sign(secret_, beacon_digest(round)));
    return BeaconEntry{round, to_bytes(signature)};
}

BeaconChain LocalBeacon::chain(std::uint64_t genesis_time, std::uint64_t period) const {
    const auto key = crypto::bls::swapped::public_key(secret_);
    STRATA_CHECK(key.has_value());
    return {to_bytes(*key), genesis_time, period};
}

}  // namespace strata::chain
