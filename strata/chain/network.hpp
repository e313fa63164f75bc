#pragma once
// What one network is: names, times, beacon, policy. Immutable; shared by everything above the VM.
// Source: fvm.md §1.1, node.md §4.4, §25.
#include <strata/actors/policy.hpp>
#include <strata/types/network.hpp>

namespace strata::chain {

/// A drand chain of the scheme bls-unchained-g1-rfc9380 (quicknet): keys on G2, signatures on G1.
struct BeaconChain {
    Bytes public_key;
    std::uint64_t genesis_time = 0;
    std::uint64_t period = 3;
};

struct Network {
    std::string name;
    std::uint64_t genesis_timestamp = 0;
    std::uint64_t block_delay = 4;  // seconds
    std::uint64_t chain_id = 0;
    NetworkVersion version = kNetworkVersion28;
    BeaconChain beacon;
    const actors::Policy* policy = &actors::devnet_policy();
    /// Where the vesting of the genesis funds starts.
    ChainEpoch liftoff = 0;
    /// What the reserve held at genesis, for the circulating supply.
    TokenAmount initial_reserve;
    /// Storage price in the least gas limit that a block may include: Lotus checks it by a price list that stayed as it
    /// was at Calico (1300 a byte), or at epoch 0 (1000) where Calico lies before genesis (lotus chain/vm/gas.go,
    /// PricelistByEpoch; seen at epoch 786 of vectors/lotus-devnet/long). The VM's own inclusion cost is higher.
    std::uint64_t inclusion_gas_per_byte = 1300;
    /// Winning proofs are the text "valid proof" (Lotus' debug builds). Never true for a public network.
    bool stub_winning_post = false;

    std::uint64_t timestamp_at(ChainEpoch epoch) const;
    /// Newest round that a block of `epoch` must know: the one of the epoch before it.
    std::uint64_t beacon_round(ChainEpoch epoch) const;
};

/// Mainnet and calibration by the names in their genesis (node.md §22).
bool is_public(const Network& network);

/// Everything of Lotus' 2k network but name, genesis time and beacon.
Network devnet_2k();

/// Reads a description like vectors/lotus-devnet/*/network.json. Errors: malformed, with the field that is wrong.
Result<Network> parse_network(std::string_view json);

}  // namespace strata::chain
