#include <strata/p2p/memory_network.hpp>

namespace strata::p2p {

/// Whoever can be reached from one node, the sender of a block first.
class MemoryNetwork::Peers final : public chain::BlockSource {
  public:
    Peers(MemoryNetwork& network, std::size_t self, std::size_t first)
        : network_(network), self_(self), first_(first) {}

    Result<std::vector<chain::FullBlock>> blocks_of(const TipsetKey& key) override {
        const std::size_t count = network_.nodes_.size();
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t peer = (first_ + i) % count;
            if (peer == self_ || !network_.reach(self_, peer)) continue;
            STRATA_TRY(const bool has, network_.nodes_[peer]->chain().has_tipset(key));
            if (has) return network_.nodes_[peer]->blocks_of(key);
        }
        return fail(Errc::not_found, "no peer has " + key.to_string());
    }

  private:
    MemoryNetwork& network_;
    std::size_t self_;
    std::size_t first_;
};

std::size_t MemoryNetwork::join(chain::FullNode& node) {
    const std::size_t self = nodes_.size();
    nodes_.push_back(&node);
    group_.push_back(0);
    node.on_message([this, self](const SignedMessage& message) {
        broadcast({.from = self, .to = self, .block = {}, .message = std::make_shared<const SignedMessage>(message)});
    });
    node.on_block([this, self](const chain::FullBlock& block) {
        broadcast({.from = self, .to = self, .block = std::make_shared<const chain::FullBlock>(block), .message = {}});
    });
    return self;
}

void MemoryNetwork::set_delay(std::uint64_t least, std::uint64_t most) {
    const std::lock_guard lock(queue_mutex_);
    least_delay_ = least;
    most_delay_ = std::max(least, most);
}

void MemoryNetwork::broadcast(const Delivery& what) {
    const std::lock_guard lock(queue_mutex_);
    for (std::size_t to = 0; to < nodes_.size(); ++to) {
        if (to == what.from) continue;
        const std::uint64_t due = now_ + least_delay_ + random_.below(most_delay_ - least_delay_ + 1);
        Delivery delivery = what;
        delivery.to = to;
        queue_.emplace(std::pair(due, random_.u64()), std::move(delivery));
    }
}

void MemoryNetwork::partition(const std::vector<std::vector<std::size_t>>& groups) {
    // Alone unless named: groups are numbered after the nodes.
    for (std::size_t i = 0; i < group_.size(); ++i) group_[i] = i;
    for (std::size_t g = 0; g < groups.size(); ++g)
        for (const std::size_t node : groups[g]) group_.at(node) = nodes_.size() + g;
}

Status MemoryNetwork::heal() {
    group_.assign(nodes_.size(), 0);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        STRATA_OK(nodes_[i]->republish());
        if (nodes_[i]->head()->height() == 0) continue;
        STRATA_TRY(const auto blocks, nodes_[i]->blocks_of(nodes_[i]->head()->key()));
        for (const auto& block : blocks)
            broadcast({.from = i, .to = i, .block = std::make_shared<const chain::FullBlock>(block), .message = {}});
    }
    return {};
}

Status MemoryNetwork::deliver(const Delivery& what) {
    if (!reach(what.from, what.to)) {
        ++counts_.lost;
        return {};
    }
    ++(what.block ? counts_.blocks : counts_.messages);
    chain::FullNode& node = *nodes_[what.to];
    if (what.message) return node.receive_message(*what.message);
    Peers peers(*this, what.to, what.from);
    return node.receive_block(*what.block, now_, peers);
}

std::optional<MemoryNetwork::Delivery> MemoryNetwork::take_due(std::uint64_t now) {
    const std::lock_guard lock(queue_mutex_);
    if (queue_.empty() || queue_.begin()->first.first > now) {
        now_ = std::max(now_, now);
        return {};
    }
    auto next = queue_.extract(queue_.begin());
    now_ = std::max(now_, next.key().first);
    return std::move(next.mapped());
}

Status MemoryNetwork::run_until(std::uint64_t now) {
    while (const auto next = take_due(now)) {
        const auto taken = deliver(*next);
        if (taken) continue;
        if (taken.error().is_fatal()) return taken;
        ++counts_.refused;
        last_refusal_ = taken.error().message();
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        Peers peers(*this, i, 0);
        STRATA_OK(nodes_[i]->advance(now_, peers));
    }
    return {};
}

}  // namespace strata::p2p
