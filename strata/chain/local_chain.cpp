#include <strata/chain/local_chain.hpp>

#include <strata/actors/read/miner.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/chain/beacon.hpp>
#include <strata/chain/block_template.hpp>
#include <strata/chain/chain_externs.hpp>
#include <strata/chain/gas_estimate.hpp>
#include <strata/chain/kept_state.hpp>
#include <strata/chain/lookback.hpp>
#include <strata/chain/reorg.hpp>
#include <strata/chain/weight.hpp>

namespace strata::chain {
namespace {

constexpr std::size_t kOwnEarlyBlocks = 16;  // our own limit: a miner makes one block an epoch

}  // namespace

Result<std::unique_ptr<LocalChain>> LocalChain::open(Blockstore& blocks, store::KeyValue& meta, const Network& network,
                                                     vm::ProofVerifier& proofs, WinningPoStVerifier* winning_post,
                                                     const vm::ActorTable& actors,
                                                     const ChainStopwatches& stopwatches) {
    std::unique_ptr<LocalChain> node(new LocalChain(blocks, meta, network, proofs, winning_post, actors, stopwatches));
    STRATA_OK(node->chain_.open());
    STRATA_OK(node->consensus_.open());
    STRATA_OK(node->pool_.open());
    // A failure is not lost: the pool stays where it is, and its next call tries again and reports it.
    node->consensus_.on_head(
        [pool = &node->pool_](const auto&, const auto&) { static_cast<void>(pool->follow_head()); });
    return node;
}

Result<TipsetPtr> LocalChain::tipset_at(ChainEpoch epoch, const TipsetPtr& tip, NullRound null) {
    return chain_.tipset_at(epoch, tip, null);
}
Result<HeadChange> LocalChain::way(const TipsetPtr& from, const TipsetPtr& to) {
    return way_between(chain_, from, to);
}
Result<BigInt> LocalChain::weight(const Tipset& tipset) {
    return chain_weight(chain_, tipset);
}
Result<std::vector<std::vector<ChainMessage>>> LocalChain::messages_of(const Tipset& tipset) {
    return explain_not_kept(states_.messages_of(tipset), blocks(), tipset);
}
Result<TipsetState> LocalChain::state_after(const TipsetPtr& tipset) {
    return explain_not_kept(states_.state_after(tipset), blocks(), *tipset);
}
Result<TipsetExecution> LocalChain::execute(const Tipset& tipset) {
    return explain_not_kept(states_.execute(tipset), blocks(), tipset);
}
Result<TipsetExecution> LocalChain::trace(const Tipset& tipset) {
    return explain_not_kept(states_.execute(tipset, nullptr, Trace::on), blocks(), tipset);
}
Result<TipsetExecution> LocalChain::trace_with(const Tipset& tipset, ChainEpoch height,
                                               const std::vector<Message>& messages) {
    return explain_not_kept(states_.trace_with(tipset, height, messages), blocks(), tipset);
}
Result<vm::Applied> LocalChain::simulate(const TipsetPtr& base, const std::vector<ChainMessage>& messages) {
    return explain_not_kept(states_.simulate(base, messages), blocks(), *base);
}
Status LocalChain::sandbox(const TipsetPtr& base, const std::function<Status(Sandbox&)>& use) {
    if (auto done = states_.sandbox(base, use); !done)
        return explain_not_kept(std::move(done).error(), blocks(), *base);
    return {};
}
Status LocalChain::watch(const Tipset& tipset, TipsetWatcher& watcher) {
    if (auto done = states_.watch(tipset, watcher); !done)
        return explain_not_kept(std::move(done).error(), blocks(), tipset);
    return {};
}

Result<Hash256> LocalChain::chain_randomness(const TipsetPtr& tip, ChainEpoch epoch) {
    return ChainExterns(chain_, network_, tip).chain_randomness(epoch);
}
Result<Hash256> LocalChain::beacon_randomness(const TipsetPtr& tip, ChainEpoch epoch) {
    return ChainExterns(chain_, network_, tip).beacon_randomness(epoch);
}
Result<BeaconEntry> LocalChain::beacon_entry_at(const TipsetPtr& tip, ChainEpoch epoch) {
    return chain::beacon_entry_at(chain_, network_, tip, epoch);
}
Result<BeaconEntry> LocalChain::latest_beacon_entry(const TipsetPtr& tip) {
    return chain::latest_beacon_entry(chain_, tip);
}
Result<Lookback> LocalChain::lookback(const TipsetPtr& base, ChainEpoch round) {
    return lookback_for(chain_, base, round);
}

Result<std::vector<SignedMessage>> LocalChain::select(const TipsetPtr& base, TicketQuality quality) {
    return pool_.select(base, quality);
}
Result<TokenAmount> LocalChain::base_fee_after(const Tipset& tipset) {
    return chain::base_fee_after(chain_, network_, tipset);
}
Result<Message> LocalChain::estimate_gas(const TipsetPtr& base, Message message, TokenAmount max_fee) {
    return chain::estimate_gas(states_, pool_, base, std::move(message), std::move(max_fee));
}
Result<vm::Applied> LocalChain::run_for_gas(const TipsetPtr& base, Message message) {
    return chain::run_for_gas(states_, pool_, base, std::move(message));
}
Result<TokenAmount> LocalChain::estimate_premium(const TipsetPtr& base, std::uint64_t blocks) {
    return chain::estimate_premium(states_, base, blocks);
}

void LocalChain::on_message(MessageListener listener) {
    const Lock lock(mutex_);
    message_listeners_.push_back(std::move(listener));
}
void LocalChain::on_block(BlockListener listener) {
    const Lock lock(mutex_);
    block_listeners_.push_back(std::move(listener));
}

void LocalChain::on_arrival(ArrivalListener listener) {
    const Lock lock(mutex_);
    arrival_listeners_.push_back(std::move(listener));
}

void LocalChain::tell_arrival(const BlockHeader& block) {
    const auto listeners = [&] {
        const Lock lock(mutex_);
        return arrival_listeners_;
    }();
    for (const auto& listener : listeners) listener(block);
}

Status LocalChain::validate(const TipsetPtr& tipset, std::uint64_t now) {
    for (const auto& header : tipset->blocks()) {
        STRATA_TRY(auto messages, chain_.messages(header));
        STRATA_OK(validator_.validate({header, std::move(messages)}, now));
    }
    return {};
}

void LocalChain::publish(const SignedMessage& message) {
    const auto listeners = [&] {
        const Lock lock(mutex_);
        return message_listeners_;
    }();
    for (const auto& listener : listeners) listener(message);
}

Result<Cid> LocalChain::push(const SignedMessage& message, AddKind kind) {
    STRATA_TRY(const Cid cid, pool_.add(message, kind));
    STRATA_TRY(const bool publish_now, pool_.is_worth_publishing(message.message));
    if (publish_now) publish(message);
    return cid;
}

Status LocalChain::republish() {
    STRATA_TRY(const auto messages, pool_.to_republish());
    for (const auto& message : messages) publish(message);
    return {};
}

Status LocalChain::submit_block(const FullBlock& block, std::uint64_t now) {
    if (block.header.timestamp <= now) return take_own_block(block, now);
    const Lock lock(mutex_);
    const auto is_same = [&](const FullBlock& other) { return other.header == block.header; };
    if (std::ranges::any_of(own_early_, is_same)) return {};
    if (own_early_.size() == kOwnEarlyBlocks)
        return fail(Errc::busy, "block: " + std::to_string(kOwnEarlyBlocks) +
                                    " blocks of this node already wait for their time; no more are allowed");
    own_early_.push_back(block);
    return {};
}

Result<FullBlock> LocalChain::create_block(const BlockTemplate& from, wallet::Wallet& wallet) {
    STRATA_TRY(const auto base, chain_.tipset(from.parents));
    if (from.epoch <= base->height())
        return fail(Errc::invalid_argument, "block: height is " + std::to_string(from.epoch) + ", expected more than " +
                                                std::to_string(base->height()) + ", the height of its parents");
    STRATA_TRY(const auto decides, lookback(base, from.epoch));
    STRATA_TRY(auto state, vm::StateTree::load(chain_.blocks(), decides.state_root));
    STRATA_TRY(const auto miner, actors::read::Miner::load(state, from.miner));
    STRATA_TRY(const auto worker, actors::read::worker_key(state, miner));
    STRATA_TRY(auto block, fill_block(*this, wallet, worker, from));
    STRATA_OK(slash_filter_.admit(block.header, base->height()));
    return block;
}

Status LocalChain::take_own_block(const FullBlock& block, std::uint64_t now) {
    STRATA_OK(check_header_alone(block.header));
    STRATA_TRY(const auto parents, chain_.find_tipset(TipsetKey(block.header.parents)));
    STRATA_TRY(const bool valid, consensus_.is_validated(*parents));
    if (!valid)
        return fail(Errc::not_found,
                    "block: its parents " + parents->key().to_string() + " are not valid on this node");
    STRATA_OK(validator_.validate(block, now));
    STRATA_OK(consensus_.choose_head(block.header.height));
    const auto listeners = [&] {
        const Lock lock(mutex_);
        return block_listeners_;
    }();
    for (const auto& listener : listeners) listener(block);
    tell_arrival(block.header);
    return {};
}

Status LocalChain::advance(std::uint64_t now) {
    std::vector<FullBlock> due;
    {
        const Lock lock(mutex_);
        const auto is_due = [&](const FullBlock& block) { return block.header.timestamp <= now; };
        std::ranges::copy_if(own_early_, std::back_inserter(due), is_due);
        std::erase_if(own_early_, is_due);
    }
    for (auto block = due.begin(); block != due.end(); ++block) {
        const auto taken = take_own_block(*block, now);
        if (taken || !taken.error().is_fatal()) continue;
        // The node may recover: this block and those after it wait for the next call.
        const Lock lock(mutex_);
        own_early_.insert(own_early_.begin(), block, due.end());
        return taken;
    }
    return syncer_.run_until_idle(now);
}

// Most messages of a new block wait in the pool; those of a block that a fork repeats are in the store.
Result<std::optional<BlockMessages>> LocalChain::messages_here(const BlockMsg& block) {
    BlockMessages out;
    for (const auto& cid : block.bls_messages) {
        if (auto pending = pool_.find(cid)) {
            out.bls.push_back(std::move(pending->message));
            continue;
        }
        STRATA_TRY(const bool here, lasting(chain_.blocks()).has(cid));
        if (!here) return std::optional<BlockMessages>();
        STRATA_TRY(out.bls.emplace_back(), chain_.message(cid));
    }
    for (const auto& cid : block.secp_messages) {
        if (auto pending = pool_.find(cid)) {
            out.secp.push_back(std::move(*pending));
            continue;
        }
        STRATA_TRY(const bool here, lasting(chain_.blocks()).has(cid));
        if (!here) return std::optional<BlockMessages>();
        STRATA_TRY(out.secp.emplace_back(), chain_.signed_message(cid));
    }
    return std::optional(std::move(out));
}

Status LocalChain::receive_block(const BlockMsg& block, std::uint64_t now, const PeerName& from) {
    auto messages = messages_here(block);
    // A block of the store that is not a message is the announcer's invention; the lists are checked with the bodies.
    if (!messages && messages.error().is_fatal()) return messages.error();
    if (messages && *messages)
        STRATA_OK(syncer_.announce({block.header, std::move(**messages)}, from, now));
    else
        STRATA_OK(syncer_.announce(block.header, from, now));
    tell_arrival(block.header);
    return {};
}

Result<std::vector<FullBlock>> LocalChain::head_blocks() {
    std::vector<FullBlock> out;
    const auto at = head();
    if (at->height() == 0) return out;
    for (const auto& header : at->blocks()) {
        STRATA_TRY(auto messages, chain_.messages(header));
        out.push_back({header, std::move(messages)});
    }
    return out;
}

Result<HeadNotice> LocalChain::head_notice() {
    const auto at = head();
    STRATA_TRY(auto total, weight(*at));
    return HeadNotice{at->key(), at->height(), std::move(total), genesis()->min_ticket_block().cid()};
}

// Every refusal of the pool is reported under the rule "add", as in Lotus (chain/sub/incoming.go, MessageValidator).
Result<Decision> LocalChain::receive_message(const SignedMessage& message) {
    const auto added = pool_.add(message, AddKind::remote);
    if (added) return Decision{};
    if (added.error().is_fatal()) return added.error();
    return Decision{MessagePool::verdict_of(added.error()), "add", added.error().message()};
}

}  // namespace strata::chain
