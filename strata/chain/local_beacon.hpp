#pragma once
// A drand network with a single member, for local networks: it signs any round in quicknet's scheme. Its secret is
// public on purpose. Source: docs/protocol/node.md §4.3; the seed becomes a key as in oracle/net/cmd/beacon.
// Thread-safe.
#include <strata/chain/beacon_source.hpp>
#include <strata/chain/network.hpp>
#include <strata/crypto/bls.hpp>

namespace strata::chain {

class LocalBeacon final : public BeaconSource {
  public:
    explicit LocalBeacon(std::string_view seed);
    Result<BeaconEntry> entry(std::uint64_t round) override;
    /// Returns the beacon's part of a network description.
    BeaconChain chain(std::uint64_t genesis_time, std::uint64_t period) const;

  private:
    crypto::bls::PrivateKey secret_;
};

}  // namespace strata::chain
