#pragma once
// The beacon of Lotus' tests: everybody can compute its rounds, and nobody signs them. For networks whose description
// asks for it. Source: docs/protocol/node.md §4.5 (lotus chain/beacon/mock.go).
#include <strata/chain/beacon_source.hpp>
#include <strata/chain/network.hpp>

namespace strata::chain {

/// The newest round that a block may know is its epoch and this (mock.go, MaxBeaconRoundForEpoch).
inline constexpr std::uint64_t kMockRoundsAhead = 100;

/// Returns the description of this beacon: it has a word in the place of a key, and no times.
BeaconChain mock_chain();
bool is_mock(const BeaconChain& chain);
BeaconEntry mock_entry(std::uint64_t round);

class MockBeacon final : public BeaconSource {
  public:
    Result<BeaconEntry> entry(std::uint64_t round) override { return mock_entry(round); }
};

}  // namespace strata::chain
