#include <strata/chain/eligibility.hpp>

#include <strata/actors/miner/types.hpp>
#include <strata/actors/read/miner.hpp>
#include <strata/actors/read/power.hpp>
#include <strata/base/varint.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/tipset.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {
namespace {

using namespace actors::read;

Result<SectorNumber> nth(const BitField& set, std::uint64_t index) {
    STRATA_TRY(const auto one, set.slice(index, 1));
    return *one.first();
}

}  // namespace

Result<PoStSectorInfo> winning_sector(const Miner& miner, Hash256 randomness) {
    STRATA_TRY(const auto active, miner.sectors_in(&PartitionView::active));
    const std::uint64_t count = active.count();
    if (count == 0)
        return fail(Errc::verification, "miner f0" + std::to_string(miner.id()) + " has no active sector to prove");
    // The challenge is a hash of the prover's ID, the randomness and the number of the challenge
    // (docs/protocol/node.md §6). Clearing the two top bits makes the randomness a field element.
    randomness[31] &= 0x3f;
    Bytes data;
    put_uvarint(data, miner.id());
    data.resize(32);
    append(data, randomness);
    data.resize(data.size() + 8);  // the challenge has the number 0, in eight bytes
    const std::uint64_t index = load_le<std::uint64_t>(crypto::sha256(data).data()) % count;
    STRATA_TRY(const SectorNumber number, nth(active, index));
    STRATA_TRY(const auto sector, miner.sector(number));
    if (!sector)
        return fail(Errc::malformed, "active sector " + std::to_string(number) + " has no record in the miner's state");
    return PoStSectorInfo{sector->seal_proof, sector->sector_number, sector->sealed_cid};
}

Result<bool> is_eligible(Blockstore& blocks, const Network& network, const Tipset& base, const Tipset& lookback,
                         const Address& address) {
    // The reference takes the power before the lookback tipset, not after it, and so this is a rule of consensus.
    STRATA_TRY(auto old_state, vm::StateTree::load(blocks, lookback.parent_state_root()));
    STRATA_TRY(const auto old_power, Power::load(old_state));
    STRATA_TRY(const auto old_claim, old_power.claim(address));
    if (!old_claim || !old_power.meets_minimum(*network.policy, *old_claim)) return false;
    STRATA_TRY(auto state, vm::StateTree::load(blocks, base.parent_state_root()));
    STRATA_TRY(const auto power, Power::load(state));
    STRATA_TRY(const auto claim, power.claim(address));
    if (!claim || claim->quality_adjusted.sign() <= 0) return false;
    STRATA_TRY(const auto miner, Miner::load(state, address));
    STRATA_TRY(const auto info, miner.info());
    return miner.money().fee_debt.is_zero() && base.height() > info.consensus_fault_elapsed;
}

}  // namespace strata::chain
