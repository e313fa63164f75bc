#include <strata/chain/full_node.hpp>

namespace strata::chain {

Result<std::unique_ptr<FullNode>> FullNode::open(Blockstore& blocks, store::KeyValue& meta, const Network& network,
                                                 vm::ProofVerifier& proofs, WinningPoStVerifier* winning_post,
                                                 const vm::ActorTable& actors) {
    std::unique_ptr<FullNode> node(new FullNode(blocks, meta, network, proofs, winning_post, actors));
    STRATA_OK(node->chain_.open());
    STRATA_OK(node->pool_.open());
    // A failure is not lost: the pool stays where it is, and its next call tries again and reports it.
    node->consensus_.on_head(
        [pool = &node->pool_](const auto&, const auto&) { static_cast<void>(pool->follow_head()); });
    return node;
}

Result<vm::StateTree> FullNode::head_state() {
    STRATA_TRY(const auto state, states_.state_after(head()));
    return vm::StateTree::load(chain_.blocks(), state.state_root);
}

void FullNode::on_message(MessageListener listener) {
    const std::lock_guard lock(listeners_mutex_);
    message_listeners_.push_back(std::move(listener));
}
void FullNode::on_block(BlockListener listener) {
    const std::lock_guard lock(listeners_mutex_);
    block_listeners_.push_back(std::move(listener));
}

void FullNode::publish(const SignedMessage& message) {
    const std::lock_guard lock(listeners_mutex_);
    for (const auto& listener : message_listeners_) listener(message);
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
    NoPeers nobody;
    STRATA_OK(consensus_.receive(block, now, nobody));
    const std::lock_guard lock(listeners_mutex_);
    for (const auto& listener : block_listeners_) listener(block);
    return {};
}

Status FullNode::receive_message(const SignedMessage& message) {
    STRATA_OK(pool_.add(message, AddKind::remote));
    return {};
}

Status FullNode::receive_block(const FullBlock& block, std::uint64_t now, BlockSource& peers) {
    return consensus_.receive(block, now, peers);
}

Result<std::vector<FullBlock>> FullNode::blocks_of(const TipsetKey& key) {
    STRATA_TRY(const auto tipset, chain_.tipset(key));
    std::vector<FullBlock> out;
    for (const auto& header : tipset->blocks()) {
        STRATA_TRY(auto messages, chain_.messages(header));
        out.push_back({header, std::move(messages)});
    }
    return out;
}

}  // namespace strata::chain
