#include <strata/chain/block_rules.hpp>

#include <strata/chain/base_fee.hpp>
#include <strata/chain/beacon.hpp>
#include <strata/chain/chain_externs.hpp>
#include <strata/chain/election.hpp>
#include <strata/chain/message_rules.hpp>
#include <strata/chain/miner_view.hpp>
#include <strata/chain/randomness.hpp>
#include <strata/chain/weight.hpp>
#include <strata/crypto/bls.hpp>

namespace strata::chain {
namespace {

Error wrong(const std::string& what) {
    return fail(Errc::verification, "block: " + what);
}

Result<vm::StateTree> state_at(ChainStore& chain, const Cid& root) {
    return vm::StateTree::load(chain.blocks(), root);
}

// Winning proofs are numbered as the window proofs of the same size, from 0 (fvm.md §1.11).
RegisteredPoStProof winning_proof_for(RegisteredPoStProof window) {
    return static_cast<RegisteredPoStProof>(static_cast<std::int64_t>(window) % 5);
}

bool vrf_ok(const MinerView& miner, const Hash256& randomness, BytesView proof) {
    return miner.worker_key.protocol() == Address::Protocol::bls &&
           crypto::bls::verify(miner.worker_key.payload(), randomness, proof);
}

}  // namespace

/// One block with what its rules look at.
struct BlockRules::Context {
    const BlockHeader& block;
    TipsetPtr parent;
    Lookback lookback;
    MinerView miner;  // in the lookback state
    BeaconEntry previous_entry;
    const Bytes& beacon() const {
        return block.beacon_entries.empty() ? previous_entry.data : block.beacon_entries.back().data;
    }
};

Status BlockRules::check_shape(const BlockHeader& block) {
    if (!block.election_proof || !block.ticket || !block.block_sig || !block.bls_aggregate)
        return wrong("a proof, the ticket or a signature is missing");
    if (!block.miner.as_id()) return wrong("the miner is not an ID address");
    return {};
}

Status BlockRules::check_parents(const Context& c) {
    const auto& parent = *c.parent;
    const auto& block = c.block;
    if (block.height <= parent.height()) return wrong("not above its parent");
    const auto epochs = static_cast<std::uint64_t>(block.height - parent.height());
    if (block.timestamp != parent.min_timestamp() + network_.block_delay * epochs) return wrong("timestamp");
    STRATA_TRY(const auto weight, chain_weight(chain_, parent));
    if (block.parent_weight != weight) return wrong("parent weight, expected " + weight.to_string());
    STRATA_TRY(const auto base_fee, base_fee_after(chain_, parent));
    if (block.parent_base_fee != base_fee) return wrong("base fee, expected " + base_fee.to_string());
    return check_beacon_entries(network_, block, parent.height(), c.previous_entry);
}

Result<bool> BlockRules::is_eligible(const TipsetPtr& base, const TipsetPtr& lookback, const Address& miner) {
    // The state before the lookback tipset: a quirk of the reference that is consensus.
    STRATA_TRY(auto old_state, state_at(chain_, lookback->parent_state_root()));
    STRATA_TRY(const auto old_power, load_power(old_state, miner));
    if (!old_power.claim || !old_power.state.meets_consensus_minimum(*network_.policy, *old_power.claim)) return false;
    STRATA_TRY(auto state, state_at(chain_, base->parent_state_root()));
    STRATA_TRY(const auto power, load_power(state, miner));
    if (!power.claim || power.claim->quality_adj_power.sign() <= 0) return false;
    STRATA_TRY(const auto view, load_miner(state, miner));
    return view.fee_debt.is_zero() && base->height() > view.consensus_fault_elapsed;
}

Status BlockRules::check_election(const Context& c) {
    const auto& block = c.block;
    if (block.election_proof->win_count < 1) return wrong("not a winner");
    STRATA_TRY(const bool eligible, is_eligible(c.parent, c.lookback.tipset, block.miner));
    if (!eligible) return wrong("the miner is not eligible");
    const auto& proof = block.election_proof->vrf_proof;
    if (!vrf_ok(c.miner, election_randomness(c.beacon(), block.miner, block.height), proof))
        return wrong("election proof");
    STRATA_TRY(auto state, state_at(chain_, c.lookback.state_root));
    STRATA_TRY(const auto power, load_power(state, block.miner));
    if (!power.claim || power.state.total_quality_adj_power.sign() <= 0) return wrong("the miner has no power");
    const auto wins = win_count(proof, power.claim->quality_adj_power, power.state.total_quality_adj_power);
    if (wins != block.election_proof->win_count) return wrong("win count, expected " + std::to_string(wins));
    const auto& parent_ticket = c.parent->min_ticket_block().ticket;
    const Hash256 ticket =
        ticket_randomness(c.beacon(), block.miner, block.height, parent_ticket ? parent_ticket->vrf_proof : Bytes{});
    return vrf_ok(c.miner, ticket, block.ticket->vrf_proof) ? Status{} : wrong("ticket");
}

Status BlockRules::check_winning_post(const Context& c) {
    const auto& proofs = c.block.win_post_proof;
    if (network_.stub_winning_post)
        return !proofs.empty() && as_text(proofs[0].bytes) == kStubWinningProof ? Status{} : wrong("winning proof");
    const Hash256 randomness = winning_post_randomness(c.beacon(), c.block.miner, c.block.height);
    STRATA_TRY(const auto sector, winning_sector(chain_.blocks(), c.miner, randomness));
    if (proofs.size() != 1 || proofs[0].proof != winning_proof_for(c.miner.window_post_proof))
        return wrong("kind of winning proof");
    if (winning_post_ == nullptr) return {};
    const WindowPoStVerifyInfo info{
        .randomness = to_bytes(randomness), .proofs = proofs, .challenged_sectors = {sector}, .prover = c.miner.id};
    return winning_post_->verify_winning_post(info) ? Status{} : wrong("winning proof");
}

Status BlockRules::check(const BlockHeader& block, const TipsetState& result) {
    STRATA_OK(check_shape(block));
    if (block.parent_state_root != result.state_root) return wrong("state root");
    if (block.parent_message_receipts != result.receipts_root) return wrong("receipts root");
    STRATA_TRY(auto parent, chain_.tipset(TipsetKey(block.parents)));
    STRATA_TRY(auto previous_entry, latest_beacon_entry(chain_, parent));
    STRATA_TRY(auto lookback, lookback_for(chain_, parent, block.height));
    STRATA_TRY(auto lookback_state, state_at(chain_, lookback.state_root));
    STRATA_TRY(auto miner, load_miner(lookback_state, block.miner));
    const Context context{block, std::move(parent), std::move(lookback), std::move(miner), std::move(previous_entry)};
    STRATA_OK(check_parents(context));
    STRATA_OK(verify_signature(*block.block_sig, context.miner.worker_key, block.signing_bytes()));
    STRATA_OK(check_election(context));
    STRATA_TRY(const auto messages, chain_.messages(block));
    STRATA_TRY(auto state, state_at(chain_, result.state_root));
    STRATA_OK(check_block_messages(network_, block, messages, state));
    return check_winning_post(context);
}

}  // namespace strata::chain
