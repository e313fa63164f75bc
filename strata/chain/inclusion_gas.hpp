#pragma once
// What the bytes of a message cost before it does anything. There are two such costs: the least gas limit of a message
// in a block, which Lotus checks by a price list of its own, and the VM's charge. They are equal on public networks
// since Hygge; where all upgrades lie before genesis, the VM's charge is higher.
// Source: lotus chain/vm/gas.go (Prices, PricelistByEpoch), gas_v0.go (OnChainMessage); docs/protocol/fvm.md §3.3.
#include <strata/chain/network.hpp>

namespace strata::chain {

/// One price list of Lotus, as far as it prices bytes on chain. In gas.
struct InclusionPrice {
    std::int64_t base = 0;
    std::int64_t per_byte = 0;
    friend bool operator==(const InclusionPrice&, const InclusionPrice&) = default;
};

/// The list of the newest of Calico and Hygge whose height is at least 0 and at most `epoch`, else that of genesis.
InclusionPrice inclusion_price_at(const Network& network, ChainEpoch epoch);

/// The least gas limit that a message of `length` bytes on chain may have in a block of `epoch`.
std::int64_t least_gas_limit(const Network& network, ChainEpoch epoch, std::size_t length);

/// The VM's charge for including a message of `length` bytes: with a lower limit it is refused when it is executed.
/// `version` is one that this program executes (checked).
std::int64_t vm_inclusion_gas(NetworkVersion version, std::size_t length);

}  // namespace strata::chain
