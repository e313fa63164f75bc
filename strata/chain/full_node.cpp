#include <strata/chain/full_node.hpp>

namespace strata::chain {
namespace {

constexpr std::size_t kOwnEarlyBlocks = 16;  // ours: a miner makes one an epoch

}  // namespace

Result<std::unique_ptr<FullNode>> FullNode::open(Blockstore& blocks, store::KeyValue& meta, const Network& network,
                                                 vm::ProofVerifier& proofs, WinningPoStVerifier* winning_post,
                                                 const vm::ActorTable& actors) {
    std::unique_ptr<FullNode> node(new FullNode(blocks, meta, network, proofs, winning_post, actors));
    STRATA_OK(node->chain_.open());
    STRATA_OK(node->consensus_.open());
    STRATA_OK(node->pool_.open());
    // The listener may ignore a failure: the pool stays where it is, and its next call tries again and reports it.
    node->consensus_.on_head(
        [pool = &node->pool_](const auto&, const auto&) { static_cast<void>(pool->follow_head()); });
    return node;
}

Result<vm::StateTree> FullNode::head_state() {
    STRATA_TRY(const auto state, states_.state_after(head()));
    return vm::StateTree::load(chain_.blocks(), state.state_root);
}

void FullNode::on_message(MessageListener listener) {
    const Lock lock(mutex_);
    message_listeners_.push_back(std::move(listener));
}
void FullNode::on_block(BlockListener listener) {
    const Lock lock(mutex_);
    block_listeners_.push_back(std::move(listener));
}

void FullNode::publish(const SignedMessage& message) {
    const auto listeners = [&] {
        const Lock lock(mutex_);
        return message_listeners_;
    }();
    for (const auto& listener : listeners) listener(message);
}

Result<Cid> FullNode::push(const SignedMessage& message, AddKind kind) {
    STRATA_TRY(const Cid cid, pool_.add(message, kind));
    STRATA_TRY(const bool publish_now, pool_.is_worth_publishing(message.message));
    if (publish_now) publish(message);
    return cid;
}

Status FullNode::republish() {
    STRATA_TRY(const auto messages, pool_.to_republish());
    for (const auto& message : messages) publish(message);
    return {};
}

Status FullNode::submit_block(const FullBlock& block, std::uint64_t now) {
    if (block.header.timestamp <= now + kClockDrift) return take_own_block(block, now);
    const Lock lock(mutex_);
    const auto is_same = [&](const FullBlock& other) { return other.header == block.header; };
    if (std::ranges::any_of(own_early_, is_same)) return {};
    if (own_early_.size() == kOwnEarlyBlocks)
        return fail(Errc::busy, "block: " + std::to_string(kOwnEarlyBlocks) +
                                    " blocks of this node wait for their time; that is the most");
    own_early_.push_back(block);
    return {};
}

Status FullNode::take_own_block(const FullBlock& block, std::uint64_t now) {
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
    return {};
}

Status FullNode::advance(std::uint64_t now) {
    std::vector<FullBlock> due;
    {
        const Lock lock(mutex_);
        const auto is_due = [&](const FullBlock& block) { return block.header.timestamp <= now + kClockDrift; };
        std::ranges::copy_if(own_early_, std::back_inserter(due), is_due);
        std::erase_if(own_early_, is_due);
    }
    for (const auto& block : due) {
        const auto taken = take_own_block(block, now);
        if (!taken && taken.error().is_fatal()) return taken;
    }
    return syncer_.run_until_idle(now);
}

Status FullNode::receive_message(const SignedMessage& message) {
    STRATA_OK(pool_.add(message, AddKind::remote));
    return {};
}

}  // namespace strata::chain
