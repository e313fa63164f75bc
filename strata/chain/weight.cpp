#include <strata/chain/weight.hpp>

#include <strata/actors/read/power.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/election.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {
namespace {

// The share of the win counts in the weight is 1/2 (docs/protocol/node.md §10).
constexpr std::int64_t kRatioNum = 1;
constexpr std::int64_t kRatioDen = 2;

}  // namespace

BigInt added_weight(const StoragePower& total_power, std::int64_t win_counts) {
    STRATA_CHECK(total_power.sign() > 0);
    // The weight counts the logarithm of the power and the wins of the tipset, so that of two tipsets with the same
    // power the one with more winners is heavier. Both parts are in units of 1/256.
    const BigInt log2_power(static_cast<std::uint64_t>(total_power.bit_length() - 1));
    const BigInt wins = (log2_power * BigInt(kRatioNum) * BigInt(win_counts)) << 8;
    return (log2_power << 8) + div_floor(wins, BigInt(kExpectedLeaders * kRatioDen));
}

Result<BigInt> chain_weight(ChainStore& chain, const Tipset& tipset) {
    STRATA_TRY(auto state, vm::StateTree::load(chain.blocks(), tipset.parent_state_root()));
    STRATA_TRY(const auto power, actors::read::Power::load(state));
    if (power.quality_adjusted().sign() <= 0) return fail(Errc::verification, "the network has no power");
    std::int64_t wins = 0;
    for (const auto& block : tipset.blocks())
        if (block.election_proof) wins += block.election_proof->win_count;
    return tipset.parent_weight() + added_weight(power.quality_adjusted(), wins);
}

bool wins_tie(const Tipset& a, const Tipset& b) {
    const std::size_t pairs = std::min(a.blocks().size(), b.blocks().size());
    for (std::size_t i = 0; i < pairs; ++i) {
        const auto& ours = a.blocks()[i].ticket;
        const auto& theirs = b.blocks()[i].ticket;
        if (!ours || !theirs || *ours == *theirs) continue;
        return ticket_hash(*ours) < ticket_hash(*theirs);
    }
    return false;
}

}  // namespace strata::chain
