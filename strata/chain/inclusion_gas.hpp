#pragma once
// Computes what the inclusion of a message costs, whatever the message then does. There are two such costs: the least
// gas limit of a message in a block, which Lotus checks by a price list of its own, and the VM's charge. They are equal
// on public networks since Hygge; on a network that began with all upgrades, the VM's charge is higher. Source: lotus
// chain/vm/gas.go (Prices, PricelistByEpoch), gas_v0.go (OnChainMessage); docs/protocol/fvm.md §3.3.
#include <strata/types/basic.hpp>

namespace strata::chain {

struct Network;

/// The part of one of Lotus' price lists that prices bytes on chain, in gas.
struct InclusionPrice {
    std::int64_t base = 0;
    std::int64_t per_byte = 0;
    friend bool operator==(const InclusionPrice&, const InclusionPrice&) = default;
};

/// Returns the price list at `epoch`: that of Hygge or Calico, whichever is the newest whose height is above 0 and at
/// most `epoch`; otherwise that of genesis.
InclusionPrice inclusion_price_at(const Network& network, ChainEpoch epoch);

/// Returns the least gas limit that a message of `length` bytes on chain may have in a block of `epoch`.
std::int64_t least_gas_limit(const Network& network, ChainEpoch epoch, std::size_t length);

/// Returns the VM's charge for including a message of `length` bytes: with a lower limit the message is refused when it
/// is executed. `version` is one that this program executes (checked).
std::int64_t vm_inclusion_gas(NetworkVersion version, std::size_t length);

}  // namespace strata::chain
