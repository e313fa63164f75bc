#include <strata/proofs/sdr/labels.hpp>

#include <strata/crypto/sha256.hpp>

namespace strata::proofs {
namespace {

using crypto::kSha256Block;

// A label is a hash of 37 parent labels, for which the node's parents are repeated (docs/protocol/proofs.md §5). With
// its head of two nodes the message has 39 nodes, so its padding fills half of the twentieth block.
constexpr std::size_t kHashedParents = 37;
constexpr std::uint64_t kMessageBits = (2 + kHashedParents) * kNodeSize * 8;

/// A message under construction. It holds the parents once, and hashing passes over them as often as needed.
class LabelHasher {
  public:
    LabelHasher(const Hash256& replica_id, std::uint32_t layer, std::size_t parents) : parents_(parents) {
        std::ranges::copy(replica_id, head_.begin());
        store_be(head_.data() + 32, layer);
        last_[32] = 0x80;
        store_be(last_.data() + kSha256Block - 8, kMessageBits);
    }

    std::span<Node> parents() { return std::span(nodes_).first(parents_); }

    Node hash(std::uint64_t node) {
        auto state = crypto::kSha256Start;
        store_be(head_.data() + 36, node);
        crypto::sha256_blocks(state, head_.data(), 1);
        // Two labels make a block, and a node has an even number of parents, so all labels but the last are hashed as
        // complete blocks, straight from the array.
        std::size_t left = kHashedParents - 1;
        while (left > 0) {
            const std::size_t run = std::min(left, parents_);
            crypto::sha256_blocks(state, nodes_[0].data(), run / 2);
            left -= run;
        }
        // The last parent shares its block with the padding.
        std::ranges::copy(nodes_[(kHashedParents - 1) % parents_], last_.begin());
        crypto::sha256_blocks(state, last_.data(), 1);
        return trimmed(crypto::sha256_digest(state));
    }

  private:
    std::size_t parents_;
    ByteArray<kSha256Block> head_{};
    ByteArray<kSha256Block> last_{};
    alignas(64) std::array<Node, kDegree> nodes_{};
};

Node label_of_first_node(const Hash256& replica_id, std::uint32_t layer) {
    ByteArray<kSha256Block> head{};
    std::ranges::copy(replica_id, head.begin());
    store_be(head.data() + 32, layer);
    return trimmed(crypto::sha256_of_block(head.data()));
}

std::string step_name(std::uint32_t layer) {
    return "layer " + std::to_string(layer);
}

}  // namespace

Node label_of(const Hash256& replica_id, std::uint32_t layer, std::uint64_t node, std::span<const Node> parents) {
    if (node == 0) return label_of_first_node(replica_id, layer);
    STRATA_CHECK(parents.size() == (layer == 1 ? kBaseDegree : kDegree));
    LabelHasher hasher(replica_id, layer, parents.size());
    std::ranges::copy(parents, hasher.parents().begin());
    return hasher.hash(node);
}

Status label_layer(const ParentTable& parents, const Hash256& replica_id, std::uint32_t layer,
                   std::span<const Node> below, std::span<Node> labels, const Watch& watch) {
    constexpr std::uint64_t kReport = std::uint64_t{1} << 16;
    // Labels are fetched this many nodes ahead, because random places of both layers are not in the cache.
    constexpr std::uint64_t kAhead = 16;
    const bool first = layer == 1;
    STRATA_CHECK(first == below.empty() && (first || below.size() == labels.size()));
    LabelHasher hasher(replica_id, layer, first ? kBaseDegree : kDegree);
    const auto parent_labels = hasher.parents();
    labels[0] = label_of_first_node(replica_id, layer);
    for (std::uint64_t node = 1; node < labels.size(); ++node) {
        if (node % kReport == 0)
            STRATA_OK(watch.at(step_name(layer), static_cast<double>(node) / static_cast<double>(labels.size())));
        if (node + kAhead < labels.size()) {
            const std::uint32_t* ahead = parents.of(node + kAhead);
            for (std::size_t i = 0; i < kBaseDegree; ++i) __builtin_prefetch(labels.data() + ahead[i]);
            for (std::size_t i = kBaseDegree; i < parent_labels.size(); ++i)
                __builtin_prefetch(below.data() + ahead[i]);
        }
        const std::uint32_t* at = parents.of(node);
        for (std::size_t i = 0; i < kBaseDegree; ++i) parent_labels[i] = labels[at[i]];
        for (std::size_t i = kBaseDegree; i < parent_labels.size(); ++i) parent_labels[i] = below[at[i]];
        labels[node] = hasher.hash(node);
    }
    return {};
}

}  // namespace strata::proofs
