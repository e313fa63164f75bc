#include <strata/chain/block_door.hpp>

#include <strata/actors/read/miner.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/eligibility.hpp>
#include <strata/chain/message_rules.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {
namespace {

// Source: lotus chain/consensus/filcns/filecoin.go.
constexpr ChainEpoch kHeightDrift = 5;                // MaxHeightDrift, epochs
constexpr std::uint64_t kNearlySynced = 6 * 60 * 60;  // isChainNearSynced, seconds

Decision reject(const char* rule, std::string reason) {
    return {Verdict::reject, rule, "block: " + std::move(reason)};
}
Decision ignore(const char* rule, std::string reason) {
    return {Verdict::ignore, rule, "block: " + std::move(reason)};
}

// Returns the newest epoch that a block may have by the clock.
ChainEpoch newest_epoch(const Network& network, std::uint64_t now) {
    const std::uint64_t age = now > network.genesis_timestamp ? now - network.genesis_timestamp : 0;
    return static_cast<ChainEpoch>(age / network.block_delay) + kHeightDrift;
}

}  // namespace

bool is_in_consensus_range(const Network& network, ChainEpoch epoch, ChainEpoch head, std::uint64_t now) {
    return epoch >= head - kChainFinality && epoch <= newest_epoch(network, now);
}

std::string consensus_range_text(const Network& network, ChainEpoch head, std::uint64_t now) {
    return std::to_string(std::max<ChainEpoch>(0, head - kChainFinality)) + " to " +
           std::to_string(newest_epoch(network, now));
}

Decision BlockDoor::check(BytesView message, std::uint64_t now) {
    const auto block = from_cbor<BlockMsg>(message);
    return block ? check(*block, now) : reject("invalid", "it cannot be decoded: " + block.error().message());
}

Decision BlockDoor::check(const BlockMsg& block, std::uint64_t now) {
    const BlockHeader& header = block.header;
    const std::size_t count = block.bls_messages.size() + block.secp_messages.size();
    if (count > kBlockMessageLimit)
        return reject("too_many_messages", "it has " + std::to_string(count) + " messages, expected at most " +
                                               std::to_string(kBlockMessageLimit));
    if (!header.block_sig) return reject("missing_signature", "the signature is missing");
    const ChainEpoch head = chain_.head()->height();
    if (!is_in_consensus_range(states_.network(), header.height, head, now))
        return ignore("invalid_block_height", "height is " + std::to_string(header.height) +
                                                  ", but the head and the clock allow only " +
                                                  consensus_range_text(states_.network(), head, now));
    const auto listed = msg_meta_cid(block.bls_messages, block.secp_messages);
    if (!listed)
        return reject("invalid_block_meta", "its lists of messages cannot be hashed: " + listed.error().message());
    if (*listed != header.messages)
        return reject("invalid_block_meta", "the CID of its lists of messages is " + listed->to_string() +
                                                ", expected " + header.messages.to_string() + " as in its header");
    const Cid cid = header.cid();
    // The reference looks for a repeated block only after the miner's rules. Here it gets the same answer before them,
    // at no cost.
    {
        const Lock lock(mutex_);
        if (auto decision = check_new(cid, header.miner, now); decision.verdict != Verdict::accept) return decision;
    }
    if (auto decision = check_miner(header, now); decision.verdict != Verdict::accept) return decision;
    const Lock lock(mutex_);
    auto decision = check_new(cid, header.miner, now);
    if (decision.verdict == Verdict::accept) note(cid, header.miner, now);
    return decision;
}

Decision BlockDoor::check_new(const Cid& cid, const Address& miner, std::uint64_t now) {
    if (seen_.contains(cid)) return ignore("already_seen", cid.to_string() + " has already been passed on");
    const OfMiner* const known = of_miners_.find(miner);
    if (known == nullptr || known->period != period(now) || known->blocks < kBlocksOfMiner) return {};
    return ignore("too_many_of_miner", "miner " + miner.to_string() + " has signed more than " +
                                           std::to_string(kBlocksOfMiner) + " blocks within one epoch");
}

// Notes a block whose signature was checked.
void BlockDoor::note(const Cid& cid, const Address& miner, std::uint64_t now) {
    seen_.put(cid, 0);
    const OfMiner* const known = of_miners_.find(miner);
    const bool is_first = known == nullptr || known->period != period(now);
    of_miners_.put(miner, {period(now), is_first ? 1 : known->blocks + 1});
}

std::uint64_t BlockDoor::period(std::uint64_t now) const {
    return now / states_.network().block_delay;
}

// The miner's power and key are read from the state that the present head leads to. If this node cannot look them up,
// the peer is not to blame.
Decision BlockDoor::check_miner(const BlockHeader& header, std::uint64_t now) {
    const auto head = chain_.head();
    const auto cannot_check = [](const Error& error) {
        return ignore("", "the miner cannot be checked: " + error.message());
    };
    // This never executes a tipset: after more than 900 null rounds the state must be known already.
    const StateAfter known_state = [this](const TipsetPtr& tipset) -> Result<Cid> {
        STRATA_TRY(const auto known, states_.known_state(tipset));
        if (!known) return fail(Errc::not_found, "the state after the head is not known yet");
        return known->state_root;
    };
    const auto lookback = lookback_for(chain_, head, header.height, known_state);
    if (!lookback) return cannot_check(lookback.error());
    auto state = vm::StateTree::load(chain_.blocks(), lookback->state_root);
    if (!state) return cannot_check(state.error());
    const auto miner = actors::read::Miner::load(*state, header.miner);
    if (!miner) return cannot_check(miner.error());
    const auto key = actors::read::worker_key(*state, *miner);
    if (!key) return cannot_check(key.error());
    const auto eligible = is_eligible(chain_.blocks(), states_.network(), *head, *lookback->tipset, header.miner);
    if (!eligible) return cannot_check(eligible.error());
    if (!*eligible) {
        std::string reason = "miner " + header.miner.to_string() + " is not eligible on the present head";
        // If the head is old, the miner may have gained power since, so the block is only ignored.
        if (now < head->min_timestamp() + kNearlySynced) return reject("unknown_miner", std::move(reason));
        return ignore("", std::move(reason) + ", which is old");
    }
    // The reference panics if the election proof is missing; this rejects the block.
    if (!header.election_proof) return reject("not_winning", "the election proof is missing");
    if (header.election_proof->win_count < 1)
        return reject("not_winning",
                      "win count is " + std::to_string(header.election_proof->win_count) + ", expected at least 1");
    const auto signature = verify_signature(*header.block_sig, *key, header.signing_bytes());
    if (!signature)
        return reject("signature_verification_failed",
                      "signature of worker " + key->to_string() + ": " + signature.error().message());
    return {};
}

}  // namespace strata::chain
