#include <strata/p2p/memory_network.hpp>

namespace strata::p2p {

/// The peers that one node can reach, as the source of its syncer. Requests are answered at once.
class MemoryNetwork::Peers final : public chain::BlockSource {
  public:
    Peers(MemoryNetwork& network, std::size_t self) : network_(network), self_(self) {}

    std::vector<chain::PeerName> peers() override {
        std::vector<chain::PeerName> out;
        for (std::size_t peer = 0; peer < network_.nodes_.size(); ++peer)
            if (peer != self_ && network_.can_reach(self_, peer)) out.push_back(name_of(peer));
        return out;
    }
    void ask(const chain::PeerName& name, const chain::ChainRequest& request,
             std::function<void(chain::ChainAnswer)> done) override {
        for (std::size_t peer = 0; peer < network_.nodes_.size(); ++peer)
            if (name == name_of(peer)) return done(network_.nodes_[peer]->serve(request));
        done(fail(Errc::not_found, "the network has no peer named " + name));
    }

  private:
    MemoryNetwork& network_;
    std::size_t self_;
};

MemoryNetwork::MemoryNetwork(BytesView seed) : random_(seed) {}
MemoryNetwork::~MemoryNetwork() = default;

std::size_t MemoryNetwork::join(chain::Peer& node) {
    const std::size_t self = nodes_.size();
    nodes_.push_back(&node);
    group_.push_back(0);
    peers_.push_back(std::make_unique<Peers>(*this, self));
    node.set_source(*peers_.back());
    node.on_refusal([this](const chain::PeerName&, const Error& why) { count_refusal(why); });
    // broadcast() replaces `to` with each receiver.
    node.on_message([this, self](const SignedMessage& message) {
        broadcast({.from = self, .to = self, .block = {}, .message = std::make_shared<const SignedMessage>(message)});
    });
    node.on_block([this, self](const chain::FullBlock& block) {
        broadcast({.from = self, .to = self, .block = std::make_shared<const chain::FullBlock>(block), .message = {}});
    });
    return self;
}

std::uint64_t MemoryNetwork::now() const {
    const Lock lock(mutex_);
    return now_;
}

void MemoryNetwork::broadcast(const Delivery& what) {
    const Lock lock(mutex_);
    for (std::size_t to = 0; to < nodes_.size(); ++to) {
        if (to == what.from) continue;
        Delivery delivery = what;
        delivery.to = to;
        // Deliveries of the same second arrive in a random order that follows from the seed.
        queue_.emplace(std::pair(now_, random_.u64()), std::move(delivery));
    }
}

void MemoryNetwork::partition(const std::vector<std::vector<std::size_t>>& groups) {
    // A node that no group names stays alone: its group number is its own number.
    for (std::size_t i = 0; i < group_.size(); ++i) group_[i] = i;
    for (std::size_t g = 0; g < groups.size(); ++g)
        for (const std::size_t node : groups[g]) group_.at(node) = nodes_.size() + g;
}

Status MemoryNetwork::heal() {
    // Blocks of the head are sent as a greeting. They are not new, so the block door does not judge them.
    group_.assign(nodes_.size(), 0);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        STRATA_OK(nodes_[i]->republish());
        STRATA_TRY(const auto blocks, nodes_[i]->head_blocks());
        for (const auto& block : blocks)
            broadcast({.from = i,
                       .to = i,
                       .block = std::make_shared<const chain::FullBlock>(block),
                       .message = {},
                       .is_hello = true});
    }
    return {};
}

// A message that a node ignores counts as refused too: no other node will bring it to that node.
Status MemoryNetwork::deliver_message(const Delivery& what) {
    STRATA_TRY(const auto decision, nodes_[what.to]->receive_message(*what.message));
    if (decision.verdict == chain::Verdict::accept) return {};
    return fail(decision.verdict == chain::Verdict::reject ? Errc::verification : Errc::invalid_argument,
                decision.reason);
}

// Delivers a block as gossip would: the door sees the header and the CIDs, and decides before anything else is read.
Status MemoryNetwork::deliver_block(const Delivery& what, std::uint64_t now) {
    chain::Peer& node = *nodes_[what.to];
    if (!what.is_hello) {
        BlockMsg message{what.block->header, {}, {}};
        for (const auto& bls : what.block->messages.bls) message.bls_messages.push_back(bls.cid());
        for (const auto& secp : what.block->messages.secp) message.secp_messages.push_back(secp.cid());
        const auto decision = node.check_block(message, now);
        if (decision.verdict == chain::Verdict::reject) return fail(Errc::verification, decision.reason);
        if (decision.verdict == chain::Verdict::ignore) return {};
    }
    auto taken = node.receive_block(*what.block, now, name_of(what.from));
    // A block that is early waits in the node, so "busy" is not a failure.
    if (!taken && taken.error().code() != Errc::busy) return taken;
    return node.advance(now);
}

Status MemoryNetwork::deliver(const Delivery& what) {
    if (!can_reach(what.from, what.to)) {
        ++counts_.lost;
        return {};
    }
    ++(what.block ? counts_.blocks : counts_.messages);
    return what.message ? deliver_message(what) : deliver_block(what, now());
}

std::optional<MemoryNetwork::Delivery> MemoryNetwork::take_due(std::uint64_t now) {
    const Lock lock(mutex_);
    if (queue_.empty() || queue_.begin()->first.first > now) {
        now_ = std::max(now_, now);
        return {};
    }
    auto next = queue_.extract(queue_.begin());
    now_ = std::max(now_, next.key().first);
    return std::move(next.mapped());
}

void MemoryNetwork::count_refusal(const Error& why) {
    if (why.is_fatal()) return;
    ++counts_.refused;
    last_refusal_ = why.message();
}

// A refusal is part of a network's normal life and is counted. A fatal error is a failure of the node itself: the
// caller gets it, and the remaining deliveries stay in the queue.
Status MemoryNetwork::run_until(std::uint64_t now) {
    while (const auto next = take_due(now)) {
        const auto taken = deliver(*next);
        if (taken) continue;
        if (taken.error().is_fatal()) return taken;
        count_refusal(taken.error());
    }
    const std::uint64_t reached = this->now();
    for (auto* const node : nodes_) STRATA_OK(node->advance(reached));
    return {};
}

}  // namespace strata::p2p
