#include <strata/chain/beacon.hpp>

#include <strata/chain/chain_store.hpp>
#include <strata/chain/mock_beacon.hpp>
#include <strata/crypto/bls.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::chain {
namespace {

constexpr int kMaxTipsetsSearched = 20;

Error wrong(const std::string& what) {
    return fail(Errc::verification, "beacon: " + what);
}

}  // namespace

Hash256 beacon_digest(std::uint64_t round) {
    ByteArray<8> bytes;
    store_be(bytes.data(), round);
    return crypto::sha256(bytes);
}

bool verify_beacon_entry(const BeaconChain& beacon, const BeaconEntry& entry) {
    if (is_mock(beacon)) return entry == mock_entry(entry.round);
    return crypto::bls::swapped::verify(beacon.public_key, beacon_digest(entry.round), entry.data);
}

std::vector<std::uint64_t> beacon_rounds(const Network& network, ChainEpoch parent_height, ChainEpoch height,
                                         std::uint64_t previous_round) {
    std::vector<std::uint64_t> out;
    if (network.beacon_round(height) == previous_round) return out;
    for (ChainEpoch epoch = parent_height + 1; epoch <= height; ++epoch) out.push_back(network.beacon_round(epoch));
    return out;
}

Result<BeaconEntry> latest_beacon_entry(ChainStore& chain, const TipsetPtr& tip) {
    TipsetPtr at = tip;
    for (int i = 0; i < kMaxTipsetsSearched; ++i) {
        const auto& entries = at->blocks()[0].beacon_entries;
        if (!entries.empty()) return entries.back();
        if (at->height() == 0) break;
        STRATA_TRY(at, chain.parent(*at));
    }
    return fail(Errc::not_found, "beacon: the last " + std::to_string(kMaxTipsetsSearched) + " tipsets up to epoch " +
                                     std::to_string(tip->height()) + " have no entry");
}

Status check_beacon_entries(const Network& network, const BlockHeader& block, ChainEpoch parent_height,
                            const BeaconEntry& previous) {
    const auto& entries = block.beacon_entries;
    const std::uint64_t newest = network.beacon_round(block.height);
    if (newest == previous.round)
        return entries.empty()
                   ? Status{}
                   : wrong("the block has an entry of round " + std::to_string(entries.back().round) +
                           ", expected none: the parents already have round " + std::to_string(previous.round));
    if (entries.empty()) return wrong("the block has no entry, expected round " + std::to_string(newest));
    // The mock counts as a chained beacon: nothing is asked of the entries after a genesis without one, and their
    // rounds are free, except the last one (beacon.go, ValidateBlockValues).
    const bool is_chained = is_mock(network.beacon);
    if (is_chained && previous.round == 0) return {};
    if (entries.back().round != newest)
        return wrong("the last round is " + std::to_string(entries.back().round) + ", expected " +
                     std::to_string(newest));
    ChainEpoch epoch = parent_height;
    for (const auto& entry : entries) {
        // A block carries one entry for each epoch since its parent.
        if (const auto round = network.beacon_round(++epoch); entry.round != round && !is_chained)
            return wrong("the round for epoch " + std::to_string(epoch) + " is " + std::to_string(entry.round) +
                         ", expected " + std::to_string(round));
        if (!verify_beacon_entry(network.beacon, entry))
            return wrong("the signature of round " + std::to_string(entry.round) + " is not the beacon's");
    }
    return {};
}

}  // namespace strata::chain
