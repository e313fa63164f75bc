#include <strata/chain/network.hpp>

namespace strata::chain {

std::uint64_t Network::timestamp_at(ChainEpoch epoch) const {
    return genesis_timestamp + block_delay * static_cast<std::uint64_t>(epoch);
}

std::uint64_t Network::beacon_round(ChainEpoch epoch) const {
    const std::uint64_t time = timestamp_at(epoch) - block_delay;
    return time < beacon.genesis_time ? 1 : (time - beacon.genesis_time) / beacon.period + 1;
}

bool is_public(const Network& network) {
    return network.name == "testnetnet" || network.name == "calibrationnet";
}

Network devnet_2k() {
    Network out;
    out.chain_id = 31'415'926;
    // lotus build/buildconstants/params_2k.go: UpgradeLiftoffHeight
    out.liftoff = -6;
    // lotus build/buildconstants: the reserve of networks other than mainnet since Teep (fvm.md §3.10)
    out.initial_reserve = fil(1'400'000'000);
    out.inclusion_gas_per_byte = 1000;
    return out;
}

}  // namespace strata::chain
