#pragma once
// Returns the letter with which a network writes addresses. Source: go-address (Mainnet 'f', Testnet 't'), lotus
// build/buildconstants: only mainnet, whose genesis names it "testnetnet", writes 'f'.
#include <strata/chain/network.hpp>

namespace strata::chain {

inline char address_prefix(const Network& network) {
    return network.name == "testnetnet" ? 'f' : 't';
}

}  // namespace strata::chain
